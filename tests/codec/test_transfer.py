"""Content transfer encodings, believed only if the first bytes agree."""

from __future__ import annotations

import base64
import quopri

import pytest

from alarmgw.codec.transfer import Transfer, encoding_name
from tests.codec.mails import JPEG


def decoded(
    declared: str, raw: bytes, size: int = 1 << 20, is_text: bool = False
) -> tuple[bytes, list[str]]:
    """``raw`` decoded in pieces of ``size``, and the notes."""
    transfer = Transfer(declared, is_text)
    pieces = [transfer.decode(raw[at : at + size]) for at in range(0, len(raw), size)]
    return b"".join([*pieces, transfer.finish()]), transfer.notes


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"BASE64 ", "base64"),
        (b"base64;", "base64"),
        (b'"base64"', "base64"),
        (b"Quoted-Printable", "quoted-printable"),
        (b"x-uuencode", "uuencode"),
        (b"uuencode", "uuencode"),
        (b"8Bit", "identity"),
        (b"binary", "identity"),
        (b"", "identity"),
        (b"\xff\0", "identity"),
    ],
)
def test_encoding_name(value: bytes, name: str) -> None:
    """An encoding is known however its name is written."""
    assert encoding_name(value) == name


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"T=C3=BCr=3D1\r\n", "Tür=1\r\n".encode()),
        (b"soft=\r\nly=\nbroken=  \r\n here", b"softlybroken here"),
        (b"soft=\r\r\nly= \r\r\nbroken=\r\r\n", b"softlybroken"),
        (b"lower =c3=bc", "lower ü".encode()),
        (b"=3D odd =W kept =", b"= odd =W kept "),
        (b"=3D4=4=\n1", b"=4=41"),
        (b"=3D==41", b"==A"),
    ],
)
def test_quoted_printable(raw: bytes, expected: bytes, size: int) -> None:
    """Escapes and soft breaks are undone in any pieces, stray equals signs kept."""
    assert decoded("quoted-printable", raw, size) == (expected, [])


@pytest.mark.parametrize(
    "raw",
    [
        b"Channel ID: 3, Camera Name:Tor=West\r\nx=41\r\n",
        b"client=1234-01 zone=12 type=123 url=http://10.0.0.1/?a=30",
        b"Camera=\r\nTor=West\r\n",
        b"=====\r\nAlarm\r\n=====\r\n",
    ],
)
def test_quoted_printable_that_is_none(raw: bytes) -> None:
    """Text that was declared but never encoded survives as it is."""
    assert decoded("quoted-printable", raw, 5) == (raw, ["not_encoded"])


def test_control_characters_are_no_text() -> None:
    """Numbers behind equals signs in a text are not escapes of control characters."""
    raw = b"client=1234-01 zone=12 type=17\r\n"
    assert decoded("quoted-printable", raw, 5, is_text=True) == (raw, ["not_encoded"])


def test_quoted_printable_picture() -> None:
    """A picture survives quoted-printable bit for bit."""
    assert decoded("quoted-printable", quopri.encodestring(JPEG), 11) == (JPEG, [])


def test_long_quoted_printable() -> None:
    """What follows the part that was looked at is decoded in the same way."""
    raw = quopri.encodestring(JPEG * 200)
    assert decoded("quoted-printable", raw, 60000) == (JPEG * 200, [])


def test_declared_base64_is_a_picture() -> None:
    """A picture's own bytes are not base64, whatever is declared."""
    assert decoded("base64", JPEG, 9) == (JPEG, ["not_encoded"])


@pytest.mark.parametrize("raw", [b"Motion detected: channel 1", "Tür offen: jetzt".encode()])
def test_declared_base64_is_text(raw: bytes) -> None:
    """Readable text that was declared as base64 is the text."""
    assert decoded("base64", raw, 4, is_text=True) == (raw, ["not_encoded"])


@pytest.mark.parametrize("raw", [b"QmFzw6xjIHTDq3h0Lgo\xc3\xbf=\n", b"dm\x01k===\n"])
def test_short_base64_text_with_stray_bytes(raw: bytes) -> None:
    """One padded word that makes a text is base64, however many stray bytes are in it."""
    assert decoded("base64", raw, is_text=True)[0] in ("Basìc tëxt.\n".encode(), b"vi")


@pytest.mark.parametrize("size", [1, 1000])
@pytest.mark.parametrize("raw", [b"<,.V<W1A; \xc3\xa1 \n", b"Motion\n\nbegin 644 a.jpg\n"])
def test_declared_uuencode_is_text(raw: bytes, size: int) -> None:
    """A text that is declared as uuencode and does not begin so is kept as it came."""
    assert decoded("uuencode", raw, size, is_text=True) == (raw, ["not_encoded"])


def test_declared_uuencode_is_a_picture() -> None:
    """A picture's own bytes declared as uuencode are kept; words before a block are not."""
    assert decoded("uuencode", JPEG)[0] == JPEG
    assert decoded("uuencode", b"words\nbegin 644 a\n#0V%T\n`\nend\n")[0] == b"Cat"


def test_base64_text_with_blanks() -> None:
    """Base64 with blanks in it is still base64."""
    raw = base64.b64encode(b"Alarm Camera Name: Driveway, event 1").replace(b"Q", b" Q")
    assert decoded("base64", raw, is_text=True)[0] == b"Alarm Camera Name: Driveway, event 1"


def test_undeclared_base64() -> None:
    """A picture in base64 is found though nothing declares it."""
    raw = base64.encodebytes(JPEG)
    assert decoded("identity", raw, 13) == (JPEG, ["undeclared_base64"])


def test_identity() -> None:
    """8bit and binary content comes through untouched."""
    assert decoded("identity", bytes(range(256)) * 9, 100) == (bytes(range(256)) * 9, [])
