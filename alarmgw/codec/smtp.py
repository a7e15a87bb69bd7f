"""SMTP as a device speaks it: bytes in, events out, no socket (RFC 5321).

How this works.  `SmtpReader` has one buffer and three modes.  It reads
*commands* until it is told otherwise; `begin_line` makes the next line an
answer to a challenge (AUTH), `begin_data` makes what follows a mail until its
end.  It never looks further than the event it returns, so whoever asks for
one event at a time may change the mode between two of them, and a pipelined
mail is never read as commands.

A mail is chunks, not lines.  Before its first byte stands a virtual CRLF, so
that a dot in the first line is like any other.  What may be the beginning of
the end (a suffix of up to four bytes) stays in the buffer until more has
come; a chunk therefore never cuts a stuffed dot from its line end, and any
chunking gives the same octets.

Whether lines end in CRLF or in LF is decided once, by the first command.  In
a CRLF conversation only CRLF.CRLF ends a mail, and a bare LF is content
(anything else would be SMTP smuggling); in an LF conversation LF.LF does too.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

#: A command line's limit: RFC 5321 says 512; parameters and long addresses get room.
COMMAND_BYTES = 2048
#: An overlong line that has not ended after so many bytes is no line at all.
ENDLESS_BYTES = 64 * 1024

_CRLF_END = b"\r\n.\r\n"
_LF_END = b"\n.\n"
_BLANKS = b" \t\r\n"
_HTTP_VERBS = frozenset((b"GET", b"POST", b"PUT", b"HEAD", b"OPTIONS", b"CONNECT", b"PRI"))


@frozen
class Command:
    """A command line: its verb in upper case and what follows, without blanks around."""

    verb: str
    argument: bytes


@frozen
class Line:
    """The line that `SmtpReader.begin_line` asked for, without its end."""

    text: bytes


@frozen
class CommandTooLong:
    """A line over the limit has begun; the rest of it is skipped.  Once for each line."""


@frozen
class Endless:
    """A line over the limit does not end either: there is nothing to wait for."""


@frozen
class NotSmtp:
    """The peer speaks something else: ``tls``, ``http`` or ``binary``.  The last event."""

    spoken: str


@frozen
class DataChunk:
    """Octets of the mail, dots unstuffed."""

    data: bytes


@frozen
class DataEnd:
    """The final dot."""


Event = Command | Line | CommandTooLong | Endless | NotSmtp | DataChunk | DataEnd


def _parted(line: bytes) -> tuple[bytes, bytes]:
    """A command line's verb in upper case and its argument, without blanks around."""
    words = line.split(None, 1)
    if not words:
        return b"", b""
    return words[0].upper(), words[1].strip() if len(words) > 1 else b""


class SmtpReader:
    """Turns what one peer sends into events, whatever pieces it comes in."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._next: Callable[[], Event | None] = self._command
        self._first = True
        self._lf_ends = False
        self._skipped = 0  # how much of an overlong line is gone; 0: in no such line
        self._virtual = 0  # how many bytes of the virtual CRLF still lead the buffer

    @property
    def waiting(self) -> int:
        """How many bytes came that no event has shown yet."""
        return len(self._buffer) - self._virtual

    @property
    def bare_lf(self) -> bool:
        """Whether the conversation ends its lines in LF alone; decided by its first command."""
        return self._lf_ends

    def feed(self, data: bytes) -> None:
        """Take what has arrived; allowed at any time."""
        self._buffer += data

    def next_event(self) -> Event | None:
        """The next event, or None until more is fed."""
        return self._next()

    def begin_line(self) -> None:
        """Read the next line as an answer, not as a command."""
        self._next = self._answer

    def begin_data(self) -> None:
        """Read a mail, from the next byte to its final dot."""
        self._buffer[:0] = b"\r\n"
        self._virtual = 2
        self._next = self._data

    # commands and answers

    def _command(self) -> Event | None:
        if (foreign := self._foreign()) is not None:
            return self._give_up(foreign)
        line = self._line()
        if not isinstance(line, bytes):
            return line
        if self._first:
            self._first = False
            self._lf_ends = not line.endswith(b"\r\n")
        verb, argument = _parted(line)
        if verb in _HTTP_VERBS and b"HTTP/" in argument.upper():
            return self._give_up(NotSmtp("http"))
        return Command(verb.decode("ascii", "backslashreplace"), argument)

    def _answer(self) -> Event | None:
        line = self._line()
        if line is not None:
            self._next = self._command
        return Line(line.rstrip(b"\r\n")) if isinstance(line, bytes) else line

    def _line(self) -> bytes | CommandTooLong | Endless | None:
        """The next line with its end, or what is wrong with it."""
        if self._skipped and not self._skip():
            return self._endless()
        end = self._buffer.find(b"\n", 0, COMMAND_BYTES)
        if end < 0:
            if len(self._buffer) < COMMAND_BYTES:
                return None
            self._skipped = 1
            return CommandTooLong()
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        return line

    def _skip(self) -> bool:
        """Drop the rest of an overlong line; whether its end was found."""
        end = self._buffer.find(b"\n")
        if end >= 0:
            del self._buffer[: end + 1]
            self._skipped = 0
            return True
        self._skipped += len(self._buffer)
        self._buffer.clear()
        return False

    def _endless(self) -> Endless | None:
        if self._skipped <= ENDLESS_BYTES:
            return None
        self._skipped = 1
        return Endless()

    def _foreign(self) -> NotSmtp | None:
        """Whether a line that begins like this can be SMTP at all."""
        if self._skipped or not self._buffer:
            return None
        # A TLS record: handshake (22), version 3.x.  No later command begins so either.
        if self._buffer[0] == 0x16 and len(self._buffer) == 1:
            return None
        if self._buffer.startswith(b"\x16\x03"):
            return NotSmtp("tls")
        if self._first and not (0x20 <= self._buffer[0] < 0x7F or self._buffer[0] in _BLANKS):
            return NotSmtp("binary")
        return None

    def _give_up(self, event: NotSmtp) -> NotSmtp:
        self._next = self._nothing
        return event

    def _nothing(self) -> None:
        """Whatever comes after something that is not SMTP is not SMTP either."""
        self._buffer.clear()

    # data

    def _data(self) -> Event | None:
        dot = self._dot()
        if dot < 0:
            cut = len(self._buffer) - self._held_back()
            return DataChunk(self._take(cut)) if cut > self._virtual else None
        rest = self._take(dot)
        del self._buffer[: self._buffer.index(b"\n") + 1]
        self._next = self._data_end
        return DataChunk(rest) if rest else self._data_end()

    def _data_end(self) -> Event:
        self._next = self._command
        return DataEnd()

    def _dot(self) -> int:
        """Where the dot of the final line stands, or -1."""
        end = self._buffer.find(_CRLF_END)
        if not self._lf_ends:
            return end + 2 if end >= 0 else -1
        bare = self._buffer.find(_LF_END)
        ends = [place for place in (end + 2 if end >= 0 else -1, bare + 1) if place > 0]
        return min(ends, default=-1)

    def _held_back(self) -> int:
        """How many of the last bytes may be the beginning of the end."""
        ends = (_CRLF_END, _LF_END) if self._lf_ends else (_CRLF_END,)
        return max(
            (
                length
                for end in ends
                for length in range(1, len(end))
                if self._buffer.endswith(end[:length])
            ),
            default=0,
        )

    def _take(self, cut: int) -> bytes:
        """The octets before ``cut``, which never stands between a line end and its dot."""
        line_end = b"\n" if self._lf_ends else b"\r\n"
        data = bytes(self._buffer[:cut])
        if line_end + b"." in data:
            data = data.replace(line_end + b".", line_end)
        data = data[self._virtual :] if self._virtual else data
        del self._buffer[:cut]
        self._virtual = 0
        return data
