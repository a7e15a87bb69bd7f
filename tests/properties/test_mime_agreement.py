"""Whatever well-formed mail is built, the reader and Python's email package find the same parts."""

from __future__ import annotations

import base64
import quopri

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.codec.agreement import Difference, difference, email_parts, our_parts

Entity = tuple[tuple[bytes, ...], bytes]
"""A part's fields and its body, with LF line ends but for what is encoded or binary."""

#: Boundaries that are each other's beginnings, end in dashes or are dashes.
BOUNDARIES = (b"abc", b"abcd", b"--abc", b"abc--", b"=_x", b"a b", b"----=_Part_1", b"a'b", b"b.c")

#: Lines that resemble fields, delimiters and uuencode's.
LINES = (
    *(b"Motion detected", b"Alarm Event: Motion", b"From: gate", b"Date: 2024-01-01", b"name=a"),
    *(b"--", b"-- ", b"--ab", b"----", b"begin 644", b"begin here", b"end", b"", b" ", b"\t"),
    *(b"=", b"=41", b".", b"..", b"T\xc3\xbcr", b"\xff\xfe", b"x" * 200),
)

texts = st.lists(st.sampled_from(LINES), max_size=8).map(b"\n".join)
pictures = st.binary(max_size=600).map(lambda inner: b"\xff\xd8\xff\xe0" + inner + b"\xff\xd9")
encodings = st.sampled_from((b"base64", b"BASE64", b"quoted-printable", b"binary"))
many = settings(deadline=None, suppress_health_check=list(HealthCheck))


def encoded(content: bytes, encoding: bytes) -> bytes:
    """``content`` in a transfer encoding."""
    if encoding.lower() == b"base64":
        return base64.encodebytes(content)
    if encoding == b"quoted-printable":
        return quopri.encodestring(content.translate(None, b"\r\n"), quotetabs=True)
    return content


def leaf(content: bytes, encoding: bytes, media_type: bytes) -> Entity:
    """A text or a picture."""
    fields = (b"Content-Type: " + media_type, b"Content-Transfer-Encoding: " + encoding)
    return fields, encoded(content, encoding)


def container(parts: list[Entity], boundary: bytes, depth: int, around: bytes) -> Entity:
    """A multipart; boundaries of different depths differ."""
    own = boundary + b"%d" % depth
    inner = b"".join(
        b"--" + own + b"\n" + b"".join(field + b"\n" for field in fields) + b"\n" + body + b"\n"
        for fields, body in parts
    )
    field = b'Content-Type: multipart/mixed; boundary="%s"' % own
    return (field,), around + inner + b"--" + own + b"--\n" + around


def message(entity: Entity) -> Entity:
    """A message in a message."""
    fields, body = entity
    head = b"".join(field + b"\n" for field in (b"Subject: inner", *fields))
    return (b"Content-Type: message/rfc822",), head + b"\n" + body


leaves = st.builds(
    leaf, texts, encodings, st.sampled_from((b"text/plain", b"text/html; charset=utf-8"))
) | st.builds(leaf, pictures, encodings, st.sampled_from((b"image/jpeg", b"video/mp4; name=x")))


def entities(depth: int) -> st.SearchStrategy[Entity]:
    """Parts with at most so many levels of parts in them."""
    if depth == 0:
        return leaves
    inner = entities(depth - 1)
    containers = st.builds(
        container,
        st.lists(inner, min_size=1, max_size=4),
        st.sampled_from(BOUNDARIES),
        st.just(depth),
        st.sampled_from((b"", b"This is MIME\n")),
    )
    return leaves | containers | inner.map(message)


@many
@given(entities(4), st.lists(st.integers(0, 5000), max_size=9))
def test_same_parts(entity: Entity, places: list[int]) -> None:
    """Texts, pictures and files are the same octets in the same order, in any pieces."""
    fields, body = entity
    head = b"".join(field + b"\n" for field in (b"Subject: s", b"MIME-Version: 1.0", *fields))
    raw = head + b"\n" + body
    cuts = sorted(place for place in places if place < len(raw))
    found = difference(email_parts(raw), our_parts(raw, cuts))
    assert (found.email, found.alarmgw, found.names) == ((), (), Difference().names)
