"""The codes that say what was odd about a mail."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import alarmgw.codec
from alarmgw.codec.notes import NOTES

CODEC = Path(alarmgw.codec.__file__).parent
READER = (
    *("base64", "containers", "delimiters", "description", "entities", "findings", "headerreader"),
    *("headers", "inline", "leaf", "mime", "parameters", "transfer", "uuencode", "words"),
)


def noted(path: Path) -> set[str]:
    """The codes that a module hands to ``note`` or lists as its notes."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("note", "append", "Identity", "Base64"):
                found |= {a.value for a in node.args if isinstance(a, ast.Constant)}
    return {code for code in found if isinstance(code, str)}


def test_every_code_is_explained() -> None:
    """No module makes a note that the table does not have."""
    made = set().union(*(noted(CODEC / f"{name}.py") for name in READER))
    assert {"bare_lf", "bad_base64", "undeclared_base64"} <= made <= set(NOTES)


def test_codes_and_sentences() -> None:
    """A code is one word, its explanation one sentence."""
    for code, sentence in NOTES.items():
        assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", code)
        assert re.fullmatch(r"[A-Z][^.]*\.", sentence), sentence


def test_codes_of_other_places() -> None:
    """What intake and entries note stands in the same table."""
    owners = {"recipient_not_owned", "login_names_no_source", "key_unknown"}
    assert {"more_parts", "bare_lf_session"} | owners <= set(NOTES)
