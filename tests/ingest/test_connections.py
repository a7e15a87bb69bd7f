"""How many connections there may be."""

from __future__ import annotations

from alarmgw.descriptors import CONNECTION_FILES, MAIL_FILES, Descriptors
from alarmgw.ingest.connections import Connections
from tests.dialog import Conversation, Wire, listener
from tests.fakes import MemoryIntake


def greetings(host: str, limits: Connections, count: int) -> list[str]:
    """The codes by which ``count`` connections from ``host`` are greeted."""
    factory, clock = listener(MemoryIntake())
    factory.connections = limits
    return [Conversation(factory, clock, Wire(host)).reply()[0][:3] for _ in range(count)]


def test_who_could_not_send_is_not_greeted() -> None:
    """A connection is taken while there are descriptors for it and a mail, and gives them back."""
    descriptors = Descriptors(2 * CONNECTION_FILES + MAIL_FILES)
    limits = Connections(10, 10, descriptors)
    assert greetings("10.8.0.7", limits, 3) == ["220", "220", "421"]
    assert descriptors.has(MAIL_FILES), "who was greeted can send"
    limits.leave(None)
    assert not limits.full()


def test_mails_come_before_connections() -> None:
    """While mails hold the descriptors, nobody new is greeted."""
    descriptors = Descriptors(CONNECTION_FILES + 2 * MAIL_FILES)
    limits = Connections(10, 10, descriptors)
    descriptors.take(MAIL_FILES)
    assert not limits.full()
    descriptors.take(MAIL_FILES)
    assert limits.full()


def test_who_is_turned_away_takes_nothing_from_who_stays() -> None:
    """It is counted by itself, for as long as it takes to tell it; beyond that nobody is told."""
    descriptors = Descriptors(CONNECTION_FILES + MAIL_FILES)
    limits = Connections(1, 1, descriptors, away=2)
    assert limits.enter()
    told = [limits.crowded("10.8.0.7")]
    for welcome in (True, False):
        assert not limits.enter(welcome)
        told.append(limits.crowded("10.8.0.7"))
    assert (told, limits.open) == ([False, False, True], 1)
    assert descriptors.has(MAIL_FILES)
    limits.leave(None, stayed=False)
    assert not limits.crowded("10.8.0.7") and limits.full()


def test_a_crowd_from_one_address_is_in_nobodys_way() -> None:
    """Who has more connections than he may is told, then hung up on; others are greeted."""
    limits = Connections(10, 2, away=2)
    for welcome in (True, True, False, False):
        limits.enter_from("203.0.113.9")
        limits.enter(welcome)
    assert limits.crowded("203.0.113.9")
    assert not limits.crowded("203.0.113.10") and not limits.full()


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
    told = [connections.full()]
    for _ in range(2):
        connections.enter()
        told.append(connections.full())
    connections.leave(None)
    assert [*told, connections.full()] == [False, False, True, False]
