"""How many connections there may be."""

from __future__ import annotations

from alarmgw.ingest.connections import OTHER_FILES, Connections, affordable
from tests.dialog import Conversation, Wire, listener
from tests.fakes import MemoryIntake


def greetings(host: str, limits: Connections, count: int) -> list[str]:
    """The codes by which ``count`` connections from ``host`` are greeted."""
    factory, clock = listener(MemoryIntake())
    factory.connections = limits
    return [Conversation(factory, clock, Wire(host)).reply()[0][:3] for _ in range(count)]


def test_connections_leave_files_for_the_mails() -> None:
    """Never more than wanted, and never so many that nothing could be stored."""
    assert affordable(10_000, 10_000 + OTHER_FILES) == 10_000
    assert affordable(10_000, 1024) == 1024 - OTHER_FILES
    assert affordable(10_000, OTHER_FILES) == OTHER_FILES // 2
    assert affordable(10, 20_000) == 10


def test_address_has_its_limit() -> None:
    """The third connection from an address that may have two gets 421."""
    assert greetings("203.0.113.9", Connections(10, 2), 3) == ["220", "220", "421"]


def test_address_limit_does_not_bind_in_trusted_networks() -> None:
    """A hundred cameras behind one router of the VPN are all taken."""
    assert greetings("10.8.0.7", Connections(10, 2), 5) == ["220"] * 5


def test_limit_in_all_binds_everybody() -> None:
    """The gateway takes so many connections and no more."""
    assert greetings("10.8.0.7", Connections(2, 100), 3) == ["220", "220", "421"]


def test_ended_connection_makes_room() -> None:
    """Whoever leaves is not counted any more, refused ones included."""
    limits = Connections(10, 1)
    factory, clock = listener(MemoryIntake())
    factory.connections = limits
    first = Conversation(factory, clock, Wire("203.0.113.9"))
    second = Conversation(factory, clock, Wire("203.0.113.9"))
    second.reply()
    first.send(b"QUIT\r\n")
    assert limits.open == 0
    assert Conversation(factory, clock, Wire("203.0.113.9")).reply()[0][:3] == "220"


def test_full_says_that_the_next_one_is_turned_away() -> None:
    """It is true from the last one that may stay until one of them leaves."""
    connections = Connections(total=2)
    told = [connections.full]
    for _ in range(2):
        connections.enter()
        told.append(connections.full)
    connections.leave(None)
    assert [*told, connections.full] == [False, False, True, False]
