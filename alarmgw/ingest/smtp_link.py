"""What a dialog sees of its connection, and how the connection ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from alarmgw.codec.smtp import Event
from alarmgw.ingest.smtp_replies import Reply
from alarmgw.ingest.smtp_trace import Trace

if TYPE_CHECKING:
    from alarmgw.intake import Session


class Gone(Exception):
    """The peer has closed, and everything it had sent before has been read."""


class Stopped(Exception):
    """The gateway ends the conversation; ``answer`` (if any) is its last word."""

    def __init__(self, cause: str, answer: Reply | None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.answer = answer


class Link(Protocol):
    """One connection, seen from its dialog: events come out, replies are only returned."""

    @property
    def session(self) -> Session:
        """Who is connected, to which listener."""

    @property
    def trace(self) -> Trace:
        """What is noted of the conversation, for whoever sets the device up."""

    @property
    def waiting(self) -> int:
        """How many bytes have come that no event has shown yet."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is odd about the conversation, as codes of `alarmgw.codec.notes`."""

    @property
    def tls(self) -> str | None:
        """TLS version and cipher, or None in clear."""

    @property
    def certificate(self) -> str | None:
        """The fingerprint of the client certificate, if the peer has shown one."""

    async def next_event(self) -> Event:
        """The peer's next event.  Raises `Gone` or `Stopped`."""

    def begin_line(self) -> None:
        """The next event is an answer to a challenge."""

    def begin_data(self) -> None:
        """The next events are a mail."""

    def begin_tls(self) -> None:
        """What follows is a TLS handshake."""

    def pause(self) -> None:
        """Read nothing from the network until the next event is asked for."""

    def mail_ended(self) -> None:
        """A mail was taken: the next one has all the time again."""
