"""The shape of the code: conventions that somebody cares about, as tests with sentences."""

from __future__ import annotations

import ast
import configparser
import fnmatch
import tomllib
from collections.abc import Iterator

import attrs
import pytest

from alarmgw import config
from tests.sources import ROOT, SourceFile, source_files

FUNCTION_LINES = 45
FILE_LINES = 400

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(source: SourceFile) -> Iterator[Function]:
    """Every function of the file, methods and inner ones too."""
    return (node for node in ast.walk(source.tree) if isinstance(node, Function))


def length(node: Function) -> int:
    """The lines of a function without its docstring."""
    first = node.body[0]
    documented = ast.get_docstring(node) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (node.end_lineno or 0) - node.lineno + 1 - docstring


def public(tree: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    """The public functions and classes of a module, and the public methods of these."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


def report(complaints: list[str]) -> None:
    """Fails with all complaints, one sentence a line."""
    assert not complaints, "\n" + "\n".join(complaints)


def test_each_module_has_its_test_file() -> None:
    """alarmgw/x/y.py is tested by tests/x/test_y.py."""
    complaints = []
    for source in source_files("alarmgw"):
        *folders, name = source.name.removeprefix("alarmgw/").split("/")
        expected = ROOT.joinpath("tests", *folders, f"test_{name}")
        if name != "__init__.py" and not expected.exists():
            complaints.append(f"{source.name} has no {expected.relative_to(ROOT)}.")
    report(complaints)


def test_functions_are_short() -> None:
    """A function fits on a screen; a longer one is two ideas."""
    report(
        [
            f"{source.name}: {node.name} has {length(node)} lines; {FUNCTION_LINES} are enough."
            for source in source_files("alarmgw") + source_files("tests")
            for node in functions(source)
            if length(node) > FUNCTION_LINES
        ]
    )


def test_files_are_short() -> None:
    """One idea to a file."""
    report(
        [
            f"{source.name} has {lines} lines; {FILE_LINES} are enough."
            for source in source_files("alarmgw") + source_files("tests")
            if (lines := source.text.count("\n")) > FILE_LINES
        ]
    )


def test_everything_public_states_its_contract() -> None:
    """Each module, public class and function has a docstring, and so has each test."""
    complaints = []
    for source in source_files("alarmgw") + source_files("tests"):
        if not ast.get_docstring(source.tree) and source.text.strip():
            complaints.append(f"{source.name} does not say what it is.")
        complaints += [
            f"{source.name}: {node.name} states no contract."
            for node in public(source.tree)
            if not ast.get_docstring(node)
        ]
    report(complaints)


def test_init_files_hold_a_docstring_and_nothing_else() -> None:
    """Importing a package does nothing."""
    report(
        [
            f"{source.name} holds more than its docstring."
            for source in source_files("alarmgw")
            if source.path.name == "__init__.py" and len(source.tree.body) > 1
        ]
    )


def test_nothing_prints() -> None:
    """Commands speak through click.echo, the gateway through its log."""
    report(
        [
            f"{source.name}:{node.lineno} calls print; use click.echo or twisted.logger."
            for source in source_files("alarmgw")
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "print"
        ]
    )


def test_the_reactor_is_handed_in() -> None:
    """No module takes the global reactor while it is imported."""
    report(
        [
            f"{source.name}:{node.lineno} imports the reactor; take it as an argument."
            for source in source_files("alarmgw")
            for node in source.tree.body
            if isinstance(node, ast.ImportFrom)
            and node.module == "twisted.internet"
            and any(alias.name == "reactor" for alias in node.names)
        ]
    )


def known_keys() -> Iterator[str]:
    """Every key that `alarmgw.config` reads."""
    yield from ("name", "time_zone")
    yield from (field.name for field in attrs.fields(config.ListenerSettings))
    yield from (field.name for field in attrs.fields(config.Limits))


@pytest.mark.parametrize("key", sorted(set(known_keys())))
def test_config_key_is_explained_where_it_stands(key: str) -> None:
    """Above each key of etc/alarmgw.toml stands a comment: its meaning and default."""
    lines = (ROOT / "etc" / "alarmgw.toml").read_text().splitlines()
    [first, *_] = [number for number, line in enumerate(lines) if line.startswith(f"{key} = ")]
    assert lines[first - 1].startswith("# "), f"{key} is not explained in etc/alarmgw.toml."


def test_config_file_has_every_key() -> None:
    """No key that the code reads is missing from the annotated file."""
    document = tomllib.loads((ROOT / "etc" / "alarmgw.toml").read_text())
    shown = {*document["gateway"], *document["listener"][0], *document["limits"]}
    assert shown == set(known_keys()) | {"name"}


def packaging() -> configparser.ConfigParser:
    """setup.cfg, as setuptools reads it."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    return parser


def test_every_package_is_installed() -> None:
    """A folder of code that setup.cfg forgets is missing after `pip install .`."""
    listed = set(packaging()["options"]["packages"].split())
    have = {
        source.module for source in source_files("alarmgw") if source.path.name == "__init__.py"
    }
    assert listed == have | {"twisted.plugins"}


def test_every_data_file_is_installed() -> None:
    """Schemas, pages, pictures and templates travel with the code."""
    patterns = [
        f"{package.replace('.', '/')}/{pattern}"
        for package, lines in packaging()["options.package_data"].items()
        for pattern in lines.split()
    ]
    others = (path for path in (ROOT / "alarmgw").rglob("*") if path.is_file())
    names = [path.relative_to(ROOT).as_posix() for path in others if path.suffix != ".py"]
    report(
        [
            f"{name} is not in setup.cfg's package_data."
            for name in names
            if "__pycache__" not in name
            and not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)
        ]
    )
