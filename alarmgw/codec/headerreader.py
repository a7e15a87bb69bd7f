"""A header read line by line from the window, up to its end, however devices mark that."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping

from attrs import frozen

from alarmgw.codec.findings import Findings
from alarmgw.codec.headers import (
    LOOK_AHEAD,
    STRAY_BYTES,
    HeaderBlock,
    Line,
    begins,
    begins_late,
    goes_on,
)
from alarmgw.codec.window import LINE_END, Window

_BLANK_LINE = re.compile(rb"\n\r?\n|\r\r")


@frozen
class Header:
    """A header that is over: its fields, and lines taken for fields that are the body's first.

    ``doubtful`` lines look like fields that no part has, with a blank line
    behind them: they are a text's first lines, but of nothing else.
    """

    fields: Mapping[str, bytes]
    loose: bytes
    doubtful: bytes = b""


class HeaderReader:
    """Reads one header; nothing of the body is taken."""

    def __init__(self, window: Window, findings: Findings, in_part: bool, is_mail: bool) -> None:
        self._window = window
        self._findings = findings
        self._budgets = findings.budgets
        self._in_part = in_part
        self._is_mail = is_mail
        self._block = HeaderBlock(self._budgets.header_bytes)
        self._ended: Line | None = None
        self._state: Callable[[], bool] = self._next_line

    def read(self) -> Header | None:
        """The header, once all of it is there."""
        while self._ended is None:
            if not self._state():
                return None
        return self._header(self._ended)

    def _next_line(self) -> bool:
        """Take one line, or find that the header is over."""
        window = self._window
        found = window.line(self._budgets.header_bytes)
        if found is None:
            return False
        line, end = found
        if end == window.at:
            self._ended = Line.FIELD  # the mail is over
            return True
        if self._is_mail and self._block.is_empty:
            line = line.removeprefix(codecs.BOM_UTF8)
        kind = self._block.kind(line)
        if kind in (Line.FIELD, Line.CONTINUATION):
            self._take(line, end, kind)
            return True
        over = self._is_over(line, end)
        if over:
            self._ended = kind
            window.skip_to(end if kind is Line.BLANK else window.at)
        elif over is not None and (self._block.is_empty or kind is Line.BLANK):
            window.skip_to(end)
        elif over is not None:
            self._take(line, end, Line.CONTINUATION)
        return over is not None

    def _is_over(self, line: bytes, end: int) -> bool | None:
        """Whether the header ends at this line, or a stray one stands in it; None: unknown yet."""
        block, is_blank = self._block, not line.strip()
        if len(line) > STRAY_BYTES or line.startswith(b"--"):
            return True
        following = self._window.data[end : end + LOOK_AHEAD]
        enough = len(following) == LOOK_AHEAD or LINE_END.search(following)
        if not enough and not self._window.closing:
            return None
        mbox = line.startswith((b"From ", b">From "))
        in_part = self._in_part and not mbox
        if block.is_empty and not is_blank and not mbox:
            return not begins_late(following, in_part=in_part)
        if not is_blank:
            return not goes_on(following, in_part=in_part)
        if block.is_empty:
            return not begins(following, in_part=in_part)
        if not block.known:
            return True
        if line and self._is_folded(following):
            return False
        return not block.lacks(following, in_part=in_part, folded=bool(line))

    def _is_folded(self, following: bytes) -> bool:
        """Whether a line of blanks is part of a folded field (RFC 5322 section 4.2).

        Before an empty line it is; before an indented one only if a mail's header so far
        announces no content, because an indented text may stand there as well.
        """
        if following.startswith((b"\r", b"\n")):
            return True
        announced = self._in_part or "content-type" in self._block.fields()
        return following.startswith((b" ", b"\t")) and not announced

    def _take(self, line: bytes, end: int, kind: Line) -> None:
        """Keep a line that belongs to the header."""
        self._block.add(line, kind)
        self._findings.header_lines += 1
        if self._block.over_budget or len(line) >= self._budgets.header_bytes:
            self._findings.note("header_budget")
        if end == self._window.at + len(line):
            self._state = self._rest_of_line
        elif odd := self._window.odd_line_end(end):
            self._findings.note(odd)
        self._window.skip_to(end)
        if self._findings.header_lines >= self._budgets.header_lines:
            self._findings.note("header_budget")
            self._state = self._rest_of_header

    def _rest_of_line(self) -> bool:
        """Skip a line that is longer than the budget."""
        window = self._window
        found = LINE_END.search(window.data, window.at)
        if found is not None and not window.is_settled(found):
            return False
        window.skip_to(found.end() if found else len(window.data))
        if found is None and not window.closing:
            return False
        self._state = self._next_line
        return True

    def _rest_of_header(self) -> bool:
        """Skip to the blank line, when all headers together had too many lines."""
        window = self._window
        found = _BLANK_LINE.search(window.data, window.at - 1)
        if found is None and not window.closing:
            window.skip_to(max(window.at, len(window.data) - 2))
            return False
        window.skip_to(found.end() if found else len(window.data))
        self._ended = Line.BLANK
        return True

    def _header(self, ended: Line) -> Header:
        """The result, given what kind of line ended it (FIELD: the end of the mail)."""
        block = self._block
        loose = doubtful = b""
        if not block.known:
            loose = block.loose() + b"\n" * (ended is Line.BLANK and not block.is_empty)
        elif ended is not Line.BLANK:
            loose = block.loose(in_part=self._in_part)
        elif self._in_part and block.loose():
            doubtful = block.loose() + b"\n"
        if not block.known and self._is_mail:
            self._findings.note("no_headers")
        elif ended is Line.STRAY or (block.known and loose):
            self._findings.note("no_blank_line")
        return Header(block.fields() if block.known else {}, loose, doubtful)
