"""Odd mails of no maker in particular: structure, encodings, names, contents."""

from __future__ import annotations

import base64
import binascii

import pytest

from tests.codec.cases import (
    MP4,
    PDF,
    SIGNATURE,
    TNEF,
    Case,
    base64_part,
    head,
    joined,
    mixed,
    part,
    uuencoded,
    words,
    workbook,
)
from tests.codec.mails import JPEG, PNG, wrapped

B64 = "Content-Transfer-Encoding: base64"
QP = "Content-Transfer-Encoding: quoted-printable"
BINARY = "Content-Transfer-Encoding: binary"
ATTACHED = "Content-Disposition: attachment"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTES = "application/octet-stream"
TEXT = words("Motion")
SNAP = base64_part("image/jpeg; name=a.jpg", JPEG)


def usual(raw: bytes, *notes: str) -> Case:
    """A mail of the usual text and picture, in an odd shape."""
    return Case(raw=raw, text="Motion", pictures=(JPEG,), labels=("a.jpg",), notes=notes)


def named(parameter: str, where: str = "Content-Disposition: attachment") -> bytes:
    """A mail with one picture whose name is written in an odd way."""
    return mixed(base64_part("image/jpeg", JPEG, f"{where}; {parameter}"))


def label(expected: str, raw: bytes, *notes: str) -> Case:
    """The case of such a mail."""
    return Case(raw=raw, pictures=(JPEG,), labels=(expected,), notes=notes)


def subject(expected: str, raw: bytes, *notes: str) -> Case:
    """A mail whose subject is written in an odd way."""
    return Case(raw=b"Subject: " + raw + b"\r\n\r\nx", subject=expected, text="x", notes=notes)


def single(content_type: str, body: bytes, *more: str) -> bytes:
    """A mail that is one part."""
    return head(content_type, "s", *more) + body


STRUCTURE = {
    "blank lines before the header": usual(b"\r\n\r\n" + mixed(TEXT, SNAP)),
    "indented first line": usual(b"  " + mixed(TEXT, SNAP)),
    "mailbox line before the header": usual(
        b"From cam@site Mon Jan  1 00:00:00 2024\r\nX-Mailer: a\r\n" + mixed(TEXT, SNAP)
    ),
    "blank line in the mail's header": usual(
        mixed(TEXT, SNAP).replace(b"MIME-Version", b"\r\nMIME-Version")
    ),
    "blank line before the subject": Case(
        raw=b"To: a@b\r\n\r\nSubject: s\r\n\r\nMotion", text="Motion"
    ),
    "blank line before a part's header": usual(mixed(TEXT, b"\r\n" + SNAP)),
    "blank line in a part's header": usual(
        mixed(TEXT, SNAP.replace(b"Content-Transfer", b"\r\nContent-Transfer"))
    ),
    "no blank line anywhere": usual(
        mixed(TEXT, SNAP).replace(b"\r\n\r\n", b"\r\n"), "no_blank_line"
    ),
    "lf only": usual(mixed(TEXT, SNAP).replace(b"\r\n", b"\n"), "bare_lf"),
    "cr only": usual(mixed(TEXT, SNAP).replace(b"\r\n", b"\r"), "bare_cr"),
    "cr cr lf": usual(mixed(TEXT, SNAP).replace(b"\r\n", b"\r\r\n"), "bare_cr"),
    "declared as text": usual(
        mixed(TEXT, SNAP).replace(b"multipart/mixed", b"text/plain"), "odd_boundary"
    ),
    "declared as text and as what it is": usual(
        mixed(TEXT, SNAP).replace(b"Content-T", b"Content-Type: text/html\r\nContent-T", 1),
        "odd_boundary",
    ),
    "declared as multipart-mixed": usual(mixed(TEXT, SNAP).replace(b"multipart/", b"multipart-")),
    "text that begins like a header": Case(
        raw=mixed(b"Content-Type: text/plain\r\nZone: 1\r\n\r\nTime: 2\r\n"),
        text="Zone: 1\n\nTime: 2",
        notes={"no_blank_line"},
    ),
    "text that is all like a header": Case(
        raw=mixed(b"Content-Type: text/plain\r\nDate: 1\r\nTime: 2\r\n"),
        text="Date: 1\nTime: 2",
        notes={"no_blank_line"},
    ),
    "no header at all": Case(
        raw=b"Alarm zone 4\r\n12:03", subject=None, text="Alarm zone 4\n12:03", notes={"no_headers"}
    ),
    "empty mail": Case(raw=b"", subject=None, notes={"empty_part", "no_headers"}),
    "one boundary begins another": usual(
        mixed(part("multipart/related; boundary=b11", b"") + joined("b11", TEXT), SNAP, b="b1")
    ),
    "boundary with blanks and quotes": usual(
        head('multipart/mixed; boundary="a b\\"c\\\\d"') + joined('a b"c\\d', TEXT, SNAP)
    ),
    "boundary folded behind its name": usual(
        head('multipart/mixed; boundary=\r\n\t"b1"') + joined("b1", TEXT, SNAP)
    ),
    "two boundaries declared": usual(
        head("multipart/mixed; boundary=b1; boundary=b2") + joined("b1", TEXT, SNAP)
    ),
    "header fields twice": usual(
        mixed(TEXT, SNAP)
        .replace(b"From:", b"Subject: other\r\nFrom:")
        .replace(b"\r\n\r\n", b"\r\nContent-Type: text/plain\r\n\r\n", 1),
    ),
    "folded with tabs": subject("Motion at gate 4", b"Motion\r\n\tat\r\n\tgate 4"),
    "folded without blanks": subject("Tür offen", b"=?utf-8?q?T=C3=BCr_?=\r\n=?utf-8?q?offen?="),
    "nested messages": Case(
        raw=mixed(
            words("fw"), part("message/rfc822", part("message/rfc822", mixed(TEXT, SNAP, b="b2")))
        ),
        text="fw\nMotion",
        pictures=(JPEG,),
        labels=("a.jpg",),
    ),
    "message in base64": usual(mixed(base64_part("message/rfc822", mixed(TEXT, SNAP)))),
    "mailbox line inside": Case(
        raw=mixed(
            part("message/rfc822", b"From a b\r\nReturn-Path: <a>\r\n" + mixed(TEXT, b="b2"))
        ),
        text="Motion",
    ),
    "very long line": Case(raw=single("text/plain", b"x" * 300_000), text="x" * 300_000),
    "signed": Case(
        raw=mixed(TEXT, base64_part("application/pkcs7-signature; name=smime.p7s", SIGNATURE)),
        text="Motion",
        files=(("smime.p7s", BYTES, SIGNATURE),),
        labels=("smime.p7s",),
    ),
    "winmail": Case(
        raw=mixed(TEXT, base64_part("application/ms-tnef; name=winmail.dat", TNEF)),
        text="Motion",
        files=(("winmail.dat", "application/vnd.ms-tnef", TNEF),),
        labels=("winmail.dat",),
    ),
    "documents": Case(
        raw=mixed(
            base64_part("application/pdf; name=r.pdf", PDF),
            base64_part("application/octet-stream; name=r.xlsx", workbook()),
            base64_part("text/plain", b"PK\x03\x04" + bytes(99)),
        ),
        files=(
            ("r.pdf", "application/pdf", PDF),
            ("r.xlsx", XLSX, workbook()),
            (None, "application/zip", b"PK\x03\x04" + bytes(99)),
        ),
        labels=("r.pdf", "r.xlsx"),
    ),
    "empty and truncated pictures": Case(
        raw=mixed(
            part("image/jpeg; name=0.jpg", b"", B64),
            base64_part("image/jpeg; name=1.jpg", JPEG[:300]),
            SNAP,
        ),
        pictures=(JPEG[:300], JPEG),
        labels=("0.jpg", "1.jpg", "a.jpg"),
        notes={"empty_part", "truncated_picture"},
    ),
}

ENCODINGS = {
    "footer behind padding": Case(
        raw=mixed(part("image/png", wrapped(PNG + b"\0") + b"\r\nSent by camera\r\n", B64)),
        pictures=(PNG + b"\0",),
        notes={"bad_base64"},
    ),
    "dots among base64": Case(
        raw=mixed(part("image/jpeg", wrapped(JPEG).replace(b"\r\n", b"\r\n.", 3), B64)),
        pictures=(JPEG,),
        notes={"bad_base64"},
    ),
    "block by block, each padded": Case(
        raw=mixed(
            part(
                "image/jpeg",
                b"".join(
                    base64.b64encode(JPEG[at : at + 55]) + b"\r\n" for at in range(0, len(JPEG), 55)
                ),
                B64,
            )
        ),
        pictures=(JPEG,),
    ),
    "base64 with its blanks escaped": Case(
        raw=mixed(part("image/jpeg", wrapped(JPEG).replace(b"\r\n", b"=20\r\n"), B64)),
        pictures=(JPEG,),
        notes={"bad_base64"},
    ),
    "base64 declared as quoted-printable": Case(
        raw=mixed(part("image/jpeg", wrapped(JPEG), QP)),
        pictures=(JPEG,),
        notes={"undeclared_base64"},
    ),
    "no padding": Case(
        raw=mixed(part("image/png", base64.b64encode(PNG + b"\0").rstrip(b"="), B64)),
        pictures=(PNG + b"\0",),
        notes={"bad_base64"},
    ),
    "upper case and padded name of the encoding": Case(
        raw=mixed(part("image/jpeg", wrapped(JPEG), "Content-Transfer-Encoding:  BASE64 ;")),
        pictures=(JPEG,),
    ),
    "picture in base64 that nobody declared": Case(
        raw=single("image/jpeg", wrapped(JPEG)), pictures=(JPEG,), notes={"undeclared_base64"}
    ),
    "picture as it is, single part": Case(
        raw=single("image/jpeg", JPEG, "Content-Transfer-Encoding: 8bit"), pictures=(JPEG,)
    ),
    "picture as it is, behind blank lines": Case(
        raw=mixed(part("image/jpeg", b"\r\n\r\n" + JPEG)), pictures=(JPEG,)
    ),
    "picture declared base64 that is not": Case(
        raw=mixed(part("image/jpeg", JPEG, B64)), pictures=(JPEG,), notes={"bare_lf", "not_encoded"}
    ),
    "binary picture and clip": Case(
        raw=mixed(part("image/jpeg", JPEG, BINARY), part("video/mp4", MP4, BINARY)),
        pictures=(JPEG,),
        files=((None, "video/mp4", MP4),),
    ),
    "binary picture, half a delimiter at the end": Case(
        raw=head("multipart/mixed; boundary=b1")
        + b"--b1\r\n"
        + part("image/jpeg", JPEG)
        + b"--\r\n",
        pictures=(JPEG,),
        notes={"no_close_delimiter"},
    ),
    "picture in quoted-printable": Case(
        raw=mixed(part("image/png", binascii.b2a_qp(PNG, istext=False), QP)),
        pictures=(PNG,),
    ),
    "quoted-printable, small letters and broken escapes": Case(
        raw=single("text/plain; charset=utf-8", b"T=c3=bcr = offen=\r\n =zz=20\r\nx", QP),
        text="Tür = offen =zz \nx",
    ),
    "uuencoded picture in a text": Case(
        raw=single("text/plain", b"Motion\r\n\r\n" + uuencoded(JPEG, "a.jpg") + b"\r\nend"),
        text="Motion\n\n\nend",
        pictures=(JPEG,),
        labels=("a.jpg",),
    ),
    "uuencoded picture behind a text that is declared as uuencode": Case(
        raw=single(
            "text/plain",
            b"Motion\r\n\r\n" + uuencoded(JPEG, "a.jpg"),
            "Content-Transfer-Encoding: uuencode",
        ),
        text="Motion",
        pictures=(JPEG,),
        labels=("a.jpg",),
        notes=("not_encoded",),
    ),
    "text in cp1251 that nobody declares": Case(
        raw=single("text/plain", "Движение ворота".encode("cp1251")), text="Движение ворота"
    ),
    "text cut in the middle of a letter": Case(
        raw=single("text/plain; charset=latin-1", "Камера вход".encode()[:-1] + b"\r\n12:03"),
        text="Камера вхо\ufffd\n12:03",
    ),
    "utf-16 text": Case(
        raw=single("text/plain; charset=utf-16", base64.b64encode("Tür".encode("utf-16")), B64),
        text="Tür",
    ),
}

NAMES = {
    "raw gbk": subject("移动侦测报警", "移动侦测报警".encode("gbk"), "raw_8bit_header"),
    "raw cp1251": subject("Движение", "Движение".encode("cp1251"), "raw_8bit_header"),
    "raw cp1251 capitals": subject("ТРЕВОГА", "ТРЕВОГА".encode("cp1251"), "raw_8bit_header"),
    "raw cp1251 capitals, even": subject(
        "ДВИЖЕНИЕ ПЕРИМЕТР", "ДВИЖЕНИЕ ПЕРИМЕТР".encode("cp1251"), "raw_8bit_header"
    ),
    "raw latin-1": subject(
        "Bewegung Tür Süd", "Bewegung Tür Süd".encode("latin-1"), "raw_8bit_header"
    ),
    "raw utf-8": subject("Tür 門", "Tür 門".encode(), "raw_8bit_header"),
    "split inside a letter": subject(
        "门铃", b"=?gb2312?B?w8U=?=\r\n =?gb2312?B?wQ==?= =?gb2312?B?5Q==?="
    ),
    "japanese with an unknown sign": subject("カ\ufffd1", b"=?iso-2022-jp?B?GyRCJSstYhsoQjE=?="),
    "rfc 2231": label("Tür.jpg", named("filename*=UTF-8''T%C3%BCr.jpg")),
    "rfc 2231 in pieces, out of order": label(
        "Tür Süd.jpg", named("filename*1*=%20S%FCd; filename*2=.jpg; filename*0*=iso-8859-1''T%FCr")
    ),
    "encoded word in quotes": label("Tür.jpg", named('filename="=?utf-8?Q?T=C3=BCr.jpg?="')),
    "encoded words folded behind the name": label(
        "Tür.jpg", named('filename=\r\n\t"=?utf-8?Q?T=C3=BCr?=\r\n =?utf-8?Q?.jpg?="')
    ),
    "raw umlaut": label("Tür.jpg", named('filename="Tür.jpg"'), "raw_8bit_header"),
    "drive and folders": label("C:\\cam\\1.jpg", named('filename="C:\\cam\\1.jpg"')),
    "way up": label("../../etc/passwd", named('filename="../../etc/passwd"')),
    "semicolon in quotes": label("a;b.jpg", named('filename="a;b.jpg"')),
    "no end of quotes": label("a.jpg", named('filename="a.jpg')),
    "blanks without quotes": label("my cam 1.jpg", named("filename=my cam 1.jpg")),
    "name of the type only": label("a.jpg", mixed(SNAP)),
    "empty name, name of the type": label(
        "b.jpg",
        mixed(
            base64_part("image/jpeg; name=b.jpg", JPEG, 'Content-Disposition: inline; filename=""')
        ),
    ),
}

MAILS = {**STRUCTURE, **ENCODINGS, **NAMES}


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
@pytest.mark.parametrize("name", MAILS)
def test_odd_mail(name: str, piece: int) -> None:
    """An odd mail gives its subject, its words, its pictures bit for bit, and its oddities."""
    MAILS[name].check(piece)
