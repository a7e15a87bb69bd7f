"""`alarmgw.plainwords`: what installers and operators read."""

from __future__ import annotations

import re

import pytest

from alarmgw.conversation import LENIENCIES
from alarmgw.diagnosis import CODES
from alarmgw.plainwords import LANGUAGES, sentences, size_text, words
from tests.sources import ROOT
from tests.talks import BQ3, conversation, delivered

FACTS = {"peer", "login", "recipient", "sender", "verb", "size"}


def test_every_diagnosis_is_told_in_both_languages() -> None:
    """The table has each code, and each code has English and German."""
    assert sentences().keys() == CODES
    assert {code for code, row in sentences().items() if row.keys() != set(LANGUAGES)} == set()


@pytest.mark.parametrize("code", sorted(CODES))
def test_sentences_are_sentences(code: str) -> None:
    """What happened and what to change are one sentence each, of a phone's length."""
    for said in sentences()[code].values():
        for text in (said.happened, said.change):
            assert text[0].isupper() and text.endswith(".") and len(text) < 200, text
            assert text.count(". ") == 0, text


@pytest.mark.parametrize("code", sorted(CODES))
def test_languages_name_the_same_facts(code: str) -> None:
    """A name that one language tells the other one tells too, and each is known."""
    english, german = (sentences()[code][language] for language in LANGUAGES)
    for one, other in ((english.happened, german.happened), (english.change, german.change)):
        named = set(re.findall(r"\{(\w+)\}", one))
        assert named == set(re.findall(r"\{(\w+)\}", other)) and named <= FACTS


def test_facts_are_filled_in() -> None:
    """The name that was refused stands in the sentence."""
    one = conversation(refusals=("auth_failed",), auth="unknown_name", login="cam7")
    assert words(one, "en").happened == "AUTH refused: unknown name cam7."
    expected = "Anmeldung abgelehnt: Der Benutzername cam7 ist unbekannt."
    assert words(one, "de").happened == expected


def test_braces_of_a_device_mean_nothing() -> None:
    """A login called {size} is shown as it is."""
    one = conversation(refusals=("auth_failed",), auth="unknown_name", login="{size}")
    assert words(one, "en").happened == "AUTH refused: unknown name {size}."


def test_sizes_are_read_as_people_write_them() -> None:
    """KB and MB, with the language's decimal sign."""
    assert "(2.0 KB)" in words(delivered(BQ3), "en").happened
    shown = [size_text(size, "de") for size in (0, 900, 1536, 20_480, 3 << 20)]
    assert shown == ["0 B", "900 B", "1,5 KB", "20 KB", "3,0 MB"]


def test_the_document_has_the_table() -> None:
    """docs/installer.rst names each code with its English and its German sentence."""
    text = (ROOT / "docs" / "installer.rst").read_text(encoding="utf-8")
    for code, row in sentences().items():
        lines = [f"``{code}``"]
        for language in LANGUAGES:
            lines += [row[language].happened, row[language].change]
        assert "\n    ".join(lines) + "\n" in text, code
    assert set(re.findall(r"^``(\w+)``$", text, re.M)) == CODES


def test_the_document_has_every_leniency() -> None:
    """The table of what was tolerated is the code's own."""
    text = (ROOT / "docs" / "installer.rst").read_text(encoding="utf-8")
    for code, sentence in LENIENCIES.items():
        assert re.search(rf"^``{code}`` +{re.escape(sentence)}$", text, re.MULTILINE), code
