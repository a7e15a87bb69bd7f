"""Uuencoded bodies."""

from __future__ import annotations

import binascii

import pytest

from alarmgw.codec.uuencode import Uuencode, begin_name, line_size
from tests.codec.mails import JPEG


def encoded(content: bytes, name: bytes = b"a.jpg", end: bytes = b"\r\n") -> bytes:
    """A block as uuencode writes it."""
    lines = [
        binascii.b2a_uu(content[at : at + 45]).rstrip(b"\n") for at in range(0, len(content), 45)
    ]
    return end.join([b"begin 644 " + name, *lines, b"`", b"end", b""])


def decoded(raw: bytes, size: int) -> tuple[bytes, bytes | None, list[str]]:
    """Content, name and notes of ``raw``, decoded in pieces."""
    decoder = Uuencode()
    pieces = [decoder.decode(raw[at : at + size]) for at in range(0, len(raw), size)]
    return b"".join([*pieces, decoder.finish()]), decoder.name, decoder.notes


@pytest.mark.parametrize("size", [1, 7, 100000])
@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_block(size: int, end: bytes) -> None:
    """A block decodes, in any pieces and with any line end."""
    assert decoded(encoded(JPEG, end=end), size) == (JPEG, b"a.jpg", [])


def test_lost_blanks() -> None:
    """Blanks at the ends of lines may have been lost on the way."""
    raw = encoded(bytes(90)).replace(b"`", b" ").replace(b"\r\n \r\n", b"\r\n`\r\n")
    stripped = b"\r\n".join(line.rstrip() for line in raw.split(b"\r\n"))
    assert decoded(stripped, 9)[0] == bytes(90)


def test_text_around() -> None:
    """Words before ``begin`` and after ``end`` are no content."""
    raw = b"Motion detected\r\n" + encoded(JPEG) + b"bye\r\n"
    assert decoded(raw, 5)[0] == JPEG


def test_missing_end() -> None:
    """A block that breaks off keeps what was there, with a note."""
    raw = encoded(JPEG)
    content, _, notes = decoded(raw[: raw.index(b"`\r\nend")], 8)
    assert content == JPEG and notes == ["bad_uuencode"]


def test_garbage_behind_a_line() -> None:
    """Bits that a line's length leaves over are ignored."""
    assert decoded(b"begin 644 a\n!____\n`\nend\n", 3)[0] == b"\xff"


def test_line_size() -> None:
    """A line says how much it carries."""
    assert line_size(b"#0V%T") == 3
    assert line_size(b"#0V%T" + b"x" * 9) is None
    assert line_size(b"") is None


def test_begin_name() -> None:
    """Only a ``begin`` line names a file."""
    assert begin_name(b"begin 644 my cat.jpg ") == b"my cat.jpg"
    assert begin_name(b"begin the day") is None


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_short_lines_have_an_end(size: int) -> None:
    """Lines that carry a byte each are no content after some thousand of them."""
    raw = b"begin 644 a\r\n" + b"!80  \r\n" * 9000
    decoder = Uuencode()
    pieces = [decoder.decode(raw[at : at + size]) for at in range(0, len(raw), size)]
    assert b"".join([*pieces, decoder.finish()]) == b"a" * 2000
    assert decoder.notes == ["bad_uuencode"]
