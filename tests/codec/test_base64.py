"""Base64 as devices write it."""

from __future__ import annotations

import base64
import time

import pytest

from alarmgw.codec import base64 as codec
from alarmgw.codec.base64 import Base64

CONTENT = bytes(range(256)) * 2


def decoded(raw: bytes, size: int | None = None) -> tuple[bytes, list[str]]:
    """``raw`` decoded in pieces of ``size``, and the notes."""
    decoder, size = Base64(), size or len(raw) or 1
    pieces = [decoder.decode(raw[at : at + size]) for at in range(0, len(raw), size)]
    return b"".join([*pieces, decoder.finish()]), decoder.notes


ODD = {
    "wrapped": (base64.encodebytes(CONTENT), []),
    "one line": (base64.b64encode(CONTENT), []),
    "four characters a line": (
        b"\r\n".join(base64.b64encode(CONTENT)[at : at + 4] for at in range(0, 700, 4)),
        [],
    ),
    "blanks and tabs": (base64.b64encode(CONTENT).replace(b"A", b" A\t"), []),
    "no padding": (base64.b64encode(CONTENT).rstrip(b"="), ["bad_base64"]),
    "surplus padding": (base64.b64encode(CONTENT) + b"==", ["bad_base64"]),
    "stray bytes": (b"*" + base64.b64encode(CONTENT).replace(b"B", b"B\xff!"), ["bad_base64"]),
    "bare dashes behind": (base64.encodebytes(CONTENT) + b"--\r\n", []),
    "a footer behind": (base64.encodebytes(CONTENT) + b"\r\n-- End --\r\n", ["bad_base64"]),
    "a word behind": (base64.encodebytes(CONTENT) + b"Test\r\n", ["bad_base64"]),
    "padded block by block": (
        b"\r\n".join(base64.b64encode(CONTENT[at : at + 40]) for at in range(0, 512, 40)),
        [],
    ),
    "padded byte by byte": (
        b"\n".join(base64.b64encode(CONTENT[at : at + 1]) for at in range(512)),
        [],
    ),
    "nuls": (base64.encodebytes(CONTENT).replace(b"\n", b"\0\n\0"), []),
    "padded blocks on one line": (
        base64.b64encode(CONTENT[:40]) + b"\r\n" + base64.b64encode(CONTENT[40:]),
        [],
    ),
}


@pytest.mark.parametrize("size", [None, 1, 3, 50])
@pytest.mark.parametrize("name", ODD)
def test_odd_base64(name: str, size: int | None) -> None:
    """Every way to write it decodes to the same bytes, in any pieces, with a note if it is bad."""
    raw, notes = ODD[name]
    assert decoded(raw, size) == (CONTENT, notes)


@pytest.mark.parametrize("rest", [0, 1, 2])
def test_lonely_characters(rest: int) -> None:
    """A broken end costs only the bytes that are not there."""
    content = CONTENT[: 300 + rest]
    raw = base64.b64encode(content)
    whole = len(content) // 3 * 3
    assert decoded(raw[: len(raw) - 3])[0] == content[: (len(raw) - 4) // 4 * 3]
    assert decoded(raw)[0] == content and whole <= len(content)


def test_many_blocks_are_quick() -> None:
    """Four megabytes of the smallest blocks cost little more than large ones."""
    raw = b"AAA=\r\n" * 700_000
    start = time.perf_counter()
    assert decoded(raw, 65536) == (bytes(1_400_000), [])
    assert time.perf_counter() - start < 1.2


@pytest.mark.parametrize("size", [None, 1, 7])
def test_surplus_padding_has_an_end(size: int | None) -> None:
    """Block after block with too much padding is no content any more."""
    content, notes = decoded(b"AAAA====\n" * 2000, size)
    assert content == decoded(b"AAAA====\n" * 1000)[0] != b""
    assert notes == ["bad_base64"]


def test_without_pybase64(monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard library's decoder gives the same."""
    monkeypatch.setattr(codec, "_HAS_PYBASE64", False)
    for raw, notes in ODD.values():
        assert decoded(raw, 11) == (CONTENT, notes)
