"""Imports only go down: the floors of the design, walked by the syntax tree.

Each failure is a sentence that names the two modules and the rule.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sources import SourceFile, imports, source_files

WORDS, CODECS, STORES, GATEWAY, EDGES, ROOTS = range(6)

FLOOR_OF_FOLDER = {
    "codec": CODECS,
    "store": STORES,
    "ingest": EDGES,
    "outputs": EDGES,
    "workstation": EDGES,
    "cli": ROOTS,
}

#: Modules beside the folders; any other one belongs to the gateway's floor.
FLOOR_OF_MODULE = {
    "model": WORDS,
    "errors": WORDS,
    "entries": WORDS,
    "fitting": WORDS,
    "directory": WORDS,
    "conversation": WORDS,
    "diagnosis": WORDS,
    "workflow": WORDS,
    "workflow_actions": WORDS,
    "workflow_book": WORDS,
    "workflow_entries": WORDS,
    "workflow_shift": WORDS,
    "patterns": WORDS,
    "rules": WORDS,
    "sharing": WORDS,
    "textkeys": WORDS,
    "tables": CODECS,
    "certificates": STORES,
    "config": ROOTS,
    "listeners": ROOTS,
    "tap": ROOTS,
    "workstation_tap": ROOTS,
}

#: What a floor (and those below it) must not know.
FORBIDDEN = {
    WORDS: ("os", "pathlib", "time", "logging", "importlib"),
    CODECS: ("socket", "threading", "asyncio", "sqlite3", "time", "logging"),
    STORES: ("twisted", "click", "rich"),
    GATEWAY: ("twisted.spread", "click", "rich"),
}


def floor_of(module: str) -> int:
    """The floor that ``alarmgw.x.y`` stands on."""
    words = module.split(".")[1:]
    if not words:
        return WORDS
    if words[0] in FLOOR_OF_FOLDER:
        return FLOOR_OF_FOLDER[words[0]]
    return FLOOR_OF_MODULE.get(words[0], GATEWAY)


def folder_of(module: str) -> str:
    """``ingest`` for ``alarmgw.ingest.smtp``."""
    return (*module.split("."), "")[1]


def complaint(importer: str, imported: str) -> str | None:
    """Why ``importer`` must not import ``imported``, as a sentence; None if it may."""
    above, below = floor_of(importer), floor_of(imported)
    if below > above:
        return (
            f"{importer} (floor {above}) imports {imported} (floor {below}): imports only go down."
        )
    if folder_of(importer) == folder_of(imported):
        return None
    if above == below == EDGES:
        return f"{importer} imports {imported}: edges are strangers to one another."
    if folder_of(importer) == "workstation" and below > CODECS:
        return f"{importer} imports {imported}: a workstation uses floors 0 and 1 only."
    return None


def own_imports(source: SourceFile) -> Iterator[str]:
    """What the file imports of alarmgw itself."""
    return (name for name in imports(source) if name.split(".")[0] == "alarmgw")


def forbidden_imports(source: SourceFile) -> Iterator[str]:
    """A sentence for each library that the file's floor must not know."""
    for floor, libraries in FORBIDDEN.items():
        if floor_of(source.module) > floor:
            continue
        for name in imports(source):
            if any(name == library or name.startswith(f"{library}.") for library in libraries):
                yield f"{source.module} (floor {floor_of(source.module)}) must not know {name}."


def test_imports_only_go_down() -> None:
    """No module imports from a floor above its own, and edges do not know each other."""
    complaints = [
        text
        for source in source_files("alarmgw")
        for imported in own_imports(source)
        if (text := complaint(source.module, imported))
    ]
    assert not complaints, "\n".join(complaints)


def test_lower_floors_know_no_machinery() -> None:
    """Words know no files or clock, codecs no sockets, stores no Twisted, the gateway no PB."""
    complaints = [text for source in source_files("alarmgw") for text in forbidden_imports(source)]
    assert not complaints, "\n".join(complaints)


def test_only_stores_talk_to_sqlite() -> None:
    """PostgreSQL can come later because nothing else knows of SQLite."""
    complaints = [
        f"{source.module} imports sqlite3: nothing but the stores talks to it."
        for source in source_files("alarmgw")
        if folder_of(source.module) != "store" and "sqlite3" in set(imports(source))
    ]
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("alarmgw.model", "alarmgw.codec.mime"),
        ("alarmgw.store.spool", "alarmgw.intake"),
        ("alarmgw.intake", "alarmgw.ingest.smtp"),
        ("alarmgw.ingest.smtp", "alarmgw.config"),
        ("alarmgw.ingest.smtp", "alarmgw.outputs.broker"),
        ("alarmgw.workstation.link", "alarmgw.store.journal"),
        ("alarmgw.workstation.link", "alarmgw.hub"),
    ],
)
def test_a_step_up_is_seen(importer: str, imported: str) -> None:
    """The rule itself finds each kind of wrong import."""
    assert complaint(importer, imported)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("alarmgw.store.spool", "alarmgw.codec.mime"),
        ("alarmgw.workstation.page", "alarmgw.workstation.mirror"),
        ("alarmgw.cli.send", "alarmgw.workstation.link"),
        ("alarmgw.tap", "alarmgw.config"),
    ],
)
def test_a_step_down_is_allowed(importer: str, imported: str) -> None:
    """What the design allows is no complaint."""
    assert complaint(importer, imported) is None
