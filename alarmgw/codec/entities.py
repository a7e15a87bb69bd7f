"""The walk through a message and all parts in it, whatever the pieces it arrives in.

How it works.  An `Entities` is always in one state, a method that takes what
it can from the buffer and returns whether it got on:

    header -> body of a leaf, of a multipart (its preamble), or of a message
    body   -> next delimiter -> header of the next part, or epilogue

Open multiparts stand in a stack; a delimiter of an outer one ends all inner
ones.  The buffer holds what is not yet decided and nothing more: a header
line up to the budget, or the beginning of a possible delimiter.  All
decisions depend on the bytes and never on the pieces in which they came.

A message inside a message is walked by the same `Entities`; only one that is
encoded (base64) gets an `Entities` of its own behind a decoder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from alarmgw.codec.containers import Discarded, Multipart, Preamble, Sink
from alarmgw.codec.delimiters import Delimiter, Delimiters
from alarmgw.codec.description import declared_type, described
from alarmgw.codec.findings import Findings
from alarmgw.codec.headers import LOOK_AHEAD, STRAY_BYTES, HeaderBlock, Line, goes_on
from alarmgw.codec.leaf import Leaf
from alarmgw.codec.parameters import Structured, structured
from alarmgw.codec.transfer import Transfer, encoding_name

#: Boundaries beyond this are not believed (RFC 2046 allows 70).
_BOUNDARY_BYTES = 1024

#: So much of a body without Content-Type shows whether it is a multipart after all.
_UNTYPED_BYTES = 800

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BLANK_LINE = re.compile(rb"\n\r?\n|\r\r")
_UNTYPED = re.compile(
    rb"(?:[^\r\n]{0,100}(?:\r\n|\n|\r)){0,4}?--([!-~][^\r\n]{0,199}?)[ \t]{0,99}"
    rb"(?:\r\n|\n|\r)(?i:content-)"
)
_PART_HEADER = b"content-"
_MESSAGES = frozenset(("message/rfc822", "message/global", "message/news"))


class Entities:
    """Walks through one message and all parts in it."""

    def __init__(self, findings: Findings, depth: int) -> None:
        self._findings = findings
        self._budgets = findings.budgets
        self._buffer = b"\n"  # begins with the byte before `_at`
        self._at = 1
        self._looked = 1
        self._closing = False
        self._stack: list[Multipart] = []
        self._delimiters: Delimiters | None = None
        self._sink: Sink = Discarded()
        self._watches_lines = False
        self._extended = False
        self._begin_entity(depth, digest=False)

    def write(self, data: bytes) -> None:
        """The next bytes of the message."""
        if not data:
            return
        start = self._at - 1
        self._buffer = self._buffer[start:] + data
        self._at, self._looked = 1, max(self._looked - start, 1)
        while self._state():
            pass

    def end(self) -> None:
        """The message is over: whatever is open ends here."""
        self._closing = True
        while self._state():
            pass
        self._sink.end()
        if any(not multipart.closed for multipart in self._stack):
            self._findings.note("no_close_delimiter")

    # -- headers

    def _begin_entity(self, depth: int, digest: bool) -> None:
        self._depth = depth
        self._digest = digest
        self._block = HeaderBlock(self._budgets.header_bytes)
        self._looked = self._at
        self._state: Callable[[], bool] = self._header

    def _header(self) -> bool:
        """Take one line of a header, or find that it is over."""
        line, end = self._line()
        if line is None:
            return False
        if end == self._at:
            self._end_header(end, Line.FIELD)
            return True
        kind = self._block.kind(line)
        if kind in (Line.FIELD, Line.CONTINUATION):
            self._take_line(line, end, kind)
            return True
        over = self._is_over(line, end, kind)
        if over is None:
            return False
        if over:
            self._end_header(end if kind is Line.BLANK else self._at, kind)
        elif self._block.is_empty or kind is Line.BLANK:
            self._at = self._looked = end
        else:
            self._take_line(line, end, Line.CONTINUATION)
        return True

    def _is_over(self, line: bytes, end: int, kind: Line) -> bool | None:
        """Whether the header ends at this line, or a stray one stands in it; None: unknown yet."""
        if self._block.is_empty and line.startswith((b"From ", b">From ")):
            return False
        if not line or self._block.is_empty or len(line) > STRAY_BYTES or line.startswith(b"--"):
            return True
        following = self._buffer[end : end + LOOK_AHEAD]
        settled = self._closing or len(following) == LOOK_AHEAD or _LINE_END.search(following)
        return not goes_on(following, in_part=bool(self._stack)) if settled else None

    def _take_line(self, line: bytes, end: int, kind: Line) -> None:
        self._block.add(line, kind)
        self._findings.header_lines += 1
        if self._block.over_budget or len(line) >= self._budgets.header_bytes:
            self._findings.note("header_budget")
        if end == self._at + len(line):
            self._state = self._rest_of_line
        else:
            self._note_line_end(end)
        self._at = self._looked = end
        if self._findings.header_lines >= self._budgets.header_lines:
            self._findings.note("header_budget")
            self._state = self._rest_of_header

    def _rest_of_header(self) -> bool:
        """Skip to the blank line, when all headers together had too many lines."""
        found = _BLANK_LINE.search(self._buffer, self._at - 1)
        if found is None and not self._closing:
            self._at = max(self._at, len(self._buffer) - 2)
            return False
        self._end_header(found.end() if found else len(self._buffer), Line.BLANK)
        return True

    def _rest_of_line(self) -> bool:
        """Skip a header line that is longer than the budget."""
        found = _LINE_END.search(self._buffer, self._at)
        if found is not None and not self._is_settled(found):
            return False
        self._at = self._looked = found.end() if found else len(self._buffer)
        if found is None and not self._closing:
            return False
        self._state = self._header
        return True

    def _line(self) -> tuple[bytes | None, int]:
        """The next line and the end of its line break; None while it is not all there."""
        limit = self._at + self._budgets.header_bytes
        found = _LINE_END.search(self._buffer, self._looked, limit + 2)
        if found and found.start() <= limit and self._is_settled(found):
            return self._buffer[self._at : found.start()], found.end()
        if len(self._buffer) > limit + 1:
            return self._buffer[self._at : limit], limit
        self._looked = max(self._at, len(self._buffer) - 1)
        if self._closing:
            return self._buffer[self._at :], len(self._buffer)
        return None, 0

    def _is_settled(self, found: re.Match[bytes]) -> bool:
        """Whether a line break is all there: a CR at the end may become CR LF."""
        return self._closing or found[0] != b"\r" or found.end() < len(self._buffer)

    def _note_line_end(self, end: int) -> None:
        last = self._buffer[end - 1 : end]
        if last == b"\r":
            self._findings.note("bare_cr")
        elif last == b"\n" and self._buffer[end - 2 : end - 1] != b"\r":
            self._findings.note("bare_lf")

    def _end_header(self, at: int, kind: Line) -> None:
        """The header is over, by a line of this ``kind`` or (FIELD) by the end of the mail."""
        block = self._block
        self._at = self._looked = at
        loose = b""
        if not block.known:
            loose = block.loose() + b"\n" * (kind is Line.BLANK and not block.is_empty)
        elif kind is not Line.BLANK:
            loose = block.loose()
        if not block.known and self._depth == 0:
            self._findings.note("no_headers")
        elif kind is Line.STRAY or (block.known and loose):
            self._findings.note("no_blank_line")
        self._open(block.fields() if block.known else {}, untyped=not loose)
        if loose:
            self._sink.write(loose)

    # -- bodies

    def _open(self, fields: Mapping[str, bytes], untyped: bool) -> None:
        """Begin the body that a header announces."""
        if self._depth == 0:
            self._findings.addressed(fields.get("subject"), fields.get("from"))
        content = structured(fields.get("content-type", b""))
        media_type = declared_type(content, self._digest)
        self._state = self._body
        self._watches_lines = False
        if media_type.startswith("multipart/"):
            self._open_multipart(content.parameters.get("boundary"), media_type)
        elif media_type in _MESSAGES:
            self._open_message(encoding_name(fields.get("content-transfer-encoding", b"")))
        else:
            self._open_leaf(fields, content, media_type)
            if untyped and not content.value and not self._stack:
                self._state = self._untyped

    def _open_multipart(self, boundary: bytes | None, media_type: str) -> None:
        if not self._may_nest():
            return
        believed = boundary if boundary and len(boundary) <= _BOUNDARY_BYTES else None
        self._stack.append(Multipart(believed, self._depth, media_type == "multipart/digest"))
        self._sink = Preamble(self._findings)
        self._look_for_delimiters()

    def _open_message(self, encoding: str) -> None:
        if not self._may_nest():
            return
        if encoding != "identity":
            self._sink = EncodedMessage(self._findings, encoding, self._depth + 1)
            return
        self._sink = Discarded()
        self._begin_entity(self._depth + 1, digest=False)

    def _may_nest(self) -> bool:
        if self._depth < self._budgets.depth:
            return True
        self._findings.note("depth_budget")
        self._sink = Discarded()
        return False

    def _open_leaf(self, fields: Mapping[str, bytes], content: Structured, media_type: str) -> None:
        description = described(fields, content, media_type, self._findings)
        self._sink = Leaf(self._findings, description)
        self._watches_lines = description.is_text or description.encoding != "identity"

    def _untyped(self) -> bool:
        """Without Content-Type a body is text, unless it looks like a multipart."""
        if len(self._buffer) - self._at < _UNTYPED_BYTES and not self._closing:
            return False
        self._state = self._body
        found = _UNTYPED.match(self._buffer[self._at : self._at + _UNTYPED_BYTES])
        if found:
            self._findings.note("odd_boundary")
            self._open_multipart(found[1], "multipart/mixed")
        return True

    def _body(self) -> bool:
        """Give content to the sink up to the next delimiter."""
        if self._delimiters is None:
            self._give(len(self._buffer))
            return False
        if self._closing and not self._extended:
            self._extended = True
            self._buffer += b"\n"  # an unfinished last line may be a delimiter
        found = self._delimiters.find(self._buffer, self._at)
        if found is not None:
            self._give(found.start)
            self._pass(found)
            return True
        self._give(self._last_content() if self._closing else self._held_from())
        return False

    def _held_from(self) -> int:
        return self._delimiters.held_from(self._buffer, self._at) if self._delimiters else 0

    def _last_content(self) -> int:
        """Where content ends when the mail does: before a last line break or half a delimiter."""
        end = len(self._buffer) - 1
        self._buffer, self._at = self._buffer[:end], min(self._at, end)
        start = self._held_from()
        line = self._buffer[start:].strip()
        delimiters = (b"--" + (multipart.boundary or b"") for multipart in self._stack)
        return start if any(delimiter.startswith(line) for delimiter in delimiters) else end

    def _give(self, end: int) -> None:
        """Hand everything up to ``end`` to the sink."""
        data = self._buffer[self._at : end]
        if data:
            if self._watches_lines:
                self._watch_lines(data)
            self._sink.write(data)
            self._at = end

    def _watch_lines(self, data: bytes) -> None:
        bare = data.count(b"\n") - data.count(b"\r\n")
        if data.startswith(b"\n") and self._buffer[self._at - 1 : self._at] == b"\r":
            bare -= 1
        if bare:
            self._findings.note("bare_lf")
            self._watches_lines = False

    # -- delimiters

    def _look_for_delimiters(self) -> None:
        boundaries = [multipart.boundary for multipart in self._stack]
        self._delimiters = Delimiters(boundaries, guess=not self._stack[-1].seen)

    def _pass(self, delimiter: Delimiter) -> None:
        """A delimiter ends what is open inside its multipart and begins the next part, or none."""
        multipart = self._stack[delimiter.level]
        self._end_inside(delimiter.level)
        if delimiter.guessed is not None:
            self._findings.note("odd_boundary")
            multipart.boundary = delimiter.guessed
        changed = not multipart.seen or len(self._stack) > delimiter.level + 1
        multipart.seen = True
        del self._stack[delimiter.level + 1 :]
        if changed:
            self._look_for_delimiters()
        if not self._extended:
            self._note_line_end(delimiter.end)
        self._at = min(delimiter.end, len(self._buffer))
        multipart.closed = delimiter.closes
        if delimiter.closes:
            self._state = self._after_close
        else:
            self._begin_part(multipart)

    def _end_inside(self, level: int) -> None:
        """End the part that is open, and all multiparts inside the one at ``level``."""
        if isinstance(self._sink, Preamble) and level == len(self._stack) - 1:
            self._sink.forget()
        self._sink.end()
        self._sink = Discarded()
        self._watches_lines = False
        if any(not inner.closed for inner in self._stack[level + 1 :]):
            self._findings.note("no_close_delimiter")

    def _begin_part(self, multipart: Multipart) -> None:
        self._findings.parts += 1
        if self._findings.parts > self._budgets.parts:
            self._findings.note("part_budget")
            self._delimiters = None
            self._state = self._body
            return
        self._begin_entity(multipart.depth + 1, multipart.digest)

    def _after_close(self) -> bool:
        """A multipart was closed; if a part's header follows, the device meant a delimiter."""
        head = self._buffer[self._at : self._at + len(_PART_HEADER)].lower()
        if head == _PART_HEADER:
            self._stack[-1].closed = False
            self._begin_part(self._stack[-1])
            return True
        if _PART_HEADER.startswith(head) and not self._closing:
            return False
        self._state = self._body
        return True


class EncodedMessage:
    """A message inside a message that is itself encoded."""

    def __init__(self, findings: Findings, encoding: str, depth: int) -> None:
        self._findings = findings
        self._transfer = Transfer(encoding, is_text=False)
        self._entities = Entities(findings, depth)

    def write(self, raw: bytes) -> None:
        """Decode ``raw`` and read it as a message."""
        self._entities.write(self._transfer.decode(raw))

    def end(self) -> None:
        """The message is over."""
        self._entities.write(self._transfer.finish())
        self._findings.note(*self._transfer.notes)
        self._entities.end()
