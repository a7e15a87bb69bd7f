"""Agreement with Python's email package on CPython's own test messages, part by part."""

from __future__ import annotations

import random

import pytest

from tests.codec.agreement import (
    DATA,
    Difference,
    Part,
    agreed,
    difference,
    email_parts,
    messages,
    our_parts,
)

MESSAGES = messages()
AGREED = agreed()

each_message = pytest.mark.parametrize("name", MESSAGES)


def lines_as_lf(parts: list[Part]) -> list[Part]:
    """The parts with LF line ends, and without what names their size."""
    return [Part(part.place, part.name, part.content.replace(b"\r\n", b"\n")) for part in parts]


def test_all_messages_are_here() -> None:
    """CPython's 48 files and what its tests build are always compared, whatever Python runs."""
    assert len(list(DATA.glob("msg_*.txt"))) == 48
    assert len(MESSAGES) >= 48 + 148 + 34


def test_differences_are_of_known_messages() -> None:
    """Each listed difference names a message that there is."""
    assert set(AGREED) <= set(MESSAGES)


@each_message
def test_parts_agree(name: str) -> None:
    """Both find the same parts, octets, names and texts, but for what is listed."""
    raw = MESSAGES[name]
    found = difference(email_parts(raw), our_parts(raw))
    assert found == AGREED.get(name.removesuffix(" as shipped"), Difference())


@each_message
def test_pieces_change_nothing(name: str) -> None:
    """A message fed byte by byte, or cut anywhere, has the parts that it has whole."""
    raw, randomness = MESSAGES[name], random.Random(name)
    whole = our_parts(raw)
    assert our_parts(raw, range(1, len(raw))) == whole
    for _ in range(3):
        assert our_parts(raw, sorted(randomness.choices(range(len(raw) + 1), k=9))) == whole


@each_message
def test_line_ends_change_nothing(name: str) -> None:
    """A message has the same parts with LF and with CRLF, as it comes through SMTP."""
    lf = MESSAGES[name].replace(b"\r\n", b"\n")
    crlf = lf.replace(b"\n", b"\r\n")
    found, as_sent = our_parts(lf), our_parts(crlf)
    assert lines_as_lf([*found.parts]) == lines_as_lf([*as_sent.parts])
    assert (found.mail.subject, found.mail.text) == (as_sent.mail.subject, as_sent.mail.text)


@each_message
def test_empty_parts_are_told(name: str) -> None:
    """A part that compat32 finds empty is noted, if all parts agree."""
    raw = MESSAGES[name]
    empty = any(part.charset and not part.content for part in email_parts(raw))
    if empty and name not in AGREED:
        assert "empty_part" in our_parts(raw).mail.notes
