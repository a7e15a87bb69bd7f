"""One part that holds content, decided by its bytes."""

from __future__ import annotations

from alarmgw.codec.description import Description
from alarmgw.codec.findings import Budgets, Findings
from alarmgw.codec.leaf import Leaf
from tests.codec.mails import JPEG, Read, gathered
from tests.codec.test_uuencode import encoded


def unpacked(
    *raw: bytes,
    media_type: str = "text/plain",
    encoding: str = "identity",
    name: str | None = None,
    budgets: Budgets | None = None,
) -> Read:
    """What a part with this content turns out to be."""
    findings = Findings(budgets or Budgets())
    leaf = Leaf(
        findings,
        Description(
            media_type=media_type,
            encoding=encoding,
            charset=None,
            name=name,
            location=None,
            attached=False,
        ),
    )
    for piece in raw:
        leaf.write(piece)
    leaf.end()
    return gathered([*findings.take_events(), findings.mail_read()])


def test_text() -> None:
    """Words in a text part are the text."""
    assert unpacked(b"Motion\r\n", b"Zone 1").mail.text == "Motion\nZone 1"


def test_text_that_is_a_picture() -> None:
    """A picture is a picture though it is declared as text without a name."""
    [found] = unpacked(JPEG[:3], JPEG[3:]).files
    assert (found.kind, found.content, found.complete) == ("picture", JPEG, True)


def test_named_text_is_a_file() -> None:
    """A text with a file name is a file."""
    read = unpacked(b"Zone 1", name="a.txt")
    assert read.mail.text is None
    assert [(f.kind, f.label, f.media_type) for f in read.files] == [
        ("file", "a.txt", "text/plain")
    ]


def test_name_inside_the_encoding() -> None:
    """A uuencoded part may carry its name itself."""
    [found] = unpacked(encoded(JPEG, b"x.jpg"), media_type="image/jpeg", encoding="uuencode").files
    assert (found.label, found.content) == ("x.jpg", JPEG)


def test_files_inside_a_text() -> None:
    """A uuencoded block in a text is a file, and not part of the text."""
    read = unpacked(b"see\n", encoded(JPEG), b"bye")
    assert read.mail.text == "see\nbye"
    assert [found.content for found in read.files] == [JPEG]


def test_truncated_picture() -> None:
    """A picture that lacks its end is told to be incomplete."""
    read = unpacked(JPEG[:-2], media_type="image/jpeg")
    assert not read.files[0].complete and read.mail.notes == ("truncated_picture",)


def test_empty_parts() -> None:
    """A part without bytes is neither text nor file, but its name is told."""
    read = unpacked(media_type="image/jpeg", name="20180506152840423ch01.jpg")
    assert read.files == () and read.mail.notes == ("empty_part",)
    assert read.mail.labels == ("20180506152840423ch01.jpg",)
    assert unpacked(b"").mail.notes == ("empty_part",)


def test_text_budget() -> None:
    """Text is kept up to the budget and cut there."""
    mail = unpacked(b"ab" * 50, budgets=Budgets(text_bytes=7)).mail
    assert (mail.text, mail.text_cut, mail.notes) == ("abababa", True, ("text_budget",))
