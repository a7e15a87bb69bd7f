"""Unpacking: parts on disk as the mail says, and faults that cost only what they must."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from alarmgw.codec.mime import FileBegun, FileData, FileEnded, MailRead, MimeEvent
from alarmgw.model import Part, Unpacked
from alarmgw.store import unpacking
from alarmgw.store.safefile import Files
from alarmgw.store.turns import Turns
from alarmgw.store.unpacking import CODEC_FAULT, FEW_BYTES, UNPACKING_FAILED, Unpacker
from tests.fakes_files import FailingFiles
from tests.store.lives import mail_of, picture


def unpacked(folder: Path, mail: bytes, files: Files | None = None, size: int = 1000) -> Unpacker:
    """An unpacker that was fed the mail in pieces."""
    unpacker = Unpacker(folder, files or Files())
    for start in range(0, len(mail), size):
        unpacker.feed(mail[start : start + size])
    return unpacker


def whole_on_disk(folder: Path, result: Unpacked) -> bool:
    """Is exactly what is listed on disk, octet for octet?"""
    parts = (*result.pictures, *result.files)
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    return found == {part.name: part.sha256 for part in parts}


def test_pictures_fall_out_octet_for_octet(tmp_path: Path) -> None:
    """`Unpacker` writes each picture under its number and lists size and hash."""
    pictures = [picture(fill=1), picture(fill=2)]
    result = unpacked(tmp_path, mail_of(*pictures)).close()
    assert [part.name for part in result.pictures] == ["01-bild1.jpg", "02-bild2.jpg"]
    assert [(tmp_path / part.name).read_bytes() for part in result.pictures] == pictures
    assert result.pictures[0] == Part(
        name="01-bild1.jpg",
        label="bild1.jpg",
        media_type="image/jpeg",
        size=len(pictures[0]),
        sha256=hashlib.sha256(pictures[0]).hexdigest(),
    )


def test_text_and_subject_are_told(tmp_path: Path) -> None:
    """`Unpacker.close` tells the mail's subject and text."""
    result = unpacked(tmp_path, mail_of(picture())).close()
    assert (result.subject, result.text) == ("Alarm", "Bewegung\nKamera 3")
    assert result.notes == ()


@pytest.mark.parametrize("operation", ["create", "write", "close"])
def test_a_part_that_the_disk_refuses_is_not_listed(tmp_path: Path, operation: str) -> None:
    """A fault with one part costs that part and a note, and leaves no fragment of it."""
    files = FailingFiles(operation, errno.ENOSPC, "01-")
    unpacker = unpacked(tmp_path, mail_of(picture(fill=1), picture(fill=2)), files)
    result = unpacker.close()
    assert [part.name for part in result.pictures] == ["02-bild2.jpg"]
    assert result.notes == (UNPACKING_FAILED,)
    assert whole_on_disk(tmp_path, result)
    assert isinstance(unpacker.fault, OSError)


def test_a_fragment_that_cannot_be_removed_is_not_listed(tmp_path: Path) -> None:
    """Even where nothing can be removed, only whole parts are listed."""
    files = FailingFiles("unlink", errno.EIO, inner=FailingFiles("write", errno.EIO, "01-"))
    result = unpacked(tmp_path, mail_of(picture(), picture()), files).close()
    assert [part.name for part in result.pictures] == ["02-bild2.jpg"]


class BrokenReader:
    """A reader with a bug: it shows these events one a call, and then fails."""

    def __init__(self, *events: MimeEvent) -> None:
        self.events = list(events)

    def feed(self, data: bytes) -> list[MimeEvent]:
        """The next event."""
        return [self.events.pop(0)]

    def close(self) -> list[MimeEvent]:
        """The bug."""
        raise ZeroDivisionError


BEGUN = (FileBegun(1, "picture", "a.jpg", "image/jpeg"), FileData(b"abc"), FileEnded(True))
AGAIN = (FileBegun(2, "file", "b", "application/octet-stream"), FileData(b"def"))


def test_a_bug_in_the_reader_costs_the_rest_and_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the codec raises, what was whole stays, the open part goes, and feeding goes on."""
    monkeypatch.setattr(unpacking, "MimeReader", lambda: BrokenReader(*BEGUN, *AGAIN))
    unpacker = unpacked(tmp_path, bytes(9), size=1)
    result = unpacker.close()
    assert [part.name for part in result.pictures] == ["01-a.jpg"]
    assert result.notes == (CODEC_FAULT,)
    assert whole_on_disk(tmp_path, result)
    assert isinstance(unpacker.fault, IndexError)


def test_a_bug_at_the_end_costs_text_and_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A codec that fails only at the end of the mail leaves parts and no text."""
    monkeypatch.setattr(unpacking, "MimeReader", lambda: BrokenReader(*BEGUN))
    result = unpacked(tmp_path, bytes(3), size=1).close()
    assert (result.text, result.notes) == (None, (CODEC_FAULT,))
    assert len(result.pictures) == 1


def test_the_reader_s_notes_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Notes of the reader and of the disk are told once each."""
    read = MailRead(subject=None, text=None, text_cut=False, notes=("bad_base64",))
    monkeypatch.setattr(unpacking, "MimeReader", lambda: BrokenReader(read, *AGAIN))
    result = unpacked(tmp_path, bytes(2), FailingFiles("create", errno.EIO), size=1).close()
    assert result.notes == ("bad_base64", UNPACKING_FAILED, CODEC_FAULT)


def test_a_reader_that_failed_is_asked_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a bug nothing that the broken reader might still say is believed."""
    reader = BrokenReader()
    monkeypatch.setattr(unpacking, "MimeReader", lambda: reader)
    unpacker = unpacked(tmp_path, b"x")
    reader.events = list(BEGUN)
    unpacker.feed(b"yyy")
    assert unpacker.close().pictures == ()
    assert reader.events == list(BEGUN)


class CountedTurns(Turns):
    """Turns that count how often one was taken."""

    count = 0

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Another one."""
        self.count += 1
        with super().taken() as mine:
            yield mine


@pytest.mark.parametrize(
    ("mail", "turns"),
    [
        (mail_of(picture(size=1_000_000)), 0),
        (mail_of(picture(size=1_000_000), text="x" * 2 * FEW_BYTES), 1),
        (b"Subject: " + b"=?a?q?" * FEW_BYTES, 1),
    ],
    ids=["picture", "text", "subject"],
)
def test_mails_of_many_words_are_read_one_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mail: bytes, turns: int
) -> None:
    """Pictures do not count, however large: they have fallen out before the end."""
    counted = CountedTurns()
    monkeypatch.setattr(unpacking, "LONG_READING", counted)
    unpacked(tmp_path, mail, size=64 * 1024).close()
    assert counted.count == turns
