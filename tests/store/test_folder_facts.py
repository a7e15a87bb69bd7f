"""What the journal says of a folder, and the comparison with what stands there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from alarmgw.fitting import encode
from alarmgw.model import Part
from alarmgw.store.folder_facts import EVIDENCE_DAMAGED, FolderFacts, has_bytes
from alarmgw.store.journal import Journal
from alarmgw.store.safefile import Files
from tests.store.lives import facts_of, journal_at, mail_of, picture, received

Facts = tuple[FolderFacts, Path]


@pytest.fixture
def stored(tmp_path: Path) -> Facts:
    """The facts of an alarm and its folder."""
    (tmp_path / "home").mkdir()
    journal: Journal = journal_at(tmp_path)
    received(tmp_path / "home", journal, Files(), mail_of(picture()))
    facts = facts_of(journal)[0]
    return facts, tmp_path / "home" / facts.path


def test_a_whole_folder_has_all(stored: Facts) -> None:
    """A folder as it was stored agrees with its entry in every way."""
    facts, folder = stored
    assert facts.has_all(folder)
    assert facts.has_mail(folder)
    assert facts.has_entry(folder)
    assert facts.wrong(folder) == ()


def test_the_public_form_is_the_entry_without_its_number(stored: Facts) -> None:
    """`FolderFacts.public` is what alarm.json holds."""
    facts, folder = stored
    assert (folder / "alarm.json").read_bytes() == facts.public
    assert "seq" not in json.loads(facts.public)


@pytest.mark.parametrize("name", ["message.eml", "text.txt", "alarm.json", "01-bild1.jpg"])
def test_each_missing_file_is_seen(stored: Facts, name: str) -> None:
    """`FolderFacts.has_all` misses any file that is not there."""
    facts, folder = stored
    (folder / name).unlink()
    assert not facts.has_all(folder)


@pytest.mark.parametrize("name", ["message.eml", "01-bild1.jpg"])
def test_a_changed_octet_is_seen(stored: Facts, name: str) -> None:
    """A file of the right size with another content is wrong."""
    facts, folder = stored
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    assert facts.has_all(folder)
    assert not (facts.has_mail(folder) and facts.wrong(folder) == ())


@pytest.mark.parametrize("data", [b"", b"{", bytes(100), b"[]", b'{"alarm":"another"}'])
def test_a_broken_entry_file_is_seen(stored: Facts, data: bytes) -> None:
    """`FolderFacts.has_entry` takes only a whole object about this alarm."""
    facts, folder = stored
    (folder / "alarm.json").write_bytes(data)
    assert not facts.has_entry(folder)


def rebuilt(**facts: Any) -> bytes:
    """A `rebuilt` entry in its public form."""
    return encode({"seq": 9, "type": "rebuilt", "notes": [], "files": [], **facts})


def test_a_rebuilt_entry_replaces_the_parts(stored: Facts) -> None:
    """After a `rebuilt` entry the folder is what that says."""
    facts, _ = stored
    part = Part(name="02-x.jpg", label=None, media_type="image/jpeg", size=1, sha256="0" * 64)
    assert facts.after(rebuilt(pictures=[part.as_json()])).parts == (part,)


def test_told_damage_is_known(stored: Facts) -> None:
    """After its `system` entry an alarm's damage has been told; other entries change nothing."""
    facts, _ = stored
    told = encode({"seq": 9, "type": "system", "event": EVIDENCE_DAMAGED})
    assert facts.after(told).damage_told
    assert facts.after(b'{"seq":9,"type":"accepted"}') == facts


def test_erased_names_are_not_looked_for(stored: Facts) -> None:
    """A part whose name a deletion period has emptied is no part of the folder any more."""
    facts, _ = stored
    entry = json.loads(b'{"seq":1,' + facts.public[1:])
    for row in entry["pictures"]:
        row["name"] = row["label"] = None
    assert FolderFacts.of(encode(entry)).parts == ()


def test_an_unreadable_file_has_no_bytes(tmp_path: Path) -> None:
    """`has_bytes` is False for what is missing or no file."""
    assert not has_bytes(tmp_path / "missing", 0, "")
    assert not has_bytes(tmp_path, tmp_path.stat().st_size, "")


def test_partial_entries_say_so(stored: Facts) -> None:
    """`FolderFacts.partial` is true where only the mail knows all of the folder."""
    facts, _ = stored
    assert not facts.partial
    assert evolve(facts, text_cut=True).partial
    assert evolve(facts, more_parts=True).partial
