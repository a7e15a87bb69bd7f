"""Peers for the broker to meet in memory: they say anything, and answer or not as told."""

from __future__ import annotations

from typing import Any

from twisted.internet.testing import StringTransport
from twisted.spread.banana import Banana
from twisted.spread.jelly import jelly

from alarmgw.codec.wire import VERSION, Batch, Hello, Request, pack, unpack_batch
from alarmgw.outputs.broker import Broker

#: The number by which the peer's listener is called; any will do.
LISTENER = 5


class Wire(StringTransport):
    """A transport in memory that counts what was ever written and knows a certificate."""

    def __init__(self, fingerprint: str | None) -> None:
        super().__init__()
        self.fingerprint = fingerprint
        self.aborted = False
        self.no_delay = False
        self.reading = True

    def write(self, data: bytes) -> None:
        """Kept; a reference that is collected after the test still says so here."""
        if not self.io.closed:
            super().write(data)

    def setTcpNoDelay(self, enabled: bool) -> None:
        """As TCP has it."""
        self.no_delay = bool(enabled)

    def abortConnection(self) -> None:
        """The connection is gone; `connectionLost` is the peer's to call."""
        self.aborted = True
        self.disconnected = True

    def pauseProducing(self) -> None:
        """Read no more."""
        self.reading = False

    def resumeProducing(self) -> None:
        """Read again."""
        self.reading = True


class Peer:
    """One connection to a broker, played by hand."""

    def __init__(self, broker: Broker, fingerprint: str | None = "f1") -> None:
        self.wire = Wire(fingerprint)
        self.link = broker.buildProtocol(None)
        self.link.makeConnection(self.wire)
        self._ear = _Ear()
        self._done: set[int] = set()
        self._requests = 0

    def raw(self, data: bytes, step: int = 1 << 16) -> None:
        """Say bytes."""
        for start in range(0, len(data), step):
            self.link.dataReceived(data[start : start + step])

    def say(self, *expressions: object) -> None:
        """Say Banana expressions."""
        self.raw(b"".join(map(spoken, expressions)))

    def greet(self) -> None:
        """Negotiate Perspective Broker."""
        self.say(b"pb", [b"version", 6])

    def call(self, target: object, name: str, *given: object) -> Any:
        """Call an object and return what came back: ("answer", value) or ("error", text)."""
        self._requests += 1
        arguments = [b"tuple", *(one if isinstance(one, list) else jelly(one) for one in given)]
        call = [b"message", self._requests, target, name.encode(), 1, arguments, [b"dictionary"]]
        self.say(call)
        for kind, number, *value in self.hear(b"answer", b"error"):
            if number == self._requests:
                return kind.decode(), value[0]
        return None

    def login(self, client: str = "test") -> Any:
        """Greet and log in; answers the session's number."""
        self.greet()
        kind, value = self.call(b"root", "login", pack(Hello(version=VERSION, client=client)))
        assert kind == "answer", value
        return value[1]

    def subscribe(self, cursor: int | None = None, journal: str | None = None) -> Any:
        """Log in and subscribe."""
        request = pack(Request(journal=journal, cursor=cursor))
        return self.call(self.login(), "subscribe", [b"remote", LISTENER], request)

    def hear(self, *kinds: bytes) -> list[list[Any]]:
        """Everything of these kinds that the broker said since the connection began."""
        data = self.wire.value()
        self.wire.clear()
        if data:
            self._ear.dataReceived(data)
        return [one for one in self._ear.heard if one[0] in kinds]

    def calls(self, name: str) -> list[tuple[int, bytes]]:
        """The broker's calls of that name: their numbers and their one argument."""
        return [(call[1], call[5][1]) for call in self.hear(b"message") if call[3] == name.encode()]

    def batches(self) -> list[Batch]:
        """Every batch so far."""
        return [unpack_batch(data) for _, data in self.calls("batch")]

    def seqs(self) -> list[int]:
        """The numbers of all entries so far."""
        return [entry["seq"] for batch in self.batches() for entry in batch.entries]

    def answer_all(self) -> None:
        """Answer what was not answered yet, until nothing more comes."""
        while pending := [one for one in self.calls("batch") if one[0] not in self._done]:
            for number, _ in pending:
                self._done.add(number)
                self.say([b"answer", number, [b"None"]])


class _Ear(Banana):
    """Reads what a broker says."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []
        self.connectionMade()

    def callExpressionReceived(self, obj: Any) -> None:
        """Keep it."""
        self.currentDialect = b"pb"
        self.heard.append(obj)


def spoken(expression: object) -> bytes:
    """One expression as bytes."""
    written: list[bytes] = []
    banana = Banana()
    banana.connectionMade()
    banana.currentDialect = b"none"
    banana._encode(expression, written.append)
    return b"".join(written)
