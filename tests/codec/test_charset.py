"""Bytes to text, whatever the device believed its character set to be."""

from __future__ import annotations

import tracemalloc

import pytest

from alarmgw.codec.charset import clean_line, clean_text, codec_name, decode


@pytest.mark.parametrize(
    ("words", "codec"),
    [
        ("移动侦测报警 IPC-01", "gb2312"),
        ("仓库", "gb18030"),
        ("Движение ворот", "cp1251"),
        ("Tür geöffnet", "cp1252"),
        ("Entrée côté cour", "latin-1"),
        ("Lager Süd", "utf-8"),
    ],
)
def test_undeclared(words: str, codec: str) -> None:
    """Without a declaration the shape of the bytes decides."""
    assert decode(words.encode(codec)) == words


@pytest.mark.parametrize(
    ("words", "declared"),
    [
        ("報警", "big5"),
        ("アラーム", "iso-2022-jp"),
        ("警報", "Shift_JIS"),
        ("경보", "ks_c_5601-1987"),
        ("Größe", "ISO-8859-15"),
        ("Alarm Ω", "utf-16"),
        ("Тревога", "koi8-r"),
        ("Тривога ї", "koi8-u"),
        ("„Zitat“", "windows-1252"),
    ],
)
def test_declared(words: str, declared: str) -> None:
    """What a part declares is believed where strict UTF-8 does not fit."""
    codec = codec_name(declared)
    assert codec is not None
    assert decode(words.encode(codec), declared) == words


def test_utf8_goes_before_the_declared_set() -> None:
    """Devices declare gb2312 and send UTF-8."""
    assert decode("Tür".encode(), "gb2312") == "Tür"


def test_hint_of_another_part() -> None:
    """A set that another part declares is tried before guessing."""
    assert decode("Тревога".encode("koi8-r"), None, ["koi8-r"]) == "Тревога"


@pytest.mark.parametrize(
    "declared", ["hex", "zlib", "rot13", "idna", "punycode", "x" * 500, "\0", ""]
)
def test_what_is_no_character_set(declared: str) -> None:
    """Names of other codecs, and nonsense, are as good as no declaration."""
    assert codec_name(declared) is None
    assert decode(b"plain", declared) == "plain"


def test_cut_in_a_character() -> None:
    """Half a character at a cut is left out, and does not spoil the rest."""
    assert decode("Süd".encode()[:2], cut=True) == "S"


def test_broken_off_in_a_character() -> None:
    """Half a character at the end does not make other letters of those before it."""
    assert decode("Gerät: Tür Süd".encode()[:-2]) == "Gerät: Tür S\ufffd"
    assert decode(b"Caf\xe9") == "Café"


def test_clean_text() -> None:
    """Line ends are LF; NULs, controls, marks and lone surrogates are gone."""
    assert clean_text("\ufeffa\r\nb\rc\0\x1b[2J\ud800\td\n") == "a\nb\nc[2J\td\n"


@pytest.mark.parametrize("line", ["x\r\n", "\n", "x\0"])
def test_cleaning_hostile_text_costs_little_memory(line: str) -> None:
    """A text of nothing but line ends or controls needs no list of all of them."""
    text = line * (1_000_000 // len(line))
    tracemalloc.start()
    try:
        clean_text(text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000


def test_clean_line() -> None:
    """A line has no line break in it."""
    assert clean_line(" a\r\n\tb\0 ") == "a b"
