"""Header blocks, line by line."""

from __future__ import annotations

import pytest

from alarmgw.codec.headers import HeaderBlock, Line, goes_on


def block(*lines: bytes, budget: int = 65536) -> HeaderBlock:
    """A block with ``lines`` in it."""
    made = HeaderBlock(budget)
    for line in lines:
        made.add(line, made.kind(line))
    return made


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b"", Line.BLANK),
        (b" \t", Line.BLANK),
        (b"Subject:x", Line.FIELD),
        (b"Subject \t: x", Line.FIELD),
        (b" folded", Line.CONTINUATION),
        (b"\tfolded", Line.CONTINUATION),
        (b"This is a multi-part message", Line.STRAY),
        (b"Alarm Type: Motion", Line.STRAY),
        (b"--a:b", Line.STRAY),
        (b"/9j/4AAQSkZJRg==", Line.STRAY),
        (b"\xd2\xc6: x", Line.STRAY),
        (b'boundary="x"', Line.STRAY),
    ],
)
def test_kinds(line: bytes, kind: Line) -> None:
    """A line shows by its first bytes whether it belongs to a header."""
    assert block(b"From: a").kind(line) is kind


def test_parameter_without_its_blank() -> None:
    """After a semicolon a parameter belongs to the field above, indented or not."""
    made = block(b"Content-Type: multipart/mixed;", b'boundary="x"')
    assert made.fields() == {"content-type": b'multipart/mixed;\n boundary="x"'}


def test_fields() -> None:
    """Names are lower case, folds stay, the first of equal names counts."""
    made = block(b"Subject: a", b" b", b"X-Y:1", b"SUBJECT: c")
    assert made.fields() == {"subject": b"a\n  b", "x-y": b"1"}


def test_misfolded_field() -> None:
    """TVT folds MIME-Version into Date; so might others with what matters."""
    made = block(b"Date: 2013-05-17 12:01:01", b" Content-Type: text/html")
    assert made.fields()["content-type"] == b"text/html"


@pytest.mark.parametrize(
    "names", [b"Content-Type:Content-Transfer-Encoding:List; b=x", b"mime-version:content-type;"]
)
def test_names_in_a_signature_are_no_fields(names: bytes) -> None:
    """A signature lists the names of fields on folded lines, before the fields themselves."""
    made = block(b"DKIM-Signature: a=x; h=From:To:", b"  " + names, b"Content-Type: a/b")
    assert set(made.fields()) == {"dkim-signature", "content-type"}
    assert made.fields()["content-type"] == b"a/b"


def test_known() -> None:
    """Lines that only look like fields are no header."""
    assert not block(b"Alarm:1", b"Time:12:00").known
    assert block(b"Alarm:1", b"Content-ID: x").known


def test_loose() -> None:
    """Unknown fields at the end may have been the body's first lines."""
    made = block(b"Content-Type: a/b;", b" x=y", b"Time:12:00", b"Zone:1")
    assert made.loose() == b"Time:12:00\nZone:1\n"


def test_budget() -> None:
    """Beyond the budget only what is used is kept, and that has an end too."""
    made = block(b"X-A: " + b"x" * 200, b"X-B: 1", b" 2", b"Subject: here", budget=100)
    assert made.over_budget
    assert made.fields()["subject"] == b"here" and "x-b" not in made.fields()
    assert sum(map(len, block(*[b"Subject: x"] * 99, budget=100).fields().values())) < 200


def test_goes_on() -> None:
    """A known field behind a stray line shows that the header is not over."""
    assert goes_on(b"Content-Type: x", in_part=True)
    assert goes_on(b"subject:x", in_part=False)
    assert not goes_on(b"Subject: x", in_part=True)
    assert not goes_on(b"Time: 12", in_part=False)
