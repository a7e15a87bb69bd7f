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
from alarmgw.codec.headerreader import HeaderReader
from alarmgw.codec.leaf import Leaf
from alarmgw.codec.parameters import Structured, structured
from alarmgw.codec.transfer import Transfer, encoding_name
from alarmgw.codec.window import Window

#: Boundaries beyond this are not believed (RFC 2046 allows 70).
_BOUNDARY_BYTES = 1024

#: So much of a mail's text shows whether it is a multipart after all.
_UNTYPED_BYTES = 800

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
        self._window = Window()
        self._stack: list[Multipart] = []
        self._delimiters: Delimiters | None = None
        self._sink: Sink = Discarded()
        self._watches_lines = False
        self._takes_words = False
        self._extended = False
        self._begin_entity(depth, digest=False)

    def write(self, data: bytes) -> None:
        """The next bytes of the message."""
        if not data:
            return
        self._window.add(data)
        while self._state():
            pass

    def end(self) -> None:
        """The message is over: whatever is open ends here."""
        self._window.closing = True
        while self._state():
            pass
        self._sink.end()
        if any(not multipart.closed for multipart in self._stack):
            self._findings.note("no_close_delimiter")

    # -- headers

    def _begin_entity(self, depth: int, digest: bool, in_part: bool = False) -> None:
        self._depth = depth
        self._digest = digest
        self._reader = HeaderReader(self._window, self._findings, in_part, is_mail=depth == 0)
        self._state: Callable[[], bool] = self._header

    def _header(self) -> bool:
        """Read the header; when it is over, begin the body that it announces."""
        header = self._reader.read()
        if header is None:
            return False
        self._open(header.fields, untyped=not header.loose)
        if header.doubtful and self._takes_words:
            self._findings.note("no_blank_line")
            self._sink.write(header.doubtful)
        elif header.loose:
            self._sink.write(header.loose)
        return True

    # -- bodies

    def _open(self, fields: Mapping[str, bytes], untyped: bool) -> None:
        """Begin the body that a header announces."""
        if self._depth == 0:
            self._findings.addressed(fields.get("subject"), fields.get("from"))
        content = structured(fields.get("content-type", b""))
        media_type = declared_type(content, self._digest)
        self._state = self._body
        self._watches_lines = self._takes_words = False
        if media_type.startswith("multipart/"):
            self._open_multipart(content.parameters.get("boundary"), media_type)
        elif media_type in _MESSAGES:
            self._open_message(encoding_name(fields.get("content-transfer-encoding", b"")))
        else:
            self._open_leaf(fields, content, media_type)
            if untyped and media_type.startswith("text/") and not self._stack:
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
        self._takes_words = description.is_text and description.encoding == "identity"

    def _untyped(self) -> bool:
        """A mail's text may be a multipart that was declared as text, or not at all."""
        if len(self._window.data) - self._window.at < _UNTYPED_BYTES and not self._window.closing:
            return False
        self._state = self._body
        found = _UNTYPED.match(self._window.data, self._window.at, self._window.at + _UNTYPED_BYTES)
        if found:
            self._findings.note("odd_boundary")
            self._open_multipart(found[1], "multipart/mixed")
        return True

    def _body(self) -> bool:
        """Give content to the sink up to the next delimiter."""
        if self._delimiters is None:
            self._give(len(self._window.data))
            return False
        if self._window.closing and not self._extended:
            self._extended = True
            self._window.data += b"\n"  # an unfinished last line may be a delimiter
        found = self._delimiters.find(self._window.data, self._window.at)
        if found is not None:
            self._give(found.start)
            self._pass(found)
            return True
        self._give(self._last_content() if self._window.closing else self._held_from())
        return False

    def _held_from(self) -> int:
        delimiters, window = self._delimiters, self._window
        return delimiters.held_from(window.data, window.at) if delimiters else len(window.data)

    def _last_content(self) -> int:
        """Where content ends when the mail does: before a last line break or half a delimiter."""
        window = self._window
        end = len(window.data) - 1
        window.data, window.at = window.data[:end], min(window.at, end)
        start = self._held_from()
        line = window.data[start:].strip()
        delimiters = (b"--" + (multipart.boundary or b"") for multipart in self._stack)
        return start if any(delimiter.startswith(line) for delimiter in delimiters) else end

    def _give(self, end: int) -> None:
        """Hand everything up to ``end`` to the sink."""
        before = self._window.data[self._window.at - 1 : self._window.at]
        data = self._window.take(end)
        if data:
            if self._watches_lines:
                self._watch_lines(before, data)
            self._sink.write(data)

    def _watch_lines(self, before: bytes, data: bytes) -> None:
        bare = data.count(b"\n") - data.count(b"\r\n")
        if data.startswith(b"\n") and before == b"\r":
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
        if delimiter.guessed is not None:
            self._findings.note("odd_boundary")
            multipart.boundary = delimiter.guessed
            if isinstance(self._sink, Preamble):
                self._sink.believe(delimiter.guessed)
        self._end_inside(delimiter)
        changed = not multipart.seen or len(self._stack) > delimiter.level + 1
        multipart.seen = True
        del self._stack[delimiter.level + 1 :]
        if changed:
            self._look_for_delimiters()
        odd = self._window.odd_line_end(delimiter.end)
        if odd and not self._extended:
            self._findings.note(odd)
        self._window.skip_to(min(delimiter.end, len(self._window.data)))
        multipart.closed = delimiter.closes
        if delimiter.closes:
            self._state = self._after_close
        else:
            self._begin_part(multipart)

    def _end_inside(self, delimiter: Delimiter) -> None:
        """End the part that is open, and all multiparts inside the delimiter's."""
        inner = self._stack[delimiter.level + 1 :]
        if any(not multipart.closed for multipart in inner):
            self._findings.note("no_close_delimiter")
        if isinstance(self._sink, Preamble) and not inner:
            if delimiter.closes:
                return  # what follows shows whether it is a preamble (`_after_close`)
            self._sink.forget()
        self._end_sink()

    def _end_sink(self) -> None:
        self._sink.end()
        self._sink = Discarded()
        self._watches_lines = False

    def _begin_part(self, multipart: Multipart) -> None:
        self._findings.parts += 1
        if self._findings.parts > self._budgets.parts:
            self._findings.note("part_budget")
            self._delimiters = None
            self._state = self._body
            return
        self._begin_entity(multipart.depth + 1, multipart.digest, in_part=True)

    def _after_close(self) -> bool:
        """A multipart was closed; if a part's header follows, the device meant a delimiter."""
        head = self._window.data[self._window.at : self._window.at + len(_PART_HEADER)].lower()
        if head == _PART_HEADER:
            if isinstance(self._sink, Preamble):
                self._sink.forget()
            self._end_sink()
            self._stack[-1].closed = False
            self._begin_part(self._stack[-1])
            return True
        if _PART_HEADER.startswith(head) and not self._window.closing:
            return False
        self._end_sink()  # the preamble of a multipart without parts is its text
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
