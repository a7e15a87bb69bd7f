"""The bytes of a message that are not yet taken, and its lines while a header is read."""

from __future__ import annotations

import re

#: CR CR LF is what a program writes that turns LF into CR LF once too often.
LINE_END = re.compile(rb"\r{0,2}\n|\r")


class Window:
    """A buffer with a place in it; the byte before the place is always there."""

    def __init__(self) -> None:
        self.data = b"\n"
        self.at = 1
        self.closing = False
        self._looked = 1

    def add(self, data: bytes) -> None:
        """Append ``data`` and forget what was taken."""
        start = self.at - 1
        self.data = self.data[start:] + data
        self.at, self._looked = 1, max(self._looked - start, 1)

    def take(self, end: int) -> bytes:
        """The bytes up to ``end``, which are taken now."""
        taken = self.data[self.at : end]
        self.skip_to(max(self.at, end))
        return taken

    def skip_to(self, place: int) -> None:
        """Go on at ``place``."""
        self.at = self._looked = place

    def line(self, limit: int) -> tuple[bytes, int] | None:
        """The next line and the end of its line break; None while it is not all there.

        A longer line than ``limit`` is given in part, and at the end of the
        message a line may lack its end: then the line break is empty.
        """
        farthest = self.at + limit
        found = LINE_END.search(self.data, self._looked, farthest + 3)
        if found and found.start() <= farthest and self.is_settled(found):
            return self.data[self.at : found.start()], found.end()
        if len(self.data) > farthest + 1:
            return self.data[self.at : farthest], farthest
        self._looked = max(self.at, len(self.data) - 2)
        return (self.data[self.at :], len(self.data)) if self.closing else None

    def is_settled(self, found: re.Match[bytes]) -> bool:
        """Whether a line break is all there: CRs at the end may become CR LF or CR CR LF."""
        following = self.data[found.end() : found.end() + 2]
        return self.closing or found[0] != b"\r" or following not in (b"", b"\r")

    def odd_line_end(self, end: int) -> str | None:
        """The note for a line that ends at ``end`` in anything but CR LF."""
        last = self.data[end - 1 : end]
        if last == b"\r":
            return "bare_cr"
        return "bare_lf" if last == b"\n" and self.data[end - 2 : end - 1] != b"\r" else None
