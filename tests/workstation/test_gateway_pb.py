"""Perspective Broker at the workstation's end: bounded, and silent after it was cut."""

from __future__ import annotations

from typing import Any

from twisted.spread.pb import Referenceable
from twisted.trial.unittest import TestCase

from alarmgw.codec.banana import GATEWAY, failure
from alarmgw.codec.wire import Fault, PeerFault
from alarmgw.workstation.gateway_pb import GatewayBroker, LinkLost
from tests.outputs.peers import Wire, spoken


class Ear(Referenceable):  # type: ignore[misc]
    """Keeps what it is called with."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def remote_batch(self, data: object) -> None:
        """Keep it."""
        self.heard.append(data)

    def remote_fail(self) -> None:
        """Fail."""
        raise RuntimeError("/secret/place")


class FromGateway(TestCase):
    """One connection, played by hand from the gateway's side."""

    def setUp(self) -> None:
        """Connected, negotiated, with one object of ours that the gateway may call."""
        self.events: list[str] = []
        self.link = GatewayBroker(
            lambda _: self.events.append("made"),
            lambda _: self.events.append("ready"),
            lambda _, __: self.events.append("lost"),
        )
        self.link.factory = self
        self.wire = Wire(None)
        self.link.makeConnection(self.wire)
        self.say([b"pb", b"none"])
        self.ear = Ear()
        self.number = self.link.registerReference(self.ear)
        self.wire.clear()

    unsafeTracebacks = False

    def clientConnectionMade(self, broker: Any) -> None:
        """As a factory."""

    def say(self, *expressions: object) -> None:
        """The gateway says this."""
        self.link.dataReceived(b"".join(map(spoken, expressions)))

    def batch(self, data: bytes) -> list[object]:
        """A call of our object."""
        return [b"message", 1, self.number, b"batch", 0, [b"tuple", data], [b"dictionary"]]

    def test_calls_reach_us(self) -> None:
        """A batch as long as a batch may be."""
        self.say(self.batch(b"x" * 256 * 1024))
        assert self.ear.heard == [b"x" * 256 * 1024]
        assert self.events == ["made", "ready"]

    def test_a_call_after_the_cut_is_not_heard(self) -> None:
        """What the gateway sent behind a fault is read again on the next connection."""
        self.link.cut()
        self.link.expressionReceived(self.batch(b"late"))
        self.say(self.batch(b"later"))
        assert self.ear.heard == [] and self.wire.aborted

    def test_even_a_gateway_has_bounds(self) -> None:
        """A faulty one cannot fill a workstation's memory."""
        self.say(self.batch(b"x" * GATEWAY.expression_bytes))
        assert self.wire.aborted

    def test_nonsense_ends_the_connection(self) -> None:
        """Whatever Twisted's reader raises is one end, not a traceback."""
        for nonsense in (
            [b"answer", 9, [b"None"]],
            [],
            [b"version", 1],
            [b"message", 1],
            [b"\xff"],
        ):
            self.setUp()
            self.say(nonsense)
            assert self.wire.aborted, nonsense

    def test_our_faults_are_logged_here_and_not_told(self) -> None:
        """The gateway hears a fixed text."""
        self.say([b"message", 1, self.number, b"fail", 1, [b"tuple"], [b"dictionary"]])
        assert Fault.INTERNAL.value.encode() in self.wire.value()
        assert b"secret" not in self.wire.value()
        assert len(self.flushLoggedErrors(RuntimeError)) == 1

    def test_a_fault_of_the_gateways_is_a_peer_fault(self) -> None:
        """The fixed text says which."""
        called = self.link.call(self.link.remoteForName("root"), "login")
        self.say([b"error", 1, failure(Fault.NOT_REGISTERED)])
        assert self.failureResultOf(called, PeerFault).value.fault is Fault.NOT_REGISTERED

    def test_a_lost_connection_fails_its_calls(self) -> None:
        """Those under way, and those that come too late."""
        root = self.link.remoteForName("root")
        called = self.link.call(root, "login")
        self.link.connectionLost()
        self.failureResultOf(called, LinkLost)
        self.failureResultOf(self.link.call(root, "login"), LinkLost)
        assert self.events[-1] == "lost"
