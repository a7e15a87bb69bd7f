"""The words of header fields."""

from __future__ import annotations

import pytest

from alarmgw.codec.words import has_raw_8bit, words_text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"=?UTF-8?B?SVBDIE1lc3NhZ2U=?=", "IPC Message"),
        (b"=?utf-8?q?T=C3=BCr_offen?= Nord", "Tür offen Nord"),
        (b"=?utf-8?B?w7w=?= =?utf-8?B?w7w=?=", "üü"),
        (b"=?utf-8?B?w7w=?=\r\n =?utf-8?B?w7w=?=", "üü"),
        (b"=?utf-8?B?5ae=?= =?utf-8?q?=8B?=", "始"),
        (b"=?utf-8?Q?S=C3?= =?utf-8?Q?=BCd?=", "Süd"),
        (b"=?gb2312?B?0sY=?= =?gb2312?B?tq8=?=", "移动"),
        (b"a =?utf-8?q?b?= c", "a b c"),
        (b"=?utf-8?q?a?= b", "a b"),
        (b"=?utf-8?Q?Motion Detected?=", "Motion Detected"),
        (b"=?utf-8?Q?really??=", "really?"),
        (b"=?utf-8?B?SVBDIE1lc3NhZ2U", "IPC Message"),
        (b"=?utf-8?B?SVBDIE1lc3NhZ2U?=", "IPC Message"),
        (b"=?utf-8*de?q?T=C3=BCr?=", "Tür"),
        (b"=??B?YQ==?=", "a"),
        (b"=?nonsense?Q?T=C3=BCr?=", "Tür"),
        (b"=?utf-8?q??=", ""),
        (b"=?utf-8?q?=41?=", "A"),
        (b"(null) Message =?x", "(null) Message =?x"),
        ("Lager Süd".encode(), "Lager Süd"),
        (b"a\0b=?utf-8?B?AGM=?=", "abc"),
        (b"=?utf-8?Q?a=0D=0AX:_b?=", "a X: b"),
        (b"  blanks \r\n\t folded ", "blanks folded"),
    ],
)
def test_words(raw: bytes, expected: str) -> None:
    """Encoded words, joined and broken as devices send them, are read as one line."""
    assert words_text(raw) == expected


def test_hints() -> None:
    """Raw 8-bit words are read in the set that a part declares."""
    assert words_text("Тревога".encode("koi8-r"), ["koi8-r"]) == "Тревога"


def test_has_raw_8bit() -> None:
    """Encoded words declare their set, raw bytes do not."""
    assert has_raw_8bit("Süd".encode())
    assert not has_raw_8bit(b"=?utf-8?B?w7w=?= Sud")


def test_surrogates_never_come_out() -> None:
    """UTF-7 can write half a character; it is dropped."""
    words_text(b"=?utf-7?Q?+2AA-x?=").encode("utf-8")
