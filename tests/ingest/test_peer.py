"""Who is at the other end."""

from __future__ import annotations

import socket

import pytest
from attrs import evolve
from twisted.internet.address import IPv4Address

from alarmgw.ingest.connections import Connections
from alarmgw.ingest.peer import Peer
from tests.dialog import SETTINGS, Wire
from tests.fakes import MIDNIGHT


def test_session_tells_what_the_intake_must_know() -> None:
    """Address, port, listener, time, and what the listener's rules make of them."""
    session = Peer(Wire("10.8.0.7"), SETTINGS, Connections(), MIDNIGHT).session
    assert (session.peer, session.port, session.connected) == ("10.8.0.7", 40000, MIDNIGHT)
    assert (session.listener, session.trusted, session.capture) == ("tcp:2525", True, True)


def test_only_trusted_networks_are_captured() -> None:
    """An unknown one elsewhere is refused, and so is everybody where the listener says so."""
    strict = evolve(SETTINGS, unknown_sources="refuse")
    assert not Peer(Wire("203.0.113.9"), SETTINGS, Connections(), MIDNIGHT).session.capture
    assert not Peer(Wire("10.8.0.7"), strict, Connections(), MIDNIGHT).session.capture


def test_peer_behind_a_proxy_is_known_from_its_first_bytes_on() -> None:
    """Before the PROXY header has come the proxy's address is neither trusted nor counted."""
    wire, limits = Wire("192.0.2.1"), Connections(10, 0)
    peer = Peer(wire, evolve(SETTINGS, proxied=True), limits, MIDNIGHT)
    assert peer.enter()
    wire.peerAddr = IPv4Address("TCP", "203.0.113.9", 50000)
    assert not peer.hear()
    assert (peer.session.peer, peer.session.trusted) == ("203.0.113.9", False)


def test_tls_is_remembered() -> None:
    """Version, cipher and fingerprint are read once, while the connection lives."""
    settings = evolve(SETTINGS, tls="implicit", client_certificates="accepted")
    peer = Peer(Wire("10.8.0.7", "ab" * 32), settings, Connections(), MIDNIGHT)
    assert peer.tls is None
    peer.hear()
    assert peer.tls == "TLSv1.3 TLS_AES_256_GCM_SHA384"
    assert peer.certificate == "ab" * 32


@pytest.mark.sockets
def test_what_comes_is_acknowledged_at_once() -> None:
    """A final dot that is a write of its own must not wait for a delayed acknowledgement."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()),
        server.accept()[0] as ours,
    ):
        wire, below = Wire("10.8.0.7"), Wire("10.8.0.7")
        wire.transport, below.socket = below, ours
        ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
        Peer(wire, SETTINGS, Connections(), MIDNIGHT).hear()
        for option in (socket.TCP_NODELAY, socket.TCP_QUICKACK):
            assert ours.getsockopt(socket.IPPROTO_TCP, option)
