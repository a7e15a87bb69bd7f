"""The archive's names: nothing that a device says escapes, collides or surprises."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmgw.model import normal_address
from alarmgw.store.archive import (
    ADDRESS_BYTES,
    NAME_BYTES,
    address_name,
    archive_folder,
    disk_name,
    folder_of,
    publish,
)
from alarmgw.store.safefile import Files

ALARM = "gw1-20261121-204502-0123456789-1"


def test_a_folder_is_named_by_address_day_time_and_alarm() -> None:
    """`folder_of` gives the path of the contract."""
    moment = datetime(2026, 11, 21, 20, 45, 2, tzinfo=timezone.utc)
    expected = f"archive/bq3@ebues.internal/2026/11/21/204502-{ALARM}"
    assert folder_of("BQ3@ebues.internal", moment, ALARM) == expected


def test_times_in_paths_are_utc() -> None:
    """`folder_of` turns any time zone into UTC."""
    moment = datetime(2027, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert folder_of("a@b", moment, ALARM) == f"archive/a@b/2026/12/31/233000-{ALARM}"


def test_nobody_s_mail_is_unassigned() -> None:
    """`folder_of` puts a mail without a source under ``_unassigned``."""
    moment = datetime(2026, 11, 21, tzinfo=timezone.utc)
    assert folder_of(None, moment, ALARM).startswith("archive/_unassigned/2026/")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("..", "%2E%2E"),
        ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
        ("_unassigned", "%5Funassigned"),
        ("a%2fb", "a%252fb"),
        ("a\x00\nb\\c:d", "a%00%0Ab%5Cc%3Ad"),
        ("tür@haus", "t%C3%BCr@haus"),
        ("a.", "a%2E"),
        ("\udcff", "%ED%B3%BF"),
    ],
)
def test_addresses_are_percent_encoded(address: str, name: str) -> None:
    """`address_name` encodes what could mean something to a file system."""
    assert address_name(address) == name


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_two_addresses_share_a_folder(one: str, other: str) -> None:
    """Whatever two addresses are, they have one name only if they are one address."""
    same = normal_address(one) == normal_address(other)
    assert (address_name(one) == address_name(other)) is same


@given(st.text(min_size=1, max_size=300))
def test_no_address_leaves_its_folder(address: str) -> None:
    """Whatever an address is, its name is one plain, visible, short component."""
    name = address_name(address)
    assert re.fullmatch(r"[a-z0-9@\-+=%A-F~._]*", name)
    assert not name.startswith((".", "_"))
    assert len(name) <= ADDRESS_BYTES


def test_long_addresses_differ_in_their_tails() -> None:
    """`address_name` keeps long addresses apart that begin alike."""
    assert address_name("a" * 300 + "1") != address_name("a" * 300 + "2")


@pytest.mark.parametrize(
    ("label", "media_type", "name"),
    [
        ("bild.jpg", "image/jpeg", "01-bild.jpg"),
        ("bild.JPEG", "image/jpeg", "01-bild.jpeg"),
        ("bild.png", "image/jpeg", "01-bild.jpg"),
        ("evil.jpg.exe", "image/jpeg", "01-evil.jpg.jpg"),
        ("clip", "video/mp4", "01-clip.mp4"),
        ("data.dav", "application/octet-stream", "01-data.dav"),
        ("data.so long", "application/octet-stream", "01-data.so_long.bin"),
        (None, "image/png", "01-picture.png"),
        (None, "application/octet-stream", "01-file.bin"),
        ("", "text/plain", "01-file.txt"),
        ("/mnt/snap/1.jpg", "image/jpeg", "01-1.jpg"),
        ("C:\\cam\\x.jpg", "image/jpeg", "01-x.jpg"),
        ("C:x.jpg", "image/jpeg", "01-x.jpg"),
        ("..", "image/jpeg", "01-picture.jpg"),
        (".htaccess", "text/plain", "01-htaccess.txt"),
        ("CON", "image/jpeg", "01-CON.jpg"),
        ("a\x00b\r\nc\u202egpj.jpg", "image/jpeg", "01-a_b_c_gpj.jpg"),
        ("Einfahrt Süd.jpg", "image/jpeg", "01-Einfahrt_Süd.jpg"),
        ("Su\u0308d.jpg", "image/jpeg", "01-Süd.jpg"),
        ("入口.jpg", "image/jpeg", "01-入口.jpg"),
        ("a<b>|?*.jpg", "image/jpeg", "01-a_b.jpg"),
    ],
)
def test_labels_are_only_hints(label: str | None, media_type: str, name: str) -> None:
    """`disk_name` keeps what is harmless of a label; the extension says what the bytes are."""
    assert disk_name(1, label, media_type) == name


def test_numbers_keep_names_unique() -> None:
    """`disk_name` begins with the part's number, of at least two digits."""
    assert disk_name(7, "a.jpg", "image/jpeg") == "07-a.jpg"
    assert disk_name(100, "a.jpg", "image/jpeg") == "100-a.jpg"


@given(st.integers(1, 9999), st.text(), st.sampled_from(["image/jpeg", "x/y", ""]))
def test_no_label_becomes_a_path(number: int, label: str, media_type: str) -> None:
    """Whatever a label is, the name is one short component that begins with its number."""
    name = disk_name(number, label, media_type)
    assert re.fullmatch(r"\d{2,}-[\w.\-]+\.[a-z0-9]{1,8}", re.sub(r"[^\x00-\x7f]", "x", name))
    assert len(name.encode()) <= NAME_BYTES


@pytest.mark.parametrize(
    "path", ["archive", "spool/a/b", "archive/../x/y", "/etc/a/b", "archive/a\0/b"]
)
def test_only_the_archive_is_the_archive(path: str) -> None:
    """`archive_folder` refuses a path that leads elsewhere."""
    with pytest.raises(ValueError, match="no folder of the archive"):
        archive_folder(Path("/home"), path)


def draft_in(home: Path, content: bytes = b"mail") -> Path:
    """A sealed draft in the spool of ``home``."""
    draft = home / "spool" / "draft"
    draft.mkdir(parents=True)
    (draft / "message.eml").write_bytes(content)
    return draft


def test_publishing_moves_the_whole_folder(tmp_path: Path) -> None:
    """`publish` makes the parents, moves the draft there and tells what it made."""
    draft = draft_in(tmp_path)
    made = publish(tmp_path, Files(), draft, "archive/a@b/2026/alarm")
    assert made == [tmp_path / "archive" / name for name in ("", "a@b", "a@b/2026")]
    assert (tmp_path / "archive/a@b/2026/alarm/message.eml").read_bytes() == b"mail"
    assert not draft.exists()


def test_publishing_twice_is_publishing_once(tmp_path: Path) -> None:
    """`publish` takes a draft that is at its place already as done."""
    draft = draft_in(tmp_path)
    publish(tmp_path, Files(), draft, "archive/a@b/alarm")
    assert publish(tmp_path, Files(), draft, "archive/a@b/alarm") == []


def test_publishing_replaces_nothing(tmp_path: Path) -> None:
    """`publish` refuses a place that another folder has."""
    publish(tmp_path, Files(), draft_in(tmp_path, b"first"), "archive/a@b/alarm")
    with pytest.raises(OSError, match="not empty"):
        publish(tmp_path, Files(), draft_in(tmp_path, b"second"), "archive/a@b/alarm")
    assert (tmp_path / "archive/a@b/alarm/message.eml").read_bytes() == b"first"


def test_publishing_nothing_fails(tmp_path: Path) -> None:
    """`publish` raises when neither the draft nor the folder is there."""
    with pytest.raises(FileNotFoundError):
        publish(tmp_path, Files(), tmp_path / "spool" / "draft", "archive/a@b/alarm")
