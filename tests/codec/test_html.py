"""HTML as the text that a person would read."""

from __future__ import annotations

import time

import pytest

from alarmgw.codec.html import declared_charset, flatten


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("EVENT TYPE:&nbsp;&nbsp;Motion<br>CH: 1", "EVENT TYPE: Motion\nCH: 1"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<table><tr><td>Key</td><td>Value</td></tr><tr><td>x</td></tr></table>", "Key Value\n\nx"),
        (
            "Stream-Kamera&#x20;NK 7 defekt! T&uuml;r &lt;1&gt;",
            "Stream-Kamera NK 7 defekt! Tür <1>",
        ),
        ("<style>p {color:red}</style><script>alert('<b>')</script>seen", "seen"),
        ("<head><title>no</title></head>yes", "yes"),
        ("a<!-- b <p> -->c", "ac"),
        ("a<!-- never closed", "a never closed"),
        ("a < b and c > d", "a < b and c > d"),
        ("one\r\n  line", "one line"),
        ("<pre>two\nlines</pre>", "two\nlines"),
        ("<SCRIPT>x</SCRIPT >y", "y"),
    ],
)
def test_flatten(source: str, expected: str) -> None:
    """Line breaks stay, entities are decoded, what a browser hides is gone."""
    assert flatten(source) == expected


def test_declared_charset() -> None:
    """A page may declare its character set itself."""
    assert declared_charset(b'<meta http-equiv=X content="text/html; charset=gb2312">') == "gb2312"
    assert declared_charset(b"<p>charset=x</p>") is None


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["<", "<a ", "<!--", "<script>", "<title>", "&#1", "<p>  \n"])
def test_hostile_page(piece: str) -> None:
    """A megabyte of half tags takes time by its size, not by its square."""
    start = time.perf_counter()
    flatten(piece * (1_000_000 // len(piece)))
    assert time.perf_counter() - start < 10
