"""What a part's header declares."""

from __future__ import annotations

import pytest

from alarmgw.codec.description import declared_type, described
from alarmgw.codec.findings import Budgets, Findings
from alarmgw.codec.parameters import structured


@pytest.mark.parametrize(
    ("value", "digest", "expected"),
    [
        (b"Text/HTML; charset=x", False, "text/html"),
        (b"", False, "text/plain"),
        (b"", True, "message/rfc822"),
        (b"text", False, "text/plain"),
        (b"multipart; boundary=x", False, "multipart/mixed"),
        (b"image", False, "application/octet-stream"),
    ],
)
def test_declared_type(value: bytes, digest: bool, expected: str) -> None:
    """A missing or shortened type means what RFC 2045 or the device's maker meant."""
    assert declared_type(structured(value), digest) == expected


@pytest.mark.parametrize(
    ("content", "disposition", "is_text"),
    [
        (b"text/plain", b"", True),
        (b"text/plain", b"inline", True),
        (b"text/plain; name=a.txt", b"inline", False),
        (b"text/plain", b"attachment", False),
        (b"text/plain", b"attachement; filename=x", False),
        (b'text/plain; name=""', b"", True),
        (b"application/xml", b"", False),
    ],
)
def test_is_text(content: bytes, disposition: bytes, is_text: bool) -> None:
    """A part is text if it is text/* without a file name and no attachment."""
    fields = {"content-type": content, "content-disposition": disposition}
    value = structured(content)
    made = described(fields, value, declared_type(value, False), Findings(Budgets()))
    assert made.is_text is is_text


def test_disposition_names_first() -> None:
    """The disposition's file name goes before the type's name, and both before a location."""
    content = structured(b"image/jpeg; name=b.jpg")
    fields = {"content-disposition": b"inline; filename=a.jpg", "content-location": b"c.jpg"}
    made = described(fields, content, "image/jpeg", Findings(Budgets()))
    assert (made.name, made.location) == ("a.jpg", "c.jpg")
