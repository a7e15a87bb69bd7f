"""The documents agree with the code: what is written is documented, and nothing else is."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click

from alarmgw import administration, entries, keeping, operators, records, rulebook, sourcebook
from alarmgw.cli.main import main
from alarmgw.codec.notes import NOTES
from alarmgw.queries import QUESTIONS, SOURCE_LOG
from alarmgw.store.clocks import CLOCK_WRONG
from alarmgw.supervision import CONDITIONS
from alarmgw.workflow import TRANSITIONS
from alarmgw.workflow_actions import DEEDS
from alarmgw.workflow_entries import FIELDS
from alarmgw.workstation.tones import REPEATED
from tests import journals
from tests.sources import ROOT, source_files

DOCUMENT = (ROOT / "docs" / "entries.rst").read_text(encoding="utf-8")

#: The first cell of a table's row.
_FIRST_CELL = re.compile(r"^``(\w+)``", re.MULTILINE)

#: Where an entry's event is named in the code.
_TOLD = re.compile(r'(?:tell\(|ledger,\s+)"(\w+)"|(?:EVIDENCE_DAMAGED|RESTORED) = "(\w+)"')


def section(heading: str) -> str:
    """The text under a heading."""
    _, _, rest = DOCUMENT.partition(f"\n{heading}\n---")
    return re.split(r"\n[^\n]+\n---+\n", rest.partition("\n")[2])[0]


def documented(heading: str) -> list[str]:
    """What the first column of the table under a heading names."""
    return _FIRST_CELL.findall(section(heading))


def told(*modules: str) -> set[str]:
    """Every event that these modules name."""
    texts = [source.text for source in source_files("alarmgw") if source.module in modules]
    return {one or other for text in texts for one, other in _TOLD.findall(text)}


def test_every_entry_type_is_documented() -> None:
    """The documented types are those that the journal knows, no more and no fewer."""
    assert documented("Types") == list(entries.CONTENT_OF)


def test_erasable_fields_are_documented() -> None:
    """For each type the last column names what a deletion period empties."""
    for kind, content in entries.CONTENT_OF.items():
        [row] = re.findall(rf"^``{kind}`` .*", section("Types"), re.MULTILINE)
        last = row.split("  ")[-1]
        assert set(re.findall(r"``(\w+)``", last)) == set(content), kind


def test_every_field_of_an_alarm_is_documented() -> None:
    """The table "An alarm" has the fields that an alarm entry has, in their order."""
    common = documented("Every entry")
    fields = [name for name in journals.alarm(1) if name not in common]
    assert documented("An alarm") == [*fields, "content_sha256"]


def test_every_field_of_the_workflows_entries_is_documented() -> None:
    """Both tables have the fields that the entries have, in their order."""
    text = section("Incidents") + section("Shifts and suppressions")
    rows = re.findall(r"^``(\w+)``  +(``.+(?:\n  +``.+)*)", text, re.MULTILINE)
    found = {kind: tuple(re.findall(r"``(\w+)``", fields)) for kind, fields in rows}
    assert {kind: found.get(kind) for kind in FIELDS} == FIELDS


def test_the_workflows_table_is_the_codes() -> None:
    """What docs/workflow.rst shows is what is carried out."""
    text = (ROOT / "docs" / "workflow.rst").read_text(encoding="utf-8")
    rows = re.findall(r"^``(\w+)``  +(\S+)  +(\S.*?)  +(\S.*)$", text, re.MULTILINE)
    shown = [(entry, word, tuple(before.split()), after) for entry, word, before, after in rows]
    table = [
        (row.entry, row.word or "-", row.before, row.after or "the same") for row in TRANSITIONS
    ]
    assert shown == table


def test_every_action_is_documented() -> None:
    """Those that the code knows, and no others."""
    text = (ROOT / "docs" / "workflow.rst").read_text(encoding="utf-8")
    _, _, rest = text.partition("What an operator may do\n")
    assert _FIRST_CELL.findall(rest.partition("What the clock does")[0]) == list(DEEDS)


def test_every_system_event_is_documented() -> None:
    """Conditions and single events are all in the table."""
    stores = ("alarmgw.store.mending", "alarmgw.store.restoring")
    single = told("alarmgw.opening", "alarmgw.supervision", *stores) | {CLOCK_WRONG}
    assert set(documented("System events")) == set(CONDITIONS) | single


def test_every_config_event_is_documented() -> None:
    """What `administration` tells is what the table says."""
    events = {event for kind in records.EVENTS.values() for event in kind}
    single = told(*(one.__name__ for one in (administration, operators, sourcebook, rulebook)))
    assert set(documented("Config events")) == single | events | {keeping.EVENT}


def test_every_question_is_documented_with_its_arguments() -> None:
    """The table of docs/wire.rst has them all, and nothing that a question does not take."""
    _, _, rest = (ROOT / "docs" / "wire.rst").read_text().partition("\nQuestions\n---")
    rows = rest.split("\n============ ===")[2].partition("\n")[2]
    told: dict[str, str] = {}
    for line in rows.splitlines():
        name = line[:13].strip() or [*told][-1]
        told[name] = f"{told.get(name, '')} {line[13:47]}"
    assert list(told) == sorted({*QUESTIONS, SOURCE_LOG})
    for name, (known, _) in {**QUESTIONS, SOURCE_LOG: (("name",), None)}.items():
        written = re.sub(r"\([^)]*\)|: .*", "", told[name])
        assert set(re.findall(r"\w+", written)) == set(known), name


def test_every_note_is_documented_with_its_sentence() -> None:
    """The table of notes is the code's own."""
    assert documented("Notes") == list(NOTES)
    for code, sentence in NOTES.items():
        assert re.search(rf"^``{code}`` +{re.escape(sentence)}$", DOCUMENT, re.MULTILINE)


def test_decisions_name_every_dependency() -> None:
    """A dependency that nobody justified does not come in, and none is justified in vain."""
    text = next((ROOT / "docs" / "decisions").glob("*-dependencies.rst")).read_text()
    named = set(re.findall(r"^``([\w.-]+)``", text, re.MULTILINE))
    assert named == required()


def required() -> set[str]:
    """What setup.cfg asks for, without versions and extras."""
    before, _, after = (ROOT / "setup.cfg").read_text().partition("[options.extras_require]")
    needed = before.partition("install_requires =")[2].partition("packages =")[0]
    extra = after.partition("[options.entry_points]")[0]
    return set(re.findall(r"^    ([A-Za-z][\w.-]*)(?=[\[>])", needed + extra, re.MULTILINE))


def test_build_needs_setuptools_alone() -> None:
    """pyproject.toml names the build backend and nothing else."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert set(document) == {"build-system"}


def test_keys_of_the_console_are_documented() -> None:
    """docs/console.rst has the keys of the page's own card, in its order and its words."""
    static = ROOT / "alarmgw" / "workstation" / "static"
    words = json.loads((static / "words.json").read_bytes())["en"]
    card = re.findall(r'\["([^"]+)", "(\w+)"\]', (static / "legend.js").read_text("utf-8"))
    _, _, rest = (ROOT / "docs" / "console.rst").read_text("utf-8").partition("\nKeys\n---")
    table = rest.split("\nTones\n---")[0]
    assert re.findall(r"^``(.+?)``\s+(.+)$", table, re.MULTILINE) == [
        (key, words[word]) for key, word in card
    ]


def test_tones_of_the_console_are_documented() -> None:
    """The table under Tones has every tone, with the seconds after which it comes again."""
    _, _, rest = (ROOT / "docs" / "console.rst").read_text("utf-8").partition("\nTones\n---")
    shown = re.findall(r"  (\d+ s|once)$", rest, re.MULTILINE)
    assert shown == [f"{again:.0f} s" if again else "once" for again in REPEATED.values()]


def test_links_between_documents_lead_somewhere() -> None:
    """A document that another one names exists."""
    for path in [*(ROOT / "docs").rglob("*.rst"), ROOT / "README.rst"]:
        for name in re.findall(r"``((?:docs/)?[\w/-]+\.rst)``", path.read_text()):
            assert exists(path, name), f"{path.relative_to(ROOT)} names {name}, which is not there."


def exists(path: Path, name: str) -> bool:
    """Whether a name leads somewhere, from the document's own folder or from the top."""
    return any((folder / name).exists() for folder in (path.parent, ROOT, ROOT / "docs"))


def test_commands_of_the_readme_exist() -> None:
    """What the README tells to type is understood: commands, their options, make targets."""
    text = (ROOT / "README.rst").read_text()
    for words in re.findall(r"\bgw ([a-z][^\n`]*)", text):
        command: click.Command = main
        typed = words.split()
        while isinstance(command, click.Group):
            command = command.commands[typed.pop(0)]
        options = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in typed if word.startswith("--")} <= options, words
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ((?!python)\w+)", text)) <= targets


def leaves(group: click.Group) -> Iterator[str]:
    """The words of every command, those of groups included: ``source add``."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from (f"{name} {leaf}" for leaf in leaves(command))
        else:
            yield name


def test_every_command_is_documented() -> None:
    """README or docs show how each command is typed, and each says what it does itself."""
    texts = [path.read_text() for path in [ROOT / "README.rst", *(ROOT / "docs").rglob("*.rst")]]
    shown = "\n".join([*texts, (ROOT / "Makefile").read_text()])
    missing = [
        words for words in leaves(main) if not re.search(rf"\b(gw|alarmgw) {words}\b", shown)
    ]
    assert not missing
    assert all(command.help for command in main.commands.values())


def test_every_make_target_has_its_help() -> None:
    """`make` alone shows each target with a sentence."""
    text = (ROOT / "Makefile").read_text()
    [phony] = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert re.findall(r"^(\w+):.*## \S", text, re.MULTILINE) == phony.split()


def test_every_sign_on_error_is_documented_and_has_its_words() -> None:
    """What the gateway answers stands in docs/wire.rst, and the page can say each of them."""
    [duty] = [source.text for source in source_files("alarmgw") if source.module == "alarmgw.duty"]
    errors = re.findall(r'"error": "(\w+)"|Rejected\("(\w+)"\)', duty)
    answered = {one or other for one, other in errors}
    _, _, rest = (ROOT / "docs" / "wire.rst").read_text().partition("\nPeople\n---")
    _, rows, *_ = re.split(r"^=+ =+\n", rest, flags=re.MULTILINE)[1:]
    assert set(re.findall(r"^(\w+)", rows, re.MULTILINE)) == answered
    words = json.loads((ROOT / "alarmgw/workstation/static/words.json").read_bytes())
    for language in ("de", "en"):
        assert {f"sign_on_fault_{error}" for error in answered} <= words[language].keys()
