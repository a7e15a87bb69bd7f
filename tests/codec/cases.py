"""What the tables of mails share: a case, the check of it, and the bytes that cases are made of."""

from __future__ import annotations

import binascii
import zipfile
from collections.abc import Collection
from io import BytesIO

from attrs import field, frozen

from tests.codec.mails import every, read, wrapped

MP4 = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 2
MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  " + b"\x00\x00\x00\x08wide" + bytes(300)
AVI = b"RIFF\x10\x02\x00\x00AVI LIST" + bytes(512)
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
TNEF = b"\x78\x9f\x3e\x22\x01\x00\x06\x90" + bytes(80)
SIGNATURE = b"\x30\x82\x02\x10\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + bytes(range(90))


@frozen(kw_only=True)
class Case:
    """A mail and what a good receiver makes of it."""

    raw: bytes = field(repr=False)
    subject: str | None = "s"
    text: str | None = None
    pictures: tuple[bytes, ...] = field(default=(), repr=False)
    files: tuple[tuple[str | None, str, bytes], ...] = field(default=(), repr=False)
    labels: tuple[str, ...] = ()
    notes: Collection[str] = ()

    def check(self, piece: int) -> None:
        """Read the mail in pieces of ``piece`` bytes and compare everything."""
        found = read(self.raw, every(piece, self.raw))
        assert found.mail.subject == self.subject
        assert found.mail.text == self.text
        assert [part.content for part in found.of_kind("picture")] == list(self.pictures)
        files = [(part.label, part.media_type, part.content) for part in found.of_kind("file")]
        assert files == list(self.files)
        assert found.mail.labels == self.labels
        assert set(found.mail.notes) == set(self.notes)


def head(content_type: str = "", subject: str = "s", *more: str) -> bytes:
    """A mail's header and the blank line behind it."""
    lines = [f"Subject: {subject}", "From: cam@site", "MIME-Version: 1.0", *more]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8")


def part(content_type: str, body: bytes, *more: str) -> bytes:
    """A part's header, blank line and body, with the line break behind it."""
    lines = [f"Content-Type: {content_type}", *more, "", ""]
    return "\r\n".join(lines).encode("utf-8") + body.removesuffix(b"\r\n") + b"\r\n"


def mixed(*parts: bytes, kind: str = "mixed", subject: str = "s", b: str = "b1") -> bytes:
    """A whole multipart mail as a careful sender writes it."""
    return head(f'multipart/{kind}; boundary="{b}"', subject) + joined(b, *parts)


def joined(b: str, *parts: bytes) -> bytes:
    """Parts between delimiters, and the close delimiter."""
    delimiter = b.encode("utf-8")
    return b"".join(b"--%s\r\n%s" % (delimiter, each) for each in parts) + b"--%s--\r\n" % delimiter


def base64_part(content_type: str, content: bytes, *more: str) -> bytes:
    """A part in wrapped base64."""
    return part(content_type, wrapped(content), "Content-Transfer-Encoding: base64", *more)


def words(text: str, *more: str) -> bytes:
    """A part of plain UTF-8 text."""
    return part("text/plain; charset=utf-8", text.replace("\n", "\r\n").encode("utf-8"), *more)


def uuencoded(content: bytes, name: str) -> bytes:
    """A uuencoded block."""
    rows = (content[at : at + 45] for at in range(0, len(content), 45))
    lines = [binascii.b2a_uu(row).rstrip(b"\n") for row in rows]
    return b"\r\n".join([b"begin 644 " + name.encode("ascii"), *lines, b"`", b"end", b""])


def workbook() -> bytes:
    """An office file, as far as its first bytes tell."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo("[Content_Types].xml"), "<Types/>")
        archive.writestr(zipfile.ZipInfo("xl/workbook.xml"), "<workbook/>")
    return content.getvalue()
