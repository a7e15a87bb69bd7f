"""The console's words."""

from __future__ import annotations

import json
import tomllib

from tests.sources import ROOT

WORDS = json.loads((ROOT / "alarmgw" / "workstation" / "static" / "words.json").read_bytes())
EVENTS = tomllib.loads((ROOT / "alarmgw" / "codec" / "eventwords.toml").read_text("utf-8"))["word"]


def test_events_are_called_what_the_codec_calls_them() -> None:
    """Every normalised word has its German and English name on the page, and no other has."""
    for language, name in (("de", "german"), ("en", "english")):
        shown = {key: text for key, text in WORDS[language].items() if key.startswith("event_")}
        assert shown == {f"event_{row['word']}": row[name] for row in EVENTS}


def test_both_languages_have_the_same_words() -> None:
    """Nothing is said in one language only."""
    assert WORDS["de"].keys() == WORDS["en"].keys()
