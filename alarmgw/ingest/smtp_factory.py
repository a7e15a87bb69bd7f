"""The listener's side of ESMTP: a connection for everybody, and closing in good order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.cred.portal import Portal
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IDelayedCall, IProtocolFactory, IReactorTime
from twisted.internet.protocol import Factory
from twisted.protocols.tls import TLSMemoryBIOFactory

from alarmgw.bugs import Bugs
from alarmgw.conversations import Conversations
from alarmgw.directory import Directory
from alarmgw.ingest.connections import Connections
from alarmgw.ingest.failed_logins import FailedLogins
from alarmgw.ingest.listener import ListenerSettings
from alarmgw.ingest.smtp import ESMTP
from alarmgw.model import Now

if TYPE_CHECKING:
    from alarmgw.intake import Intake

#: How long transfers may go on once the gateway closes; then they get 421 ...
FINISH_SECONDS = 5.0
#: ... and have this long to read it.
FAREWELL_SECONDS = 2.0
#: Once nobody talks any more, who is still connected has this long to hang up.  A device
#: that is idle in TLS may never answer its end, and others wait for the next gateway.
PARTING_SECONDS = 1.0


class ESMTPFactory(Factory):
    """Makes one `ESMTP` for each connection of one listener, and closes them in good order."""

    noisy = False

    def __init__(
        self,
        *,
        intake: Intake,
        portal: Portal,
        settings: ListenerSettings,
        clock: IReactorTime,
        now: Now,
        tls: Any = None,
        connections: Connections | None = None,
        failed_logins: FailedLogins | None = None,
        conversations: Conversations | None = None,
    ) -> None:
        """``tls`` is an OpenSSL context factory.

        ``connections``, ``failed_logins`` and ``conversations`` are shared by all listeners.
        """
        self.intake = intake
        self.portal = portal
        self.settings = settings
        self.clock = clock
        self.now = now
        self.tls = tls
        self.connections = connections or Connections()
        self.failed_logins = failed_logins or FailedLogins(now)
        self.conversations = conversations or Conversations(Directory, now)
        self.bugs = Bugs(clock)
        self._talking: set[ESMTP] = set()
        self._connected: set[ESMTP] = set()
        self._closed: Deferred[None] | None = None
        self._patience: list[IDelayedCall] = []
        self._parting = False

    def for_endpoint(self) -> IProtocolFactory:
        """What an endpoint listens with: this factory, inside TLS where that is implicit."""
        if self.settings.tls != "implicit":
            return self
        return TLSMemoryBIOFactory(self.tls, False, self, clock=self.clock)

    def buildProtocol(self, addr: IAddress | None) -> ESMTP:
        """A protocol for one connection."""
        return ESMTP(self)

    def shutdown(self) -> Deferred[None]:
        """Close: who is sending a mail may finish it within 5 s, everybody else gets 421.

        Fires when every conversation has ended, commits included, and the
        last replies had 1 s to be read.  After 7 s at the latest: whoever has
        no 250 by then will not get one.
        """
        if self._closed is None:
            self._closed = Deferred()
            self._patience = [
                self.clock.callLater(FINISH_SECONDS, self._stop_all, False),
                self.clock.callLater(FINISH_SECONDS + FAREWELL_SECONDS, self._abort_all),
            ]
            self._stop_all(patient=True)
            self._check_closed()
        return self._closed

    def joined(self, connection: ESMTP) -> None:
        """A connection was made."""
        self._talking.add(connection)
        self._connected.add(connection)
        if self._closed is not None:
            connection.stop("shutting_down")

    def ended(self, result: object, connection: ESMTP) -> None:
        """Its conversation has ended."""
        self._talking.discard(connection)
        self._check_closed()

    def disconnected(self, connection: ESMTP) -> None:
        """Its transport is gone; its last commit may still be going on."""
        self._connected.discard(connection)
        self._check_closed()

    def is_connected(self, connection: ESMTP) -> bool:
        """Whether its transport is still there."""
        return connection in self._connected

    def _stop_all(self, patient: bool) -> None:
        for connection in list(self._talking):
            connection.stop("shutting_down", patient=patient)

    def _abort_all(self) -> None:
        for connection in list(self._connected):
            connection.abort()
        self._close()

    def _check_closed(self) -> None:
        """Closed once all are gone; who has been told all there is need not be waited for."""
        if self._closed is None or self._talking:
            return
        if not self._connected:
            self._close()
        elif not self._parting:
            self._parting = True
            self._patience.append(self.clock.callLater(PARTING_SECONDS, self._part))

    def _part(self) -> None:
        self._parting = False
        if not self._talking:
            self._close()

    def _close(self) -> None:
        if self._closed is None or self._closed.called:
            return
        for call in self._patience:
            if call.active():
                call.cancel()
        self._closed.callback(None)
