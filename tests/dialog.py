"""Plays a written dialog against the ESMTP protocol, in memory and without a clock.

The lines are those of the field samples, so that the same file can be played
against a running gateway, and a panel's maker can read and send one:

    # text          comment
    S CODE[|CODE]   read one complete reply; its code must match (5?? is any 5xx)
    C TEXT          send TEXT; \\r \\n \\t \\\\ \\xNN are decoded, nothing is added
    CX HEX          send raw bytes
    CFILE NAME [chunk=N] [limit=N]   send a file that lies beside the dialog
    WAIT S          let time pass
    CLOSE, RST, CONNECT   close, reset, open the next connection

What a reply's code cannot show, these lines do (in memory only):

    SET NAME VALUE  before anything else: a listener setting, or one of
                    trusted yes|no, login NAME PASSWORD, certificate FINGERPRINT NAME,
                    unknown ADDRESS, fail STEP CAUSE, slow start|commit, full
    R TIMES TEXT    send TEXT so many times, in one piece
    GO              let the oldest waiting start or commit end
    DRAIN           make room again where "full" left none
    DEAF, HEAR      stop and go on reading what the gateway writes
    HAS TEXT        the last reply contains TEXT
    NOTHING         the gateway has written nothing more
    CLOSED          the gateway has closed the connection
    STORED N        so many mails are stored
    MAIL TEXT       the last stored mail is exactly TEXT
    RCPT A,B        the last stored mail's recipients
    LOGIN NAME      the last stored mail's login (- is none)
    ABORTED N       so many mails were begun and given up
    REFUSED CAUSE   the last refusal that was told (- is none)
    HELD N          the gateway holds at most N bytes of what was sent
    UNREAD N        at most N bytes of replies wait for a peer that does not read
    DIAGNOSIS CODE  how the conversation is explained when all is over
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import evolve
from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from alarmgw.diagnosis import diagnosis
from alarmgw.directory import Directory
from alarmgw.errors import Cause, Refused, TryLater
from alarmgw.ingest.listener import ListenerSettings
from alarmgw.ingest.login import device_portal
from alarmgw.ingest.smtp import ESMTP
from alarmgw.ingest.smtp_factory import ESMTPFactory
from alarmgw.model import Login
from tests.fakes import FailingIntake, moments

TRUSTED = (ipaddress.ip_network("10.8.0.0/24"),)
SETTINGS = ListenerSettings(name="tcp:2525", node="gw1", trusted_networks=TRUSTED)
PIECE = 64 * 1024

_LATER = {Cause.NO_SPACE, Cause.STORE_FAILED, Cause.JOURNAL_FAILED, Cause.BUSY, Cause.SHUTTING_DOWN}


def listener(
    intake: Any, settings: ListenerSettings = SETTINGS, directory: Directory | None = None
) -> tuple[ESMTPFactory, Clock]:
    """A factory in memory, and the clock it lives by.  A password is kept as it is."""
    clock = Clock()
    known = directory or Directory()
    portal = device_portal(lambda: known, lambda login, password: login.digest == password)
    factory = ESMTPFactory(
        intake=intake, portal=portal, settings=settings, clock=clock, now=moments(), tls=object()
    )
    return factory, clock


class Wire(StringTransport):
    """A transport with TLS in name only, and a peer that may stop reading."""

    def __init__(self, host: str, certificate: str | None = None) -> None:
        super().__init__(peerAddress=IPv4Address("TCP", host, 40000))
        self.certificate = certificate
        self.in_tls = False
        self.heard = True
        self.aborting = False

    def write(self, data: bytes) -> None:
        """Keep it; tell the producer when the peer has left more than 64 KB unread."""
        super().write(data)
        if not self.heard and len(self.value()) > PIECE and self.producer is not None:
            self.producer.pauseProducing()

    def take(self) -> bytes:
        """What was written since the last time."""
        data = self.value()
        self.clear()
        if self.producer is not None:
            self.producer.resumeProducing()
        return data

    def loseConnection(self) -> None:
        """Close once all is written."""
        self.disconnecting = True

    def abortConnection(self) -> None:
        """Close at once."""
        self.aborting = self.disconnecting = True

    def startTLS(self, context: object) -> None:
        """From now on TLS, without its bytes."""
        self.in_tls = True

    def getHandle(self) -> Wire:
        """OpenSSL's connection."""
        return self

    def get_protocol_version_name(self) -> str:
        """TLS's version."""
        return "TLSv1.3"

    def get_peer_finished(self) -> bytes | None:
        """What ends a handshake, which nobody makes here."""
        return None

    def get_cipher_name(self) -> str:
        """TLS's cipher."""
        return "TLS_AES_256_GCM_SHA384"

    def getPeerCertificate(self) -> Wire | None:
        """The client's certificate."""
        return self if self.certificate else None

    def digest(self, name: str) -> bytes:
        """The certificate's fingerprint as OpenSSL prints it."""
        pairs = re.findall("..", (self.certificate or "").upper())
        return ":".join(pairs).encode()


class Conversation:
    """One connection in memory: what is sent arrives unless the gateway has paused."""

    def __init__(self, factory: ESMTPFactory, clock: Clock, wire: Wire) -> None:
        self.clock = clock
        self.wire = wire
        self.protocol: ESMTP = factory.buildProtocol(None)
        self.unsent = b""
        self.unread = b""
        self.lost = False
        self.protocol.makeConnection(wire)

    def send(self, data: bytes) -> None:
        """Send; the gateway reads on as far as it wants to."""
        self.unsent += data
        self.run()

    def run(self) -> None:
        """Deliver bytes and turns until nothing moves."""
        while True:
            self.clock.advance(0)
            if self.wire.heard:
                self.unread += self.wire.take()
            if self.wire.disconnecting and (self.wire.heard or self.wire.aborting):
                self.lose(ConnectionDone())
            if not self._deliver() and not self._due():
                return

    def lose(self, reason: Exception) -> None:
        """The connection ends."""
        if not self.lost:
            self.lost = True
            self.wire.connected = False
            self.protocol.connectionLost(Failure(reason))
            self.clock.advance(0)

    def reply(self) -> list[str]:
        """The next complete reply; raises if there is none."""
        self.run()
        found = re.match(rb"(?:\d{3}-[^\n]*\n)*\d{3} [^\n]+\r\n", self.unread)
        if found is None:
            raise AssertionError(f"no reply; unread is {self.unread[:200]!r}")
        self.unread = self.unread[found.end() :]
        return found[0].decode("ascii").splitlines()

    def _deliver(self) -> bool:
        if not self.unsent or self.lost or self.wire.producerState != "producing":
            return False
        piece, self.unsent = self.unsent[:PIECE], self.unsent[PIECE:]
        self.protocol.dataReceived(piece)
        return True

    def _due(self) -> bool:
        return any(call.getTime() <= self.clock.seconds() for call in self.clock.getDelayedCalls())


class Player:
    """Plays one dialog file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.intake = FailingIntake()
        self.settings = SETTINGS
        self.host = "10.8.0.7"
        self.logins: list[Login] = []
        self.certificates: dict[str, str] = {}
        self.talk: Conversation | None = None
        self.last: list[str] = []
        self.diagnosis: str | None = None

    def play(self) -> None:
        """All lines in their order; an `AssertionError` names the line that failed."""
        for number, line in enumerate(self.path.read_text("latin-1").split("\n"), 1):
            if not line.strip() or line.startswith("#"):
                continue
            word, _, rest = line.partition(" ")
            try:
                LINES[word](self, rest)
            except AssertionError as error:
                where = f"{self.path.name} line {number}: {line[:80]}"
                raise AssertionError(f"{where}: {error}") from None
        self.conversation.lose(ConnectionDone())
        if self.diagnosis is not None:
            last = self.factory.conversations.last()
            assert last is not None and diagnosis(last) == self.diagnosis, last

    @property
    def conversation(self) -> Conversation:
        """The open connection; the first word opens it."""
        if self.talk is None:
            directory = Directory.of([], self.logins, self.certificates)
            self.factory, self.clock = listener(self.intake, self.settings, directory)
            self.connect("")
        assert self.talk is not None
        return self.talk

    def connect(self, rest: str) -> None:
        """Open the next connection."""
        fingerprint = next(iter(self.certificates), None)
        if self.talk is None and not hasattr(self, "factory"):
            return
        self.talk = Conversation(self.factory, self.clock, Wire(self.host, fingerprint))

    def set(self, rest: str) -> None:
        """One setting before the dialog begins."""
        name, *values = rest.split()
        if name in SETTERS:
            SETTERS[name](self, *values)
        else:
            kind = type(getattr(self.settings, name))
            self.settings = evolve(self.settings, **{name: kind(values[0])})

    def expect(self, rest: str) -> None:
        """A reply with one of these codes."""
        self.last = self.conversation.reply()
        codes = [re.escape(code).replace(r"\?", r"\d") for code in rest.strip().split("|")]
        assert any(re.fullmatch(code, self.last[-1][:3]) for code in codes), self.last

    def send_file(self, rest: str) -> None:
        """A file beside the dialog, in pieces."""
        name, *options = rest.split()
        chosen = dict(option.split("=") for option in options)
        data = (self.path.parent / name).read_bytes()
        data = data[: int(chosen.get("limit", len(data)))]
        step = int(chosen.get("chunk", PIECE))
        for start in range(0, len(data), step):
            self.conversation.send(data[start : start + step])

    def repeat(self, rest: str) -> None:
        """The same text many times, in one piece."""
        times, _, text = rest.partition(" ")
        self.conversation.send(unescaped(text) * int(times))

    def wait(self, rest: str) -> None:
        """Let time pass, timers included."""
        self.conversation.run()
        self.clock.advance(float(rest))
        self.conversation.run()

    def deaf(self, heard: bool) -> None:
        """The peer stops or goes on reading."""
        self.conversation.wire.heard = heard
        self.conversation.run()

    def nothing(self, rest: str) -> None:
        """No reply waits to be read."""
        self.conversation.run()
        assert not self.conversation.unread, self.conversation.unread

    def closed(self, rest: str) -> None:
        """The gateway has hung up, after all it had to say was read."""
        self.nothing("")
        assert self.conversation.wire.disconnecting

    def go(self, rest: str) -> None:
        """The oldest start or commit ends."""
        self.intake.go_on()
        self.conversation.run()

    def drain(self, rest: str) -> None:
        """There is room again."""
        self.intake.begun[-1].drain()
        self.conversation.run()

    def stored(self, rest: str) -> None:
        """So many mails are stored."""
        self.conversation.run()
        assert len(self.intake.mails) == int(rest), len(self.intake.mails)

    def refused(self, rest: str) -> None:
        """The last refusal told."""
        told = [refusal.cause.value for _, refusal, _ in self.intake.refusals]
        assert (told[-1:] or ["-"]) == [rest.strip()], told


def unescaped(text: str) -> bytes:
    """The bytes that a dialog's text stands for."""

    def one(found: re.Match[str]) -> str:
        named = {"r": "\r", "n": "\n", "t": "\t", "\\": "\\"}.get(found[1])
        return named or chr(int(found[1][1:], 16))

    return re.sub(r"\\(r|n|t|\\|x[0-9a-fA-F]{2})", one, text).encode("latin-1")


def same(found: object, wanted: object) -> None:
    """Whether a fact is what the dialog says."""
    assert found == wanted, found


def error(cause: str) -> Exception:
    """What an intake raises for a cause; ``bug`` is any other exception."""
    if cause == "bug":
        return RuntimeError("a bug")
    known = Cause(cause)
    return (TryLater if known in _LATER else Refused)(known, "as the dialog says")


def _trusted(player: Player, value: str) -> None:
    player.host = "10.8.0.7" if value == "yes" else "203.0.113.9"


SETTERS: dict[str, Callable[..., object]] = {
    "trusted": _trusted,
    "login": lambda player, name, password: player.logins.append(
        Login(name=name, salt=b"", digest=password.encode())
    ),
    "certificate": lambda player, fingerprint, name: player.certificates.update(
        {fingerprint: name}
    ),
    "unknown": lambda player, address: player.intake.unknown.add(address),
    "fail": lambda player, step, cause: player.intake.errors.update({step: error(cause)}),
    "slow": lambda player, step: setattr(player.intake, f"slow_{step}", True),
    "full": lambda player: setattr(player.intake, "fills_up", True),
}

LINES: dict[str, Callable[[Player, str], object]] = {
    "S": Player.expect,
    "C": lambda player, rest: player.conversation.send(unescaped(rest)),
    "CX": lambda player, rest: player.conversation.send(bytes.fromhex(rest)),
    "CFILE": Player.send_file,
    "WAIT": Player.wait,
    "CLOSE": lambda player, _: player.conversation.lose(ConnectionDone()),
    "RST": lambda player, _: player.conversation.lose(ConnectionLost()),
    "CONNECT": Player.connect,
    "SET": Player.set,
    "R": Player.repeat,
    "GO": Player.go,
    "DRAIN": Player.drain,
    "DEAF": lambda player, _: player.deaf(False),
    "HEAR": lambda player, _: player.deaf(True),
    "HAS": lambda player, rest: _has(rest, "\n".join(player.last)),
    "NOTHING": Player.nothing,
    "CLOSED": Player.closed,
    "STORED": Player.stored,
    "MAIL": lambda player, rest: same(bytes(player.intake.mails[-1].data), unescaped(rest)),
    "RCPT": lambda player, rest: same(
        player.intake.mails[-1].envelope.recipients, tuple(rest.split(","))
    ),
    "LOGIN": lambda player, rest: same(player.intake.mails[-1].envelope.login or "-", rest),
    "ABORTED": lambda player, rest: same(len(player.intake.aborted), int(rest)),
    "REFUSED": Player.refused,
    "UNREAD": lambda player, rest: _at_most(len(player.conversation.wire.value()), int(rest)),
    "DIAGNOSIS": lambda player, rest: setattr(player, "diagnosis", rest.strip()),
    "HELD": lambda player, rest: _at_most(player.conversation.protocol.waiting, int(rest)),
}


def _has(part: str, whole: str) -> None:
    assert part in whole, whole


def _at_most(found: int, limit: int) -> None:
    assert found <= limit, found
