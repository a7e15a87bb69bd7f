"""Behind a proxy that speaks the PROXY protocol, the device is who the header names."""

from __future__ import annotations

from attrs import evolve
from twisted.internet.address import IPv4Address
from twisted.internet.testing import StringTransport
from twisted.protocols.haproxy._wrapper import HAProxyWrappingFactory

from tests.dialog import SETTINGS, listener
from tests.fakes import MemoryIntake


def said(header: bytes) -> bytes:
    """What the gateway says to MAIL behind a trusted proxy that sent this header."""
    factory, _ = listener(MemoryIntake(), evolve(SETTINGS, proxied=True))
    address = IPv4Address("TCP", "10.8.0.1", 40000)
    transport = StringTransport(peerAddress=address)
    protocol = HAProxyWrappingFactory(factory).buildProtocol(address)
    assert protocol is not None
    protocol.makeConnection(transport)
    protocol.dataReceived(header)
    protocol.dataReceived(b"MAIL FROM:<a@b>\r\n")
    return transport.value()


def test_trusted_device_behind_a_proxy() -> None:
    """A device of the VPN is trusted through the proxy too."""
    assert b"250 2.1.0" in said(b"PROXY TCP4 10.8.0.7 10.8.0.1 50000 25\r\n")


def test_stranger_behind_a_trusted_proxy_is_not_trusted() -> None:
    """The proxy's own address opens no door for others."""
    assert b"530 5.7.0" in said(b"PROXY TCP4 203.0.113.9 10.8.0.1 50000 25\r\n")
