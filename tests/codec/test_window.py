"""The bytes that are not yet taken."""

from __future__ import annotations

import pytest

from alarmgw.codec.window import Window


def window(data: bytes) -> Window:
    """A window with ``data`` in it."""
    made = Window()
    made.add(data)
    return made


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"ab\r\nc", (b"ab", 5)),
        (b"ab\nc", (b"ab", 4)),
        (b"ab\rc", (b"ab", 4)),
        (b"ab\r", None),
        (b"ab", None),
        (b"abcdefghijkl", (b"abcdefgh", 9)),
    ],
)
def test_line(data: bytes, line: tuple[bytes, int] | None) -> None:
    """A line is given when its end, or its limit, is there for certain."""
    assert window(data).line(8) == line


def test_last_line() -> None:
    """At the end of the message a line needs no end."""
    made = window(b"ab")
    made.closing = True
    assert made.line(8) == (b"ab", 3)


def test_taken_bytes_are_forgotten() -> None:
    """What was taken is gone, but for the byte before the place."""
    made = window(b"abcdef")
    assert made.take(4) == b"abc"
    made.add(b"gh")
    assert (made.data, made.at) == (b"cdefgh", 1)
    assert made.take(1) == b""


def test_odd_line_end() -> None:
    """Only CR LF is as it should be."""
    assert window(b"a\r\n").odd_line_end(4) is None
    assert window(b"a\n").odd_line_end(3) == "bare_lf"
    assert window(b"a\r").odd_line_end(3) == "bare_cr"
