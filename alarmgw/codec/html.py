"""HTML flattened to the text that a person would read.

One pass over the tags, linear in the input whatever it contains: no search
is repeated after it has failed once.
"""

from __future__ import annotations

import html
import itertools
import re

_TAG = re.compile(r"<(?:(?P<comment>!--)|(?P<end>/?)(?P<name>[a-zA-Z][\w:-]*)[^<>]*>|[!?/][^<>]*>)")
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_META = re.compile(rb"""<meta[^<>]{0,200}charset\s{0,9}=\s{0,9}["']?([\w-]{1,40})""", re.IGNORECASE)

_MARK = re.compile("[<&]")

#: Tags and entities of one mail's pages that are read: no device writes more.
MARKS = 30_000

_HIDDEN = frozenset(("script", "style", "title", "template"))
_LINES = frozenset(
    (
        *("br", "hr", "p", "div", "pre", "blockquote", "center", "address", "form"),
        *("ul", "ol", "li", "dl", "dt", "dd", "table", "tr"),
        *("h1", "h2", "h3", "h4", "h5", "h6"),
        *("section", "article", "header", "footer", "body"),
    )
)
_CELLS = frozenset(("td", "th"))


def declared_charset(raw: bytes) -> str | None:
    """The character set that a page declares of itself."""
    found = _META.search(raw[:4096])
    return found.group(1).decode("ascii", "replace") if found else None


def within(source: str, marks: int) -> tuple[str, int]:
    """A page up to as many tags and entities as may be read, and how many that leaves.

    >>> within("<b>a</b>c", 1)
    ('<b>a', 0)
    """
    left = marks - source.count("<") - source.count("&")
    if left >= 0:
        return source, left
    end = next(itertools.islice(_MARK.finditer(source), marks, None))
    return source[: end.start()], 0


def flatten(source: str) -> str:
    """The visible text of ``source``: line breaks kept, entities decoded, no scripts or styles."""
    text = "".join(_pieces(source)).replace("\xa0", " ")
    lines = [_BLANKS.sub(" ", line).strip() for line in text.split("\n")]
    joined = "\n".join(lines).strip("\n")
    return re.sub(r"\n{3,}", "\n\n", joined)


def _pieces(source: str) -> list[str]:
    """The text between tags, with line breaks where tags make them."""
    pieces: list[str] = []
    unclosed: set[str] = set()
    at, preformatted = 0, False
    while found := _TAG.search(source, at):
        pieces.append(_visible(source[at : found.start()], preformatted))
        at = found.end()
        name = (found["name"] or "").lower()
        if found["comment"]:
            at = _after(source, at, "-->", unclosed)
        elif name in _HIDDEN and not found["end"] and not found[0].endswith("/>"):
            at = _after(source, at, f"</{name}", unclosed)
        elif name in _LINES:
            preformatted = (name == "pre" and not found["end"]) or (preformatted and name != "pre")
            pieces.append("\n")
        elif name in _CELLS:
            pieces.append(" ")
    pieces.append(_visible(source[at:], preformatted))
    return pieces


def _after(source: str, at: int, close: str, unclosed: set[str]) -> int:
    """Where hidden content ends; it is shown if nothing closes it, which is looked for once."""
    if close in unclosed:
        return at
    found = re.compile(re.escape(close), re.IGNORECASE).search(source, at)
    if found is None:
        unclosed.add(close)
        return at
    return found.start() if close.startswith("<") else found.end()


def _visible(text: str, preformatted: bool) -> str:
    """Text between two tags as a browser shows it."""
    return html.unescape(text if preformatted else _BLANKS.sub(" ", text))
