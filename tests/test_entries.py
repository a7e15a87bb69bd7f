"""Entries: split and joined without loss, and at most 64 KB whatever a mail says."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alarmgw import entries
from alarmgw.model import Unpacked
from tests.journals import MOMENT, alarm, part, randomness

#: Any text, with what JSON writes longer than it is, and what no store takes.
words = st.text(st.characters(exclude_categories=()), max_size=30)


def unpacked(**facts: Any) -> dict[str, Any]:
    """An alarm entry of a mail with these contents."""
    return alarm(1, unpacked=Unpacked(**facts))


def test_a_record_has_every_field_of_the_contract() -> None:
    """Those of the design's table, null where unknown."""
    assert set(alarm(1)) == {
        "time", "type", "node", "alarm", "mail", "path", "source", "site", "tenant", "incident",
        "kind", "events", "coordinates", "link", "subject", "text", "text_cut", "pictures", "files",
        "priority", "handling", "rule", "envelope", "times", "notes", "origin",
        "joins",
    }  # fmt: skip


@given(words, words, words)
def test_body_and_content_join_to_the_public_form(subject: str, text: str, label: str) -> None:
    """Octet for octet, whatever the words are."""
    entry = alarm(
        1, unpacked=Unpacked(subject=subject, text=text, pictures=(part("01-x.jpg", label),))
    )
    line = entries.record(entry, randomness)
    assert entries.join(line.body, line.content) == line.public


def test_the_body_has_no_words_in_it() -> None:
    """What a mail said is in the content alone, so that erasing that is enough."""
    line = entries.record(alarm(1), randomness)
    for word in ("Bewegung", "Zaun", "Tor", "a.jpg", "01-a"):
        assert word.encode() not in line.body and word.encode() in (line.content or b"")


def test_the_body_holds_the_contents_salted_hash() -> None:
    """Without the salt nobody can try what the words were."""
    line = entries.record(alarm(1), randomness)
    digest = hashlib.sha256(line.salt + (line.content or b"")).hexdigest()
    assert json.loads(line.body)["content_sha256"] == digest and len(line.salt) == 16


def test_an_entry_without_words_has_no_content() -> None:
    """Its body is its public form."""
    entry = entries.config_entry(time=MOMENT, node="gw1", event="site_added", site="1")
    line = entries.record(entry, randomness)
    assert (line.content, line.body, line.salt) == (None, line.public, b"")


def test_the_number_stands_in_front() -> None:
    """As journals print it and links carry it."""
    assert entries.numbered(7, b'{"time":"x"}') == b'{"seq":7,"time":"x"}'


def test_text_is_cut_at_32_kb() -> None:
    """At a whole character, and the entry says so."""
    entry = unpacked(text="ä" * 20_000)
    assert (entry["text"], entry["text_cut"]) == ("ä" * 16_384, True)


def test_at_most_100_parts_are_listed() -> None:
    """Pictures before files, and a note for the rest."""
    rows = tuple(part(f"{n:03d}-x.jpg") for n in range(80))
    entry = unpacked(pictures=rows, files=rows)
    assert (len(entry["pictures"]), len(entry["files"])) == (80, 20)
    assert entry["notes"] == ["more_parts"]
