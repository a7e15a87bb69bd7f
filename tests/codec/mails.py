"""What tests of the MIME reader share: reading a mail in pieces, and building odd ones."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from itertools import pairwise

from attrs import frozen

from alarmgw.codec.mime import Budgets, FileBegun, FileData, FileEnded, MailRead, MimeReader

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 3 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200)) + b"IEND\xaeB`\x82"


@frozen
class Found:
    """One picture or file that fell out of a mail."""

    kind: str
    label: str | None
    media_type: str
    content: bytes
    complete: bool

    @property
    def row(self) -> tuple[int, str]:
        """Size and hash, as the samples' expectations state them."""
        return len(self.content), hashlib.sha256(self.content).hexdigest()


@frozen
class Read:
    """All that came out of a mail."""

    files: tuple[Found, ...]
    mail: MailRead

    def of_kind(self, kind: str) -> list[Found]:
        """The pictures, or the files, in their order."""
        return [found for found in self.files if found.kind == kind]


def read(raw: bytes, cuts: Iterable[int] = (), budgets: Budgets | None = None) -> Read:
    """``raw`` read in the pieces that ``cuts`` make of it, with the order of events checked."""
    reader = MimeReader(budgets or Budgets())
    places = [0, *sorted(cuts), len(raw)]
    events = [event for start, end in pairwise(places) for event in reader.feed(raw[start:end])]
    return gathered([*events, *reader.close()])


def gathered(events: Sequence[object]) -> Read:
    """Events as values; anything out of order fails."""
    files: list[Found] = []
    begun: FileBegun | None = None
    content = b""
    *before, mail = events
    for event in before:
        if isinstance(event, FileBegun):
            assert begun is None and event.number == len(files) + 1
            begun, content = event, b""
        elif isinstance(event, FileData):
            assert begun is not None and event.data
            content += event.data
        else:
            assert isinstance(event, FileEnded) and begun is not None
            files.append(Found(begun.kind, begun.label, begun.media_type, content, event.complete))
            begun = None
    assert isinstance(mail, MailRead) and begun is None
    return Read(tuple(files), mail)


def every(size: int, raw: bytes) -> range:
    """Cuts after every ``size`` bytes."""
    return range(size, len(raw), size)


def crlf(text: str) -> bytes:
    """A mail written with LF, as it stands on the wire."""
    return text.replace("\n", "\r\n").encode("utf-8")


def wrapped(content: bytes, end: bytes = b"\r\n") -> bytes:
    """``content`` in base64 lines."""
    return base64.encodebytes(content).replace(b"\n", end)


def multipart(*parts: bytes, boundary: bytes = b"abc", close: bytes = b"--abc--\r\n") -> bytes:
    """A multipart mail of finished parts (header, blank line, body with its last line break)."""
    head = (
        b'Subject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="%s"\r\n\r\n'
    )
    return head % boundary + b"".join(b"--%s\r\n%s" % (boundary, part) for part in parts) + close


def picture(
    content: bytes = JPEG,
    name: bytes = b"a.jpg",
    body: bytes | None = None,
    encoding: bytes = b"base64",
) -> bytes:
    """A part that is a picture."""
    head = b'Content-Type: image/jpeg; name="%s"\r\nContent-Transfer-Encoding: %s\r\n\r\n'
    return head % (name, encoding) + (wrapped(content) if body is None else body)


def text(body: bytes, header: bytes = b"") -> bytes:
    """A part that is a plain text."""
    return b"Content-Type: text/plain\r\n" + header + b"\r\n" + body + b"\r\n"
