"""The broker: tells workstations, by Perspective Broker over mutual TLS.

A workstation is who its certificate's fingerprint says, if that is registered
now; the CA only filters who may knock.  Before login a peer may say little and
not for long.  One certificate may hold several links, each with its own
cursor (``alarmgw watch`` beside the console).
"""

# mypy: disallow-untyped-calls=False

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from attrs import field, frozen
from OpenSSL import crypto
from twisted.internet.interfaces import IAddress, IReactorTime
from twisted.internet.protocol import Factory
from twisted.internet.ssl import (
    Certificate,
    CertificateOptions,
    TLSVersion,
    trustRootFromCertificates,
)
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.protocols.tls import TLSMemoryBIOFactory

from alarmgw.certificates import fingerprint
from alarmgw.codec.banana import WORKSTATION
from alarmgw.codec.wire import (
    CUT_SECONDS,
    HEARTBEAT_SECONDS,
    LOGIN_SECONDS,
    STALLED_SECONDS,
    Fault,
    Heartbeat,
    Hello,
    PeerFault,
    pack,
)
from alarmgw.descriptors import LINKS
from alarmgw.hub import Hub
from alarmgw.model import Now, utc_text
from alarmgw.outputs.guarded_pb import GuardedBroker
from alarmgw.outputs.pace import Paces
from alarmgw.outputs.session import Desk, Doorstep, ReadPicture, Session

#: Links of one certificate.
LINKS_OF_ONE = 16

#: How a command says what it is, when it logs in (`Hello.client`).
COMMANDS = "alarmgw "


def server_options(key: bytes, certificate: bytes, ca: bytes) -> CertificateOptions:
    """TLS for the broker from three PEM files: a peer needs a certificate of this CA."""
    return CertificateOptions(
        privateKey=crypto.load_privatekey(crypto.FILETYPE_PEM, key),
        certificate=crypto.load_certificate(crypto.FILETYPE_PEM, certificate),
        trustRoot=trustRootFromCertificates([Certificate.loadPEM(ca)]),
        raiseMinimumTo=TLSVersion.TLSv1_2,
    )


def peer_fingerprint(transport: Any) -> str | None:
    """Who is at the other end of a TLS connection; None without a certificate."""
    certificate = transport.getPeerCertificate()
    return None if certificate is None else fingerprint(certificate.to_cryptography())


def _nobody(name: str) -> None:
    """Nobody asked to hear of this."""


@frozen(kw_only=True)
class Concerns:
    """What the broker asks of the rest of the gateway, and what it tells it.

    ``registered`` answers the workstation's name for a fingerprint, or None;
    ``reasons`` what is wrong with the gateway now.  ``stalled`` is called with
    a workstation's name when it does not answer, ``answers`` when it does
    again.
    """

    registered: Callable[[str], str | None]
    read_picture: ReadPicture
    reasons: Callable[[], Iterable[Any]] = field(default=tuple)
    conditions: Callable[[], Iterable[dict[str, Any]]] = field(default=tuple)
    stalled: Callable[[str], None] = field(default=_nobody)
    answers: Callable[[str], None] = field(default=_nobody)
    desk: Desk | None = None


class Broker(Factory[GuardedBroker]):
    """All links with workstations; listen with ``over_tls``."""

    log = Logger()
    noisy = False
    #: What `twisted.spread.pb.Broker` asks its factory.
    unsafeTracebacks = False

    def __init__(
        self,
        hub: Hub,
        concerns: Concerns,
        clock: IReactorTime,
        now: Now,
        *,
        identify: Callable[[Any], str | None] = peer_fingerprint,
        links: int = LINKS,
    ) -> None:
        self.sessions: set[Session] = set()
        self._hub, self._concerns = hub, concerns
        self._clock, self._now = clock, now
        self._identify = identify
        self._most_links = links
        self._connected: set[GuardedBroker] = set()
        self._stalled: set[str] = set()
        # Kept when the link is gone: a new link is no rest.
        self._paces: dict[str, Paces] = {}
        self._beaten = clock.seconds()
        self._ticking = LoopingCall(self._tick)
        self._ticking.clock = clock

    @property
    def workstations(self) -> list[str]:
        """The names of those that are linked."""
        return sorted({session.name for session in self.sessions})

    @property
    def linked(self) -> set[str]:
        """The certificates (fingerprints) of those where somebody may sit.

        A command that is run there (``alarmgw watch``) is no place to work at.
        """
        return {one.fingerprint for one in self.sessions if not one.client.startswith(COMMANDS)}

    def full(self) -> bool:
        """Whether there are all the links that there may be, strangers included."""
        return len(self._connected) >= self._most_links

    def over_tls(self, options: CertificateOptions) -> TLSMemoryBIOFactory:
        """The factory to listen with."""
        return TLSMemoryBIOFactory(options, False, self)

    def start(self) -> None:
        """Heartbeats begin."""
        self._ticking.start(1.0, now=False)

    def stop(self) -> None:
        """No heartbeats any more; every link is cut."""
        if self._ticking.running:
            self._ticking.stop()
        for peer in list(self._connected):
            peer.cut()

    def revoke(self, revoked: str) -> None:
        """Cut every live link of the certificate with this fingerprint, at once."""
        for session in [one for one in self.sessions if one.fingerprint == revoked]:
            self.log.info("Cut off workstation {name}: it is revoked", name=session.name)
            session.peer.cut()
            self._recovered(session.name)

    def beat(self) -> None:
        """Tell every subscriber how the gateway is; also good at once when that changes."""
        heartbeat = self._heartbeat()
        for session in list(self.sessions):
            session.beat(heartbeat)

    def _heartbeat(self) -> bytes:
        reasons = list(self._concerns.reasons())
        return pack(
            Heartbeat(
                journal=self._hub.identity,
                head=self._hub.head,
                time=utc_text(self._now()),
                state="disturbed" if reasons else "ok",
                reasons=reasons,
                conditions=list(self._concerns.conditions()),
            )
        )

    # strangers

    def buildProtocol(self, addr: IAddress | None) -> GuardedBroker:
        """A link with somebody who still has to say who he is."""
        peer = GuardedBroker()
        peer.factory = self
        peer.setNameForLocal("root", Doorstep(peer, self._admit))
        return peer

    def clientConnectionMade(self, peer: GuardedBroker) -> None:
        """Perspective Broker's negotiation is done; login comes next."""

    def connected(self, peer: GuardedBroker) -> None:
        """A connection was made: it counts, and it has a few seconds to log in."""
        self._connected.add(peer)
        peer.deadline = self._clock.callLater(LOGIN_SECONDS, self._too_late, peer)

    def lost(self, peer: GuardedBroker) -> None:
        """A connection ended."""
        self._connected.discard(peer)

    def _too_late(self, peer: GuardedBroker) -> None:
        self.log.warn("Cut off {peer}: it did not log in", peer=peer.peer)
        peer.cut()

    def _admit(self, peer: GuardedBroker, hello: Hello) -> Session:
        known = self._identify(peer.transport) or "none"
        name = self._concerns.registered(known)
        if name is None:
            self.log.warn(
                "Refused {peer}: certificate {known} is not registered", peer=peer.peer, known=known
            )
            # The answer goes out first; if it is not read, the deadline ends the link.
            self._clock.callLater(0, peer.transport.loseConnection)
            raise PeerFault(Fault.NOT_REGISTERED)
        if sum(one.fingerprint == known for one in self.sessions) >= LINKS_OF_ONE:
            raise PeerFault(Fault.BUSY)
        return self._welcome(peer, name, known, hello)

    def _welcome(self, peer: GuardedBroker, name: str, known: str, hello: Hello) -> Session:
        peer.admitted(WORKSTATION)
        concerns = self._concerns
        session = Session(
            peer,
            name,
            known,
            self._hub,
            concerns.read_picture,
            self._clock,
            self._paces.setdefault(known, Paces(self._clock)),
            concerns.desk,
            hello.client,
        )
        self.sessions.add(session)
        peer.notifyOnDisconnect(lambda: self._left(session))
        self.log.info("Workstation {name} is here ({client})", name=name, client=hello.client)
        return session

    def _left(self, session: Session) -> None:
        self.sessions.discard(session)
        session.ended()
        self.log.info("Workstation {name} has left", name=session.name)

    # every second

    def _tick(self) -> None:
        self._judge()
        if self._clock.seconds() - self._beaten >= HEARTBEAT_SECONDS:
            self._beaten = self._clock.seconds()
            self.beat()

    def _judge(self) -> None:
        """Report who does not answer, cut off who still does not."""
        silence: dict[str, float] = {}
        for session in list(self.sessions):
            silent = session.silent()
            silence[session.name] = max(silent, silence.get(session.name, 0.0))
            if silent >= CUT_SECONDS:
                self.log.warn("Cut off workstation {name}: no answer", name=session.name)
                session.peer.cut()
        for name, silent in silence.items():
            if silent >= STALLED_SECONDS and name not in self._stalled:
                self._stalled.add(name)
                self.log.warn("Workstation {name} does not answer", name=name)
                self._concerns.stalled(name)
            elif silent < STALLED_SECONDS:
                self._recovered(name)

    def _recovered(self, name: str) -> None:
        if name in self._stalled:
            self._stalled.discard(name)
            self._concerns.answers(name)
