"""Makers' mails as they come over the wire: the same words in the wrappings that devices use."""

from __future__ import annotations

import base64
import binascii
import html
from collections.abc import Callable, Mapping

from tests.codec.mails import JPEG, multipart, picture
from tests.codec.makers import Mail


def _subject(words: str) -> bytes:
    """A subject in encoded words, none of them long."""
    pieces = [words[at : at + 15].encode("utf-8") for at in range(0, len(words), 15)]
    return b"\r\n ".join(b"=?utf-8?B?%s?=" % base64.b64encode(piece) for piece in pieces)


def _single(mail: Mail, subject: bytes, head: bytes, body: bytes) -> bytes:
    """A mail of one text, with its pictures behind it if it has any."""
    part = head + b"\r\n\r\n" + body + b"\r\n"
    if not mail.labels:
        return b"Subject: %s\r\n%s" % (subject, part)
    pictures = [picture(JPEG, label.encode("utf-8")) for label in mail.labels]
    return multipart(part, *pictures).replace(b"Subject: s", b"Subject: " + subject)


def _lines(mail: Mail) -> bytes:
    return mail.text.replace("\n", "\r\n").encode("utf-8")


def plain(mail: Mail) -> bytes:
    """As it is, in UTF-8 that nobody declares."""
    return _single(mail, mail.subject.encode("utf-8"), b"Content-Type: text/plain", _lines(mail))


def in_base64(mail: Mail) -> bytes:
    """The text in one line of base64."""
    head = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64"
    return _single(mail, _subject(mail.subject), head, base64.b64encode(_lines(mail)))


def quoted(mail: Mail) -> bytes:
    """The text quoted-printable, with soft line breaks anywhere."""
    head = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"
    body = binascii.b2a_qp(mail.text.encode("utf-8")).replace(b"\n", b"\r\n")
    return _single(mail, _subject(mail.subject), head, body)


def page(mail: Mail) -> bytes:
    """HTML and no other text, its blanks such as do not break."""
    rows = "<br>\r\n".join(html.escape(line) for line in mail.text.split("\n"))
    body = f"<html><head><style>b{{}}</style></head><body><b>{rows}</b></body></html>"
    head = b"Content-Type: text/html; charset=utf-8"
    return _single(mail, _subject(mail.subject), head, body.encode("utf-8"))


def chinese(mail: Mail) -> bytes:
    """The text in the set that Chinese firmware declares."""
    body = mail.text.replace("\n", "\r\n").encode("gb18030")
    return _single(mail, _subject(mail.subject), b"Content-Type: text/plain;charset=gb2312", body)


#: Each wrapping, by name.
WRAPPINGS: Mapping[str, Callable[[Mail], bytes]] = {
    each.__name__: each for each in (plain, in_base64, quoted, page, chinese)
}
