"""A header read up to its end, however devices mark that."""

from __future__ import annotations

import pytest

from alarmgw.codec.findings import Budgets, Findings
from alarmgw.codec.headerreader import Header, HeaderReader
from alarmgw.codec.window import Window


def header(raw: bytes, size: int, in_part: bool = False) -> tuple[Header | None, bytes]:
    """The header of ``raw``, fed in pieces, and what is left for the body."""
    window = Window()
    reader = HeaderReader(window, Findings(Budgets()), in_part, not in_part)
    found = None
    for at in range(0, len(raw), size):
        window.add(raw[at : at + size])
        found = found or reader.read()
    window.closing = True
    return found or reader.read(), window.data[window.at :]


@pytest.mark.parametrize("size", [1, 1000])
@pytest.mark.parametrize(
    ("raw", "subject", "rest"),
    [
        (b"Subject: a\r\n\r\nbody", b"a", b"body"),
        (b"Subject: a\n\nbody", b"a", b"body"),
        (b"Subject: a\r\rbody", b"a", b"body"),
        (b"Subject: a\r\n \t\r\nbody", b"a", b"body"),
        (b"Subject: a\r\n--abc\r\nContent-Type: x\r\n", b"a", b"--abc\r\nContent-Type: x\r\n"),
        (b"Subject: a\r\nThis is a text\r\nFree: x", b"a", b"This is a text\r\nFree: x"),
        (b"Subject: a\r\nstray\r\nTo: x\r\n\r\nbody", b"a\n stray", b"body"),
        (b"From x@y Jan\r\nSubject: a\r\n\r\nbody", b"a", b"body"),
        (b"Subject: a", b"a", b""),
        (b"\xef\xbb\xbfSubject: a\r\n\r\nbody", b"a", b"body"),
        (b"From x@y Jan\r\nX-VM-v5-Data: 1\r\nSubject: a\r\n\r\nbody", b"a", b"body"),
        (b"Subject: a\r\n \r\n\r\nbody", b"a", b"body"),
        (b"Subject: a\r\n \r\nDate: now\r\n\r\nbody", b"a", b"body"),
        (b"Subject: a\r\nDate: now\r\n \r\nDate: 12:03", b"a", b"Date: 12:03"),
        (b"Subject: a\r\n\r\nDate: 12:03", b"a", b"Date: 12:03"),
        (b"Subject: a\r\n\t\r\n\tb\r\nDate: now\r\n\r\nbody", b"a\n \tb", b"body"),
        (b"Subject: a\r\nContent-Type: t\r\n\t\r\n\tb\r\nx", b"a", b"\tb\r\nx"),
        (b" stray\r\nSubject: a\r\n\r\nbody", b"a", b"body"),
    ],
)
def test_end_of_header(raw: bytes, subject: bytes, rest: bytes, size: int) -> None:
    """A header ends at a blank line, a delimiter, a line that is no field, or the mail's end."""
    found, left = header(raw, size)
    assert found is not None and found.fields["subject"] == subject
    assert left == rest


def test_mbox_line_needs_a_header_behind_it() -> None:
    """A text that begins with "From " is a text."""
    found, left = header(b"From camera 1: motion\r\nzone 2\r\n", 3)
    assert found == Header({}, b"") and left == b"From camera 1: motion\r\nzone 2\r\n"


def test_stray_first_line_of_a_text() -> None:
    """Lines that texts have as well make no header of a text whose first line is none."""
    found, left = header(b"Motion seen\r\nDate: 12:03\r\nFrom: gate\r\n", 5)
    assert found == Header({}, b"") and left.startswith(b"Motion seen")


def test_stray_first_line_of_a_part() -> None:
    """A part's header may have a stray line before it."""
    found, left = header(b"stray\r\nContent-Type: image/jpeg\r\n\r\nbody", 1, in_part=True)
    assert found is not None and found.fields["content-type"] == b"image/jpeg"
    assert left == b"body"


def test_part_goes_on_only_with_content_fields() -> None:
    """In a part a line "From: gate" is words, not a reason to take the line above for a field."""
    found, left = header(b"Motion seen\r\nFrom: gate\r\n", 5, in_part=True)
    assert found == Header({}, b"") and left.startswith(b"Motion seen")


def test_loose_lines() -> None:
    """Unknown fields right before a body without blank line are given back."""
    found, left = header(b"Content-ID: 1\r\nZone:7\r\nmore words\r\n", 4, in_part=True)
    assert found is not None and found.loose == b"Zone:7\n" and left == b"more words\r\n"
