"""The console's modules: nothing builds them, so nothing else finds a name without an origin."""

from __future__ import annotations

import re

import pytest

from tests.sources import ROOT

STATIC = ROOT / "alarmgw" / "workstation" / "static"

_COMMENT = re.compile(r"(?m)^\s*//[^\n]*|(?<=[\s;{}])// [^\n]*")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'')
_IMPORT = re.compile(r'import \{([^}]*)\} from "\./([\w.]+)"')
_EXPORT = re.compile(r"export (?:default )?(?:async )?(?:function|class|const|let) (\w+)")
_OWN = r"(?:(?<=\.\.\.)|(?<![.\w#]))"  # a name of its own: nothing's property, but spread
_CALL = re.compile(_OWN + r"([A-Za-z_]\w*)\(")
_DEFINED = re.compile(r"\b(?:function|class|const|let)\s+(\w+)")
_METHOD = re.compile(r"(?m)^\s+(?:(?:async|static|get|set) )*#?(\w+)\([^\n]*\) \{$")
_TAKEN = re.compile(r"\b(?:const|let) \{([^}]*)\}|\(([^()]*)\) (?:\{|=>)")

SOURCES = {path.name: path.read_text("utf-8") for path in sorted(STATIC.glob("*.js"))}
EXPORTED = {name: set(_EXPORT.findall(text)) for name, text in SOURCES.items()}


def imported(text: str) -> list[tuple[str, str]]:
    """The names that a module imports, each with the module that has it."""
    return [
        (name.strip(), origin)
        for names, origin in _IMPORT.findall(text)
        for name in names.split(",")
        if name.strip()
    ]


def bare(text: str) -> str:
    """A module without its imports, its comments and its plain strings."""
    return _STRING.sub('""', _COMMENT.sub("", _IMPORT.sub("", text)))


@pytest.mark.parametrize("module", SOURCES)
def test_what_another_module_has_is_imported_before_it_is_called(module: str) -> None:
    """A call of a name that is nowhere imported fails only when somebody needs it."""
    text = bare(SOURCES[module])
    known = {name for name, _ in imported(SOURCES[module])}
    known |= {*_DEFINED.findall(text), *_METHOD.findall(text)}
    known |= set(re.findall(r"\w+", str(_TAKEN.findall(text))))
    elsewhere = set().union(*EXPORTED.values())
    assert set(_CALL.findall(text)) & elsewhere - known == set()


@pytest.mark.parametrize("module", SOURCES)
def test_what_is_imported_is_there_and_used(module: str) -> None:
    """One name that a module does not have keeps the whole page from starting."""
    text = bare(SOURCES[module])
    for name, origin in imported(SOURCES[module]):
        assert name in EXPORTED[origin], f"{origin} has no {name}"
        assert re.search(rf"{_OWN}{name}\b", text), f"{name} is not used"
