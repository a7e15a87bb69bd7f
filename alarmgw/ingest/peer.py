"""Who is at the other end of a connection, as far as the network and TLS know."""

from __future__ import annotations

import contextlib
import socket
from datetime import datetime
from typing import Any

from alarmgw.ingest.connections import Connections
from alarmgw.ingest.listener import ListenerSettings, ip_address
from alarmgw.intake import Session

_NODELAY = socket.TCP_NODELAY
#: Linux alone has it, and takes it back by itself, so it is set anew with every read.
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)


class Peer:
    """One connection's far end.

    Behind a proxy (PROXY protocol) its address is the proxy's until the first
    bytes have come, so nothing about it is believed before.
    """

    def __init__(
        self,
        transport: Any,
        settings: ListenerSettings,
        connections: Connections,
        connected: datetime,
    ) -> None:
        self._transport = transport
        self._settings = settings
        self._connections = connections
        self._connected = connected
        self._counted: str | None = None
        self._stays = False
        self._session: Session | None = None
        self._in_tls = settings.tls == "implicit"
        self._socket = _socket(transport)
        self._set_now(_NODELAY)
        self.tls: str | None = None
        self.certificate: str | None = None

    @property
    def session(self) -> Session:
        """What the intake must know of the connection; asked for once it has sent something."""
        if self._session is None:
            self._session = self._made_session()
        return self._session

    def enter(self) -> bool:
        """The connection was made; whether there is room for it."""
        self._stays = self._connections.enter(self._settings.proxied or self._count())
        return self._stays

    def hear(self) -> bool:
        """Something came from it; whether its address may have one more connection.

        It is acknowledged at once: a device whose final dot is a write of its
        own keeps it back until then (Nagle), 40 ms by default.
        """
        self._set_now(_QUICKACK)
        if self.waits_for_tls:
            self._look_at_tls()
        return self._session is not None or not self._settings.proxied or self._count()

    @property
    def waits_for_tls(self) -> bool:
        """Whether TLS has begun and nothing has come through it."""
        return self._in_tls and self.tls is None

    @property
    def shakes_hands(self) -> bool:
        """Whether TLS has begun and is not there yet, so that nothing written gets through."""
        if not self.waits_for_tls:
            return False
        return self._transport.getHandle().get_peer_finished() is None

    def leave(self) -> None:
        """The connection has ended."""
        self._connections.leave(self._counted, self._stays)

    def begin_tls(self) -> None:
        """From now on it speaks through TLS."""
        self._in_tls = True

    def _set_now(self, option: int | None) -> None:
        """Set an option of TCP, where the system has it and the connection is one."""
        if self._socket is not None and option is not None:
            with contextlib.suppress(OSError):  # the connection is lost, as will be told
                self._socket.setsockopt(socket.IPPROTO_TCP, option, 1)

    def _count(self) -> bool:
        """Count it at its address; the limit does not bind in trusted networks."""
        host = self._transport.getPeer().host
        if self._counted is not None or self._settings.trusts(host):
            return True
        self._counted = host
        return self._connections.enter_from(host)

    def _made_session(self) -> Session:
        peer = self._transport.getPeer()
        trusted = self._settings.trusts(peer.host)
        return Session(
            peer=str(ip_address(peer.host) or peer.host),
            port=peer.port,
            connected=self._connected,
            listener=self._settings.name,
            trusted=trusted,
            capture=trusted and self._settings.unknown_sources == "capture",
        )

    def _look_at_tls(self) -> None:
        """Remember what TLS knows while the connection lives: a loss takes it away."""
        handle = self._transport.getHandle()
        self.tls = f"{handle.get_protocol_version_name()} {handle.get_cipher_name()}"
        certificate = self._transport.getPeerCertificate()
        if certificate is not None and self._settings.client_certificates == "accepted":
            self.certificate = certificate.digest("sha256").decode("ascii").replace(":", "").lower()


def _socket(transport: Any) -> socket.socket | None:
    """The TCP socket below a transport and its TLS, if there is one."""
    while transport is not None:
        found = getattr(transport, "socket", None)
        if isinstance(found, socket.socket):
            return found if found.family in (socket.AF_INET, socket.AF_INET6) else None
        transport = getattr(transport, "transport", None)
    return None
