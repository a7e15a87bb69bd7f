"""The broker with real TLS on loopback: who gets in, what arrives, and what ends a link."""

from __future__ import annotations

import socket
import tracemalloc
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from OpenSSL import SSL
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import TestCase

from alarmgw.store.journal import Journal
from tests.certificates import Authority
from tests.gateways import PICTURE, Gateway, Listener, MemoryJournal, Told, link_of
from tests.journals import alarm_record, appending, now, randomness

pytestmark = pytest.mark.sockets


def as_deferred(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., Deferred[None]]:
    """Let trial run a coroutine."""

    @wraps(test)
    def run(self: TestCase) -> Deferred[None]:
        return Deferred.fromCoroutine(test(self))

    return run


class Loopback(TestCase):
    """A gateway on loopback with one registered workstation."""

    timeout = 20

    def setUp(self) -> None:
        """Certificates, a journal and a listening gateway."""
        from twisted.internet import reactor

        self.reactor = reactor
        self.authority = Authority()
        self.console = self.authority.client()
        self.told = Told(registered={self.console.fingerprint: "console"})
        self.gateway = Gateway(self.reactor, self.authority, MemoryJournal(), self.told)
        self.gateway.start()
        self.addCleanup(lambda: Deferred.fromCoroutine(self.gateway.stop()))

    def restart(self, journal: MemoryJournal | Journal) -> None:
        """Another gateway at the same address."""
        again = Gateway(self.reactor, self.authority, journal, self.told)
        again.port = self.gateway.port
        again.start()
        self.gateway = again

    def follow(self, client: Any = None, **facts: Any) -> Listener:
        """A started link's listener; ended before the gateway."""
        listener = Listener()
        bundle = facts.pop("bundle", None)
        bundle = bundle or self.authority.bundle(client or self.console, self.gateway.port)
        listener.link = self.link = link_of(self.reactor, bundle, listener, **facts)
        self.link.start()
        self.addCleanup(self.link.stop)
        return listener


class Telling(Loopback):
    """What a workstation hears."""

    @as_deferred
    async def test_a_new_workstation_gets_what_is_open_then_what_follows(self) -> None:
        """A snapshot of the journal, then a live entry, each once and in order."""
        self.gateway.commit(3)
        listener = self.follow()
        await listener.until_state("current")
        self.gateway.commit()
        await listener.until_up_to(4)
        assert listener.seqs == [1, 2, 3, 4]
        assert listener.words == ["connecting", "snapshot", "current"]
        assert listener.states[1].open_total == 3

    @as_deferred
    async def test_an_empty_journal_is_current_at_once(self) -> None:
        """There is nothing to wait for."""
        listener = self.follow()
        await listener.until_state("current")
        assert listener.seqs == []

    @as_deferred
    async def test_three_workstations_hear_the_same(self) -> None:
        """Every entry reaches each of three links of three certificates."""
        others = [self.authority.client(name) for name in ("two", "three")]
        self.told.registered.update({other.fingerprint: "other" for other in others})
        listeners = [self.follow(client) for client in (self.console, *others)]
        for listener in listeners:
            await listener.until_state("current")
        for _ in range(50):
            self.gateway.commit()
        for listener in listeners:
            await listener.until_up_to(50)
            assert listener.seqs == list(range(1, 51))

    @as_deferred
    async def test_two_links_of_one_certificate_have_their_own_cursors(self) -> None:
        """`watch` from the beginning beside a console that starts with a snapshot."""
        self.gateway.commit(1000)
        console, watch = self.follow(), self.follow(cursor=0)
        await console.until_up_to(1000)
        await watch.until_up_to(1000)
        assert console.seqs == list(range(501, 1001))
        assert watch.seqs == list(range(1, 1001))

    @as_deferred
    async def test_a_link_resumes_after_a_restart_of_the_gateway(self) -> None:
        """What was committed while the gateway was away arrives once, in order."""
        self.gateway.commit(3)
        listener = self.follow()
        await listener.until_state("current")
        await self.gateway.stop()
        await listener.until_state("lost")
        self.gateway.journal.append(700)
        self.restart(self.gateway.journal)
        await listener.until_state("current")
        self.gateway.commit(2)
        await listener.until_up_to(705)
        assert listener.seqs == list(range(1, 706))
        assert listener.words[-3:] == ["lost", "connecting", "current"]

    @as_deferred
    async def test_another_journal_means_a_new_snapshot(self) -> None:
        """A gateway whose journal is not the known one begins anew, and the listener is told."""
        self.gateway.commit(3)
        listener = self.follow()
        await listener.until_state("current")
        await self.gateway.stop()
        await listener.until_state("lost")
        self.restart(MemoryJournal("journal-2"))
        self.gateway.commit(2)
        await listener.until_state("current")
        assert listener.seqs == [1, 2, 3, 1, 2]
        assert listener.states[-1].journal == "journal-2"
        assert listener.words[-2:] == ["snapshot", "current"]

    @as_deferred
    async def test_a_picture_comes_in_pieces_and_whole(self) -> None:
        """The 200 KB picture arrives bit for bit, in pieces of at most 64 KB."""
        listener = self.follow()
        await listener.until_state("current")
        pieces = [piece async for piece in self.link.fetch("gw1-1", "01-a.jpg")]
        assert b"".join(pieces) == PICTURE
        assert max(map(len, pieces)) == 65536

    @as_deferred
    async def test_heartbeats_carry_what_is_wrong(self) -> None:
        """A heartbeat says where the journal stands and what is wrong now."""
        self.told.reasons.append("The disk is getting full")
        self.told.conditions.append({"name": "space_low", "shut": None})
        listener = self.follow()
        await listener.until_state("current")
        self.gateway.commit()
        self.gateway.broker.beat()
        await listener.until(lambda: bool(listener.beats))
        beat = listener.beats[0]
        assert (beat.head, beat.state, beat.reasons) == (1, "disturbed", self.told.reasons)
        assert beat.conditions == self.told.conditions


class Strangers(Loopback):
    """Who does not get in, and who is put out."""

    @as_deferred
    async def test_a_certificate_of_another_ca_is_refused(self) -> None:
        """The handshake fails; nothing of the protocol is spoken."""
        stranger = Authority().client()
        listener = self.follow(bundle=self.authority.bundle(stranger, self.gateway.port))
        await listener.until_state("refused")
        assert "TLS" in (listener.states[-1].reason or "")
        assert not self.gateway.broker.sessions

    @as_deferred
    async def test_a_workstation_trusts_only_its_own_ca(self) -> None:
        """A gateway with a certificate of another CA is not spoken to."""
        bundle = self.authority.bundle(self.console, self.gateway.port, ca=Authority().pem)
        listener = self.follow(bundle=bundle)
        await listener.until_state("refused")
        assert "certificate verify failed" in (listener.states[-1].reason or "")

    @as_deferred
    async def test_a_workstation_verifies_the_fixed_name(self) -> None:
        """Another certificate of the same CA, a workstation's say, is not the gateway."""
        bundle = self.authority.bundle(
            self.console, self.gateway.port, server_name="other.internal"
        )
        listener = self.follow(bundle=bundle)
        await listener.until_state("refused")
        assert listener.states[-1].reason == "the gateway's certificate bears another name"

    @as_deferred
    async def test_an_unregistered_certificate_is_refused(self) -> None:
        """The CA's signature alone is not enough, and the workstation is told so."""
        listener = self.follow(self.authority.client("unknown"))
        await listener.until_state("refused")
        assert "not registered" in (listener.states[-1].reason or "")

    @as_deferred
    async def test_revocation_cuts_every_live_link_of_a_certificate(self) -> None:
        """Both links of the revoked one end at once; another workstation's stays."""
        other = self.authority.client("other")
        self.told.registered[other.fingerprint] = "other"
        listeners = [self.follow(), self.follow(), self.follow(other)]
        for listener in listeners:
            await listener.until_state("current")
        del self.told.registered[self.console.fingerprint]
        self.gateway.broker.revoke(self.console.fingerprint)
        for listener in listeners[:2]:
            await listener.until_state("refused")
            assert "lost" in listener.words
        assert listeners[2].words[-1] == "current"

    @as_deferred
    async def test_tls_1_1_is_refused(self) -> None:
        """The broker speaks TLS 1.2 and newer."""
        context = SSL.Context(SSL.TLS_METHOD)
        context.set_max_proto_version(SSL.TLS1_1_VERSION)
        context.set_cipher_list(b"DEFAULT:@SECLEVEL=0")
        assert "alert protocol version" in await self.handshake(context)

    @as_deferred
    async def test_no_certificate_is_refused(self) -> None:
        """A TLS client without a certificate is gone before login."""
        answer = await self.handshake(SSL.Context(SSL.TLS_METHOD))
        assert "certificate required" in answer

    def handshake(self, context: SSL.Context) -> Deferred[str]:
        """Try TLS like this in a thread; answers how it ended."""

        def attempt() -> str:
            plain = socket.create_connection(("127.0.0.1", self.gateway.port), timeout=5)
            plain.settimeout(None)
            connection = SSL.Connection(context, plain)
            connection.set_connect_state()
            try:
                connection.do_handshake()
                while connection.recv(4096):
                    pass
            except SSL.Error as error:
                return repr(error)
            finally:
                plain.close()
            return "done"

        return deferToThread(attempt)

    @as_deferred
    async def test_a_flood_before_login_costs_no_memory(self) -> None:
        """100 MB pushed by a peer with a certificate but no login: cut off within its budget."""
        unknown = self.authority.client("unknown")
        context = SSL.Context(SSL.TLS_METHOD)
        context.use_certificate(unknown.certificate)
        context.use_privatekey(unknown.key)
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        sent = await deferToThread(flood, context, self.gateway.port)
        assert sent < 20_000_000
        assert tracemalloc.get_traced_memory()[1] < 4_000_000


def flood(context: SSL.Context, port: int) -> int:
    """Announce endless lists of long strings; answers how much could be sent."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=5)
    plain.settimeout(None)
    connection, sent = SSL.Connection(context, plain), 0
    connection.set_connect_state()
    chunk = b"\x00\x00\x27\x80" + (b"\x00\x00\x27\x82" + b"x" * 638_976) * 2
    try:
        connection.do_handshake()
        while sent < 100_000_000:
            connection.sendall(chunk)
            sent += len(chunk)
    except (SSL.Error, OSError):
        pass
    finally:
        plain.close()
    return sent


class Stopped(Loopback):
    """A workstation whose process is stopped: its socket fills, nothing else does."""

    @as_deferred
    async def test_a_stopped_reader_costs_its_window_and_resumes(self) -> None:
        """40 MB later the gateway holds at most its window; reading again it has all, once."""
        stopped, other = self.follow(), self.follow()
        await stopped.until_state("current")
        await other.until_state("current")
        line = stopped.link._broker.transport
        line.pauseProducing()
        for number in range(1, 41):
            self.gateway.commit(50, 20_000)
            await other.until_up_to(50 * number)
        assert max(held(one.peer) for one in self.gateway.broker.sessions) < 1_500_000
        line.resumeProducing()
        await stopped.until_up_to(2000)
        assert stopped.seqs == other.seqs == list(range(1, 2001))


def held(peer: Any) -> int:
    """What waits to be sent to a peer, in bytes: in TLS and in TCP."""
    tls = peer.transport
    return (
        sum(map(len, tls._appSendBuffer))
        + len(tls.transport.dataBuffer)
        + sum(map(len, tls.transport._tempDataBuffer))
    )


@pytest.mark.slow
class LongRecord(Loopback):
    """A journal of a busy year."""

    timeout = 120

    @as_deferred
    async def test_a_fresh_workstation_is_current_in_2_seconds(self) -> None:
        """Against a real journal of 100,000 open alarms."""
        path = Path(self.mktemp())
        journal = Journal(path, node="gw1", now=now, randomness=randomness)
        self.addCleanup(journal.close)
        journal.start(lambda _: None, lambda _: None)
        for first in range(0, 100_000, 5000):
            records = [alarm_record(number) for number in range(first, first + 5000)]
            await deferToThread(journal.submit(appending(*records)).result)
        await self.gateway.stop()
        self.restart(journal)
        begun = self.reactor.seconds()
        listener = self.follow()
        await listener.until_state("current")
        assert self.reactor.seconds() - begun < 2
        assert listener.seqs == list(range(99_501, 100_001))
        assert listener.states[1].open_total == 100_000
