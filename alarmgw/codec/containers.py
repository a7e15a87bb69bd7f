"""What holds a part's raw content, or is held open, while a message is walked through."""

from __future__ import annotations

import re
from typing import Protocol

from alarmgw.codec.findings import Findings, Text

#: A preamble is kept this far, in case no delimiter follows and it is all there is.
_PREAMBLE_BYTES = 65536


class Sink(Protocol):
    """Takes the raw content of one part."""

    def write(self, raw: bytes) -> None:
        """The next bytes of the part."""

    def end(self) -> None:
        """The part is over."""


class Discarded:
    """Content beyond a budget, or between parts: nobody needs it."""

    def write(self, raw: bytes) -> None:
        """Forget ``raw``."""

    def end(self) -> None:
        """Nothing to end."""


class Preamble:
    """What stands before a multipart's first delimiter: the text, if none ever comes."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._kept = bytearray()
        self._cut = False

    def write(self, raw: bytes) -> None:
        """Keep ``raw`` as far as a text may go."""
        room = _PREAMBLE_BYTES - len(self._kept)
        self._kept += raw[:room]
        self._cut = self._cut or len(raw) > room

    def forget(self) -> None:
        """A delimiter came, so it was a preamble."""
        self._kept.clear()

    def believe(self, boundary: bytes) -> None:
        """A delimiter that nobody declared came: parts without header before it are texts."""
        delimiter = rb"(?<![^\r\n])--%s[ \t]{0,256}(?![^\r\n])" % re.escape(boundary)
        _, *parts = re.split(delimiter, bytes(self._kept))
        self.forget()
        for part in parts:
            if part.strip():
                self._add(part.strip(b"\r\n"))

    def end(self) -> None:
        """The multipart is over."""
        if self._kept.strip():
            self._add(bytes(self._kept))
            self._findings.note("no_delimiter")

    def _add(self, text: bytes) -> None:
        kept = text[: self._findings.text_room]
        cut = self._cut or len(kept) < len(text)
        self._findings.add_text(Text(kept, None, False, cut))


class Multipart:
    """An open multipart."""

    def __init__(self, boundary: bytes | None, depth: int, digest: bool) -> None:
        self.boundary = boundary
        self.depth = depth
        self.digest = digest
        self.seen = False
        self.closed = False
