"""The console's words: each that the page may ever say, in German and in English."""

from __future__ import annotations

import json
import re
import tomllib
from itertools import product

import pytest

from alarmgw.adoption import CODES as ADOPTION_CODES
from alarmgw.codec.notes import NOTES
from alarmgw.model import HANDLINGS, KINDS
from alarmgw.store.history import TYPES
from alarmgw.supervision import CONDITIONS
from alarmgw.workflow import TRANSITIONS
from alarmgw.workflow_actions import CODES
from alarmgw.workflow_entries import OPERATOR, SHIFT_LEADER
from tests.sources import ROOT

STATIC = ROOT / "alarmgw" / "workstation" / "static"
WORDS = json.loads((STATIC / "words.json").read_bytes())
EVENTS = tomllib.loads((ROOT / "alarmgw" / "codec" / "eventwords.toml").read_text("utf-8"))["word"]
PAGE = "\n".join(
    path.read_text("utf-8") for path in STATIC.iterdir() if path.suffix in {".js", ".html"}
)
LEGEND = (STATIC / "legend.js").read_text("utf-8")

#: A word by its whole name.
_NAMED = re.compile(
    r"(?:\b(?:say|phrase|field|labelled|panel|section)\(|\b(?:word|does): |data-(?:word|title)=)"
    r'"(\w+)"'
)
_COUNTED = re.compile(r'sayCount\("(\w+)"')
#: The beginning of a word's name: a code of the gateway or of the page is its end.
_BEGUN = re.compile(r'sayCode\("(\w+)"|(?:say|phrase)\(`(\w+)_\$')

#: How decisions are called on their buttons; what else may answer them; how signing on fails.
DEEDS = ("accept", "resume", "take_over", "close", "close_with_note", "park", "release", "note",
         "suppress", "adopt")  # fmt: skip
NO_ANSWER = ("no_link", "page", "unknown")
NOT_SIGNED_ON = ("wrong", "busy", "locked", "no_link", "page")
LINKS = ("current", "late", "behind", "snapshot", "connecting", "unreachable", "lost", "refused",
         "page", "shut", "turning_away")  # fmt: skip
BANNERS = ({*LINKS} - {"current", "snapshot"}) | {"restarted"}


def steps() -> set[str]:
    """How each step of the workflow is told."""
    alone = {row.entry for row in TRANSITIONS if row.word is None} - {"alarm"}
    ways = {str(row.word) for row in TRANSITIONS if row.entry == "accepted"}
    back = {f"returned_{row.word}" for row in TRANSITIONS if row.entry == "returned"}
    return alone | ways | back | {"unattended", "attended"}


CODED = {
    # mixed is told by its parts, and of a site that is unknown it is asked whether to make it
    "refused": {*CODES, *ADOPTION_CODES, *NO_ANSWER} - {"mixed", "unknown_site"},
    "sign_on_fault": set(NOT_SIGNED_ON),
    "do": set(DEEDS),
    "did": steps(),
    "entry": set(TYPES) - {"alarm"},
    "kind": set(KINDS),
    "note": set(NOTES),
    "handling": set(HANDLINGS) - {"queue"},
    "state": {"new", "accepted", "parked", "closed", "start", "end"},
    "class": {"1", "2", "3", "4", "5"},
    "role": {OPERATOR, SHIFT_LEADER},
    "link": {*LINKS, *(f"{link}_detail" for link in LINKS)},
    "condition": set(CONDITIONS),
    "banner": {*BANNERS, *(f"{banner}_text" for banner in BANNERS)},
}


def test_events_are_called_what_the_codec_calls_them() -> None:
    """Every normalised word has its German and English name on the page, and no other has."""
    for language, name in (("de", "german"), ("en", "english")):
        shown = {key: text for key, text in WORDS[language].items() if key.startswith("event_")}
        assert shown == {f"event_{row['word']}": row[name] for row in EVENTS}


def test_both_languages_have_the_same_words() -> None:
    """Nothing is said in one language only."""
    assert WORDS["de"].keys() == WORDS["en"].keys()


def test_both_languages_fill_in_the_same() -> None:
    """A name or number that one language tells is told by the other."""
    for key, text in WORDS["de"].items():
        blanks = re.compile(r"\{\w+\}")
        assert set(blanks.findall(text)) == set(blanks.findall(WORDS["en"][key])), key


def test_every_word_that_the_page_names_is_there() -> None:
    """No name of a word stands on the screen in its place."""
    keys = re.findall(r'\["[^"]+", "(\w+)"\]|\["(\w+)", \[\[', LEGEND)
    counted = product(_COUNTED.findall(PAGE), ("one", "many"))
    named = {*_NAMED.findall(PAGE), *(one or other for one, other in keys)}
    assert {*named, *(f"{name}_{many}" for name, many in counted)} - WORDS["de"].keys() == set()


@pytest.mark.parametrize("prefix", CODED)
def test_every_code_that_the_page_may_meet_has_words(prefix: str) -> None:
    """What the gateway and the page know by a code is said in words."""
    assert {f"{prefix}_{code}" for code in CODED[prefix]} - WORDS["de"].keys() == set()


def test_no_word_is_left_that_nothing_says() -> None:
    """A word goes when the page no longer names it, whole or by its beginning."""
    begun = {one or other for one, other in _BEGUN.findall(PAGE)}
    begun |= set(_COUNTED.findall(PAGE))
    quoted = set(re.findall(r'"(\w+)"', PAGE))
    left = {
        key
        for key in WORDS["de"]
        if key not in quoted and not any(key.startswith(f"{prefix}_") for prefix in begun)
    }
    assert {key for key in left if key.removesuffix("_text") not in quoted} == set()
