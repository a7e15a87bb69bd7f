"""Mail by ESMTP: one coroutine for each connection.

How this works.  `ESMTP` gives what arrives to an `SmtpReader` and runs one
coroutine: take an event, run its verb, write its reply.  Only that loop
writes, one `transport.write` for each reply, so replies leave in the order of
their commands however long a commit takes, and whatever the peer pipelines.

Nothing grows without bound.  What the peer sends while the loop is busy is
kept up to 64 KB, then its socket is paused; no command is taken while replies
wait unread; after 50 events in a row other connections have their turn.

What ends a conversation early is a flag that `next_event` raises as `Gone` or
`Stopped`, never a callback into the middle of a verb: a commit that has begun
always ends, whatever becomes of the connection.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from OpenSSL.SSL import Error as TLSError
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IHalfCloseableProtocol
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from alarmgw.codec.smtp import Command, DataEnd, Endless, Event, Line, NotSmtp, SmtpReader
from alarmgw.conversation import Conversation
from alarmgw.errors import Refusal
from alarmgw.ingest.peer import Peer
from alarmgw.ingest.reading import Replies
from alarmgw.ingest.smtp_dialog import Dialog
from alarmgw.ingest.smtp_link import Gone, Stopped
from alarmgw.ingest.smtp_replies import Reply, answer_to, reply
from alarmgw.ingest.smtp_trace import Trace

if TYPE_CHECKING:
    from alarmgw.ingest.smtp_factory import ESMTPFactory
    from alarmgw.intake import Session

#: What is kept of a peer that sends while its last command is being worked on.
WAITING_BYTES = 64 * 1024
#: After so many events in a row other connections have their turn.
EVENTS_IN_A_ROW = 50
#: How long a closed connection may take to deliver its last reply.
LINGER_SECONDS = 5.0

#: What a peer that does not speak SMTP has probably been set to.
ADVICE = {
    "tls": "it uses SSL on a port that is plain until STARTTLS; "
    "set it to STARTTLS or to no encryption, or to the port with implicit TLS",
    "http": "it speaks HTTP: a browser, a scanner, or its ports are mixed up",
    "binary": "it sends binary data: another protocol is set to this port",
}


@implementer(IHalfCloseableProtocol)
class ESMTP(Protocol):
    """One device's connection; its dialog's `Link`."""

    _log = Logger()

    def __init__(self, factory: ESMTPFactory) -> None:
        self._home = factory
        self._settings = factory.settings
        self._clock = factory.clock
        self._reader = SmtpReader()
        self.trace = Trace(factory.clock.seconds)
        self._dialog = Dialog(
            self,
            factory.settings,
            factory.intake,
            factory.portal,
            factory.now,
            factory.failed_logins,
        )
        self._replies = Replies()
        self._timers: dict[str, IDelayedCall] = {}
        self._wake: Deferred[None] | None = None
        self._stop: Stopped | None = None
        self._patient = False  # a stop waits for the end of the mail that is being sent
        self._gone = False  # the peer sends nothing more
        self._over = False  # nothing is read any more
        self._in_data = False
        self._paused = False
        self._in_a_row = 0
        self._errors = 0

    @property
    def _transport(self) -> Any:
        """TCP, TLS or PROXY protocol around either: more than one interface promises."""
        return self.transport

    # what Twisted calls

    def connectionMade(self) -> None:
        """Greet at once: some devices speak first, and none may be kept waiting."""
        self.peer = Peer(self._transport, self._settings, self._home.connections, self._home.now())
        self._transport.registerProducer(self._replies, True)
        self._start_timer("idle", self._settings.idle_seconds)
        self._start_timer("transfer", self._settings.transfer_seconds)
        self._home.joined(self)
        self._home.conversations.begun(self)
        if not self.peer.enter():
            self.stop("too_many_connections")
        conversation = Deferred.fromCoroutine(self._converse())
        conversation.addErrback(self._escaped).addBoth(self._home.ended, self)

    def dataReceived(self, data: bytes) -> None:
        """Take bytes at any time: TLS delivers what it has read even to a paused protocol."""
        if self._over:
            return
        if not self.peer.hear():
            self.stop("too_many_connections")
        self._reader.feed(data)
        if self._wake is None and self._reader.waiting > WAITING_BYTES:
            self.pause()
        self._awake()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Let the loop read what came before the loss; then it ends."""
        if reason.check(TLSError):
            self._log.info(
                "{peer} on {listener} has no TLS with us ({reason}); perhaps it uses no "
                "encryption, or a TLS version that this listener refuses",
                peer=self.session.peer, listener=self._settings.name, reason=repr(reason.value),
            )  # fmt: skip
        self.trace.lost(reason)
        self._stop_timers()
        self._over = True
        self.peer.leave()
        self._home.disconnected(self)
        self._replies.resumeProducing()
        self.readConnectionLost()

    def readConnectionLost(self) -> None:
        """The peer has said all it had to say; it may still be reading."""
        self._gone = True
        self._awake()

    def writeConnectionLost(self) -> None:
        """Our half is never closed alone."""

    # the loop

    async def _converse(self) -> None:
        try:
            self._check_end()
            await self._say(reply("ready"))
            while True:
                event = await self.next_event()
                await self._say(await self._answer(event))
        except Stopped as stop:
            self.trace.end(stop.cause, self._in_data)
            self._say_goodbye(stop)
        except Gone:
            self.trace.end(None, self._in_data)
        except Exception as bug:
            self._tell_bug(bug)
            self._say_goodbye(Stopped("bug", reply("bug")))
        finally:
            self._dialog.end()
            self._tell_trace()
            self._hang_up()

    def _say_goodbye(self, stop: Stopped) -> None:
        if stop.answer is None:
            return
        self._transport.write(stop.answer.encoded())
        self.trace.said(stop.answer)
        self._log.info(
            "{peer} on {listener} is sent away: {cause}",
            peer=self.session.peer, listener=self._settings.name, cause=stop.cause,
        )  # fmt: skip

    async def _answer(self, event: Event) -> Reply:
        self.trace.heard(event)
        if not isinstance(event, Command):
            return reply("line_too_long")
        return await self._guarded(self._dialog.answer(event)) or reply("bug")

    async def _guarded(self, work: Awaitable[Reply | None]) -> Reply | None:
        """What ``work`` answers; a refusal is answered as such, a bug as "later", loudly."""
        try:
            return await work
        except Refusal as refusal:
            return answer_to(refusal)
        except (Gone, Stopped):
            raise
        except Exception as bug:
            self._tell_bug(bug)
            if self._in_data:
                # What follows is the rest of a mail: no reply to it would be understood.
                raise Stopped("bug", reply("bug")) from bug
            return reply("bug")

    def _tell_bug(self, bug: Exception) -> None:
        if self._home.bugs.is_news(bug):
            self._log.failure("A bug answered {peer} with 451", peer=self.session.peer)
        else:
            self._log.error(
                "The same bug answered {peer} with 451: {bug}",
                peer=self.session.peer, bug=repr(bug),
            )  # fmt: skip

    async def _say(self, answer: Reply | None) -> None:
        """Write a reply and what follows from it, each in one piece."""
        while answer is not None:
            self._errors += answer.is_error
            if self._errors >= self._settings.errors:
                raise Stopped("too_many_errors", reply("too_many_errors"))
            self._transport.write(answer.encoded())
            self.trace.said(answer)
            if answer.closes:
                raise Stopped("quit" if answer.code == 221 else answer.cause, None)
            answer = await self._guarded(answer.then()) if answer.then else None

    async def next_event(self) -> Event:
        """The peer's next event.  Raises `Gone` or `Stopped`."""
        await self._replies.read()
        if self._in_a_row >= EVENTS_IN_A_ROW:
            self._in_a_row = 0
            await deferLater(self._clock, 0)
        self._check_end()
        while (event := self._reader.next_event()) is None:
            if self._gone:
                raise Gone
            await self._more()
            self._check_end()
        self._in_a_row += 1
        return self._known(event)

    def _known(self, event: Event) -> Event:
        if isinstance(event, DataEnd):
            self._in_data = False
        elif isinstance(event, Line):
            self.trace.heard(event)
        elif isinstance(event, Endless):
            raise Stopped("endless_line", reply("endless_line"))
        elif isinstance(event, NotSmtp):
            self._log.warn(
                "{peer} does not speak SMTP on {listener}: {advice}",
                peer=self.session.peer, listener=self._settings.name, advice=ADVICE[event.spoken],
            )  # fmt: skip
            self.trace.foreign(event.spoken)
            raise Stopped("not_smtp", None if event.spoken == "tls" else reply("not_smtp"))
        return event

    async def _more(self) -> None:
        """Wait until something has come or the conversation must end."""
        self._in_a_row = 0
        self._restart_timer("idle", self._settings.idle_seconds)
        if self._paused:
            self._paused = False
            self._transport.resumeProducing()
        self._wake = Deferred()
        await self._wake

    def _awake(self) -> None:
        wake, self._wake = self._wake, None
        if wake is not None:
            wake.callback(None)

    # the dialog's link

    @property
    def session(self) -> Session:
        """Who is connected, to which listener."""
        return self.peer.session

    @property
    def tls(self) -> str | None:
        """TLS version and cipher, or None in clear."""
        return self.peer.tls

    @property
    def certificate(self) -> str | None:
        """The fingerprint of the client certificate, if one is accepted and was shown."""
        return self.peer.certificate

    @property
    def waiting(self) -> int:
        """How many bytes have come that no event has shown yet."""
        return self._reader.waiting

    @property
    def notes(self) -> tuple[str, ...]:
        """What is odd about the conversation."""
        return ("bare_lf_session",) if self._reader.bare_lf else ()

    def begin_line(self) -> None:
        """The next event is an answer to a challenge."""
        self._reader.begin_line()

    def begin_data(self) -> None:
        """The next events are a mail."""
        self._in_data = True
        self._reader.begin_data()

    def begin_tls(self) -> None:
        """What follows is a TLS handshake."""
        if not self._gone:
            self._transport.startTLS(self._home.tls)
            self.peer.begin_tls()

    def pause(self) -> None:
        """Read nothing from the network until the next event is asked for."""
        if not self._paused and not self._gone:
            self._paused = True
            self._transport.pauseProducing()

    def mail_ended(self) -> None:
        """A mail was taken: the next one has all the time, and all its errors, again."""
        self._errors = 0
        self._restart_timer("transfer", self._settings.transfer_seconds)

    # what is noted

    def conversation(self, ended: datetime | None = None) -> Conversation:
        """What the conversation was up to now."""
        return self.trace.value(self.session, self.peer.tls, ended)

    def _tell_trace(self) -> None:
        try:
            self._end_trace()
        except Exception:  # a trace is help: it must not keep a connection open
            self._log.failure("What {peer} said could not be noted", peer=self.session.peer)

    def _end_trace(self) -> None:
        self.trace.end("bug", self._in_data)  # which counts only if nothing else has ended it
        if self._reader.bare_lf:
            self.trace.bare_lf()
        if self.peer.waits_for_tls and (self._gone or self.peer.shakes_hands):
            self.trace.no_handshake(broken_off=self._gone)
        self._home.conversations.ended(self, self.conversation(self._home.now()))

    # how it ends

    def stop(self, cause: str, *, patient: bool = False) -> None:
        """End the conversation with 421; ``patient``: not inside a mail that is being sent."""
        self._stop = self._stop or Stopped(cause, reply(cause))
        self._patient = patient
        self._replies.resumeProducing()
        self._awake()

    def abort(self) -> None:
        """Drop the connection, whatever waits to be written."""
        self._transport.abortConnection()

    def _check_end(self) -> None:
        if self._stop is not None and not (self._patient and self._in_data):
            raise self._stop

    def _hang_up(self) -> None:
        """Close, and do not wait for ever until the peer has read its last reply."""
        self._stop_timers()
        self._over = True
        if not self._home.is_connected(self):
            return
        if self.peer.shakes_hands:
            self.abort()  # no farewell could be read
        else:
            self._transport.unregisterProducer()
            self._transport.loseConnection()
            self._timers["linger"] = self._clock.callLater(LINGER_SECONDS, self.abort)

    def _escaped(self, failure: Failure) -> None:
        self._log.failure("A conversation ended in a bug", failure)
        self.abort()

    def _timed_out(self, timer: str) -> None:
        """The peer lets us wait too long.  While we let it wait, nothing is its fault."""
        if self._wake is not None or self._replies.unread:
            self.stop("too_slow")
        else:
            self._start_timer(timer, self._settings.idle_seconds)

    def _start_timer(self, timer: str, seconds: float) -> None:
        self._timers[timer] = self._clock.callLater(seconds, self._timed_out, timer)

    def _restart_timer(self, timer: str, seconds: float) -> None:
        if timer in self._timers and self._timers[timer].active():
            self._timers[timer].reset(seconds)

    def _stop_timers(self) -> None:
        for timer in self._timers.values():
            if timer.active():
                timer.cancel()
        self._timers.clear()
