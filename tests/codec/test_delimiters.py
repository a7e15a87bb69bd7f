"""The delimiters of open multiparts."""

from __future__ import annotations

import pytest

from alarmgw.codec.delimiters import Delimiters


def levels(
    boundaries: list[bytes | None], buffer: bytes, guess: bool = False
) -> list[tuple[int, bool]]:
    """Level and closing of every delimiter in ``buffer``."""
    delimiters, at, found = Delimiters(boundaries, guess), 1, []
    while delimiter := delimiters.find(buffer, at):
        found.append((delimiter.level, delimiter.closes))
        at = delimiter.end
    return found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"--abc", [(0, False)]),
        (b"--abc--", [(0, True)]),
        (b"--abc \t ", [(0, False)]),
        (b"--abc-- ", [(0, True)]),
        (b"--abcd", []),
        (b"--abc -- End --", []),
        (b"---abc", []),
        (b" --abc", []),
        (b"x--abc", []),
        (b"--ABC", []),
    ],
)
def test_whole_lines(line: bytes, expected: list[tuple[int, bool]]) -> None:
    """A delimiter is a whole line and nothing else on it."""
    assert levels([b"abc"], b"\nx\r\n" + line + b"\r\ny") == expected


def test_prefix() -> None:
    """One boundary may be another's beginning."""
    assert levels([b"abc", b"abcdef"], b"\n--abcdef\n--abc\n") == [(1, False), (0, False)]
    assert levels([b"abcdef", b"abc"], b"\n--abcdef\n--abc\n") == [(0, False), (1, False)]


def test_dashes_at_the_end() -> None:
    """A delimiter whose boundary ends in dashes does not close."""
    assert levels([b"---x---"], b"\n-----x---\n-----x-----\n") == [(0, False), (0, True)]
    assert levels([b"x", b"x--"], b"\n--x--\n") == [(1, False)]


def test_unfinished_line_waits() -> None:
    """A line without its end decides nothing, but is held back with the line break before it."""
    delimiters = Delimiters([b"abc"], guess=False)
    for end in (
        b"\r\n--abc",
        b"\r\n--",
        b"\r\n-",
        b"\r\n",
        b"\r",
        b"\r\n--abc\r",
        b"\r\n--abc--  ",
    ):
        buffer = b"\ntext" + end
        assert delimiters.find(buffer, 1) is None
        assert delimiters.held_from(buffer, 1) == 5


def test_other_lines_do_not_wait() -> None:
    """What can be no delimiter any more is given at once."""
    delimiters = Delimiters([b"abc"], guess=False)
    for buffer in (b"\ntext", b"\ntext\r\nx", b"\n--" + b"x" * 999):
        assert delimiters.held_from(buffer, 1) == len(buffer)


def test_guess() -> None:
    """Another boundary than the declared one is believed if a part's header follows."""
    delimiters = Delimiters([b"abc"], guess=True)
    found = delimiters.find(b"\n--other\r\ncontent-type: x\r\n", 1)
    assert found is not None and (found.level, found.guessed) == (0, b"other")
    assert delimiters.find(b"\n--other\r\nwords\r\n", 1) is None
    assert delimiters.held_from(b"\nx\n--other\r\ncont", 1) == 2
