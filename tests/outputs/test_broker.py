"""The broker with real TLS on loopback: who gets in, what arrives, and what ends a link."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from tests.certificates import Authority
from tests.gateways import PICTURE, Gateway, Listener, MemoryJournal, Told, link_of

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

    def restart(self, journal: MemoryJournal) -> None:
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
        self.link = link_of(self.reactor, bundle, listener, **facts)
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
        listener = self.follow()
        await listener.until_state("current")
        self.gateway.commit()
        self.gateway.broker.beat()
        await listener.until(lambda: bool(listener.beats))
        beat = listener.beats[0]
        assert (beat.head, beat.state, beat.reasons) == (1, "disturbed", self.told.reasons)
