"""Uuencoded files in the middle of a text."""

from __future__ import annotations

import pytest

from alarmgw.codec.inline import Inline, InlineFiles, Piece
from tests.codec.mails import JPEG
from tests.codec.test_uuencode import encoded


def pieces(raw: bytes, size: int) -> list[Piece]:
    """``raw`` sorted in pieces of ``size``, neighbours of one kind joined."""
    inline = InlineFiles()
    found = [p for at in range(0, len(raw), size) for p in inline.read(raw[at : at + size])]
    joined: list[Piece] = []
    for kind, data in [*found, *inline.finish()]:
        if joined and joined[-1][0] is kind:
            data = joined.pop()[1] + data
        if data or kind in (Inline.END, Inline.BROKEN):
            joined.append((kind, data))
    return joined


@pytest.mark.parametrize("size", [1, 7, 100000])
@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_file_between_texts(size: int, end: bytes) -> None:
    """A block in a text is a file; what stands around it stays text."""
    raw = b"before" + end + encoded(JPEG, b"x y.jpg", end) + b"after"
    assert pieces(raw, size) == [
        (Inline.TEXT, b"before" + end),
        (Inline.NAME, b"x y.jpg"),
        (Inline.DATA, JPEG),
        (Inline.END, b""),
        (Inline.TEXT, b"after"),
    ]


@pytest.mark.parametrize("size", [1, 100])
@pytest.mark.parametrize(
    "raw",
    [
        b"begin 644 of the door\nis open",
        b"we begin 644 a\n#0V%T\n`\nend\n",
        b"begin 644 a",
        b"begin",
        b"",
        b"\n\n",
        b"begin 644 a\nTHE END\n",
    ],
)
def test_text_that_only_begins(raw: bytes, size: int) -> None:
    """A sentence that starts with "begin" is text."""
    assert pieces(raw, size) == ([(Inline.TEXT, raw)] if raw else [])


@pytest.mark.parametrize("size", [1, 100])
def test_block_that_breaks_off(size: int) -> None:
    """A line that is none of the block ends it."""
    raw = b"begin 644 a\n#0V%T\nthis is a sentence again\n"
    assert pieces(raw, size) == [
        (Inline.NAME, b"a"),
        (Inline.DATA, b"Cat"),
        (Inline.BROKEN, b""),
        (Inline.TEXT, b"this is a sentence again\n"),
    ]


def test_two_files() -> None:
    """A text may hold several files."""
    raw = encoded(b"Cat", b"1") + encoded(b"Dog", b"2")
    kinds = [data for kind, data in pieces(raw, 5) if kind is Inline.DATA]
    assert kinds == [b"Cat", b"Dog"]
