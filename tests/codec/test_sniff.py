"""What content is, by its first bytes."""

from __future__ import annotations

import pytest

from alarmgw.codec.sniff import PICTURES, is_whole, magic, media_type
from tests.codec.mails import JPEG, PNG

EBML = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (b"GIF89a\x01\x00", "image/gif"),
        (b"BM" + (90).to_bytes(4, "little") + bytes(84), "image/bmp"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\0\0\0AVI LIST", "video/x-msvideo"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "video/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "video/quicktime"),
        (b"%PDF-1.4\n", "application/pdf"),
        (b"PK\x03\x04\x14", "application/zip"),
        (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
        (b"DHAV\xfd\0", "video/x-dav"),
        (EBML + b"\x42\x82\x84webm\x42\x87\x81\x04", "video/webm"),
        (EBML + b"\x42\x82\x88matroska\x42\x87\x81\x04", "video/x-matroska"),
        (EBML, "video/x-matroska"),
    ],
)
def test_magic(head: bytes, expected: str) -> None:
    """A format is known by how it begins."""
    assert magic(head) == expected


@pytest.mark.parametrize("words", [b"BM station 7 reports motion", b"Motion", b"", b"RIFF raff"])
def test_words_prove_nothing(words: bytes) -> None:
    """A text that begins like a format is none."""
    assert magic(words) is None


def test_pictures() -> None:
    """Five formats are pictures."""
    assert sorted(PICTURES) == ["image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp"]


@pytest.mark.parametrize(
    ("head", "label", "declared", "expected"),
    [
        (JPEG, "a.exe", "text/plain", "image/jpeg"),
        (b"PK\x03\x04" + bytes(60), "report.xlsx", "application/octet-stream", XLSX),
        (b"PK\x03\x04" + b"[Content_Types].xml" + b"xl/workbook.xml", None, "", XLSX),
        (b"PK\x03\x04" + bytes(60), "log.zip", "", "application/zip"),
        (b"time,event\n1,2\n", "a.csv", "text/csv", "text/csv"),
        (b"ALARM\n", "a.txt", "image/jpeg", "text/plain"),
        (b"<?xml version='1.0'?>", "a", "", "text/xml"),
        (b" <!DOCTYPE html><p>", "a.jpg", "image/jpeg", "text/html"),
        (b"\x01\x02\x00\x03", "a.jpg", "image/jpeg", "application/octet-stream"),
    ],
)
def test_media_type(head: bytes, label: str | None, declared: str, expected: str) -> None:
    """Content decides; a name or a declaration only where content leaves it open."""
    assert media_type(head, label, declared) == expected


@pytest.mark.parametrize(
    ("kind", "content", "whole"),
    [
        ("image/jpeg", JPEG, True),
        ("image/jpeg", JPEG + b"\r\n\0\0", True),
        ("image/jpeg", JPEG[:-1], False),
        ("image/png", PNG, True),
        ("image/png", PNG[:-9], False),
        ("image/gif", b"GIF89a123;", True),
        ("image/gif", b"GIF89a123", False),
        ("image/bmp", b"BM" + (6).to_bytes(4, "little"), True),
        ("image/bmp", b"BM" + (7).to_bytes(4, "little"), False),
        ("image/webp", b"RIFF\x04\0\0\0WEBP", True),
        ("image/webp", b"RIFF\x05\0\0\0WEBP", False),
        ("video/mp4", b"", True),
    ],
)
def test_is_whole(kind: str, content: bytes, whole: bool) -> None:
    """A picture's own format says where it ends."""
    assert is_whole(kind, content, content[-1024:], len(content)) is whole
