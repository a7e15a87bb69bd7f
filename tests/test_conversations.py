"""`alarmgw.conversations`: the last conversations by source and by unknown peer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alarmgw import conversations
from alarmgw.conversation import Conversation
from alarmgw.conversations import Conversations
from alarmgw.directory import Directory
from alarmgw.model import Login, Source
from tests.places import WallClock
from tests.talks import BQ3, conversation, delivered, mail

KNOWN = Directory.of(
    [
        Source(address=BQ3, login="nvr"),
        Source(address="bq4@ebues.internal", networks=["10.9.0.0/16"]),
    ],
    [Login(name="nvr", salt=b"", digest=b"")],
)


class Open:
    """A talk that goes on."""

    def __init__(self, value: Conversation) -> None:
        self.value = value

    def conversation(self) -> Conversation:
        """What it was up to now."""
        return self.value


def held() -> tuple[Conversations, WallClock]:
    """Conversations of a gateway that knows two sources, and its clock."""
    clock = WallClock()
    return Conversations(lambda: KNOWN, clock), clock


def over(kept: Conversations, *ended: Conversation) -> None:
    """These conversations begin and end."""
    for one in ended:
        talk = Open(one)
        kept.begun(talk)
        kept.ended(talk, one)


def peers(answer: dict[str, Any]) -> list[str]:
    """The peers of an answer, in its order."""
    return [row["peer"] for row in answer["conversations"]]


def test_a_source_is_found_by_whatever_named_it() -> None:
    """Its mail, its address as recipient or sender, its login, its network."""
    kept, _ = held()
    over(
        kept,
        delivered(BQ3, peer="1"),
        conversation(recipients=(BQ3.upper(),), peer="2"),
        conversation(senders=(BQ3,), peer="3"),
        conversation(login="NVR", peer="4"),
        conversation(peer="5"),
    )
    assert peers(kept.told(BQ3)) == ["1", "2", "3", "4"]
    over(kept, conversation(peer="10.9.1.1"))
    assert peers(kept.told("bq4@ebues.internal")) == ["10.9.1.1"]


def test_unknown_peer_is_found_by_its_address() -> None:
    """Who names nobody is told by its IP address, its login or what it named."""
    kept, _ = held()
    over(kept, conversation(peer="192.0.2.7", login="cam7"))
    for name in ("192.0.2.7", "CAM7", None):
        assert peers(kept.told(name)) == ["192.0.2.7"]
    assert peers(kept.told("192.0.2.8")) == []


def test_the_last_twenty_are_told_in_their_order() -> None:
    """Of many conversations the last 20, the oldest of them first."""
    kept, _ = held()
    over(kept, *(delivered(BQ3, port=port) for port in range(50)))
    ports = [row["port"] for row in kept.told(BQ3)["conversations"]]
    assert ports == list(range(30, 50))


def test_following_tells_only_what_is_newer() -> None:
    """With an answer's number the next answer has what ended after it."""
    kept, _ = held()
    over(kept, delivered(BQ3, port=1))
    number = kept.told(BQ3)["number"]
    assert kept.told(BQ3, number)["conversations"] == []
    over(kept, delivered(BQ3, port=2), conversation(peer="192.0.2.7"))
    assert [row["port"] for row in kept.told(BQ3, number)["conversations"]] == [2]


def test_what_goes_on_is_told_too() -> None:
    """An installer sees a device that is stuck in the middle, and no longer when it is gone."""
    kept, _ = held()
    talk = Open(conversation(ended=None, ending="open", login="nvr"))
    kept.begun(talk)
    assert [row["login"] for row in kept.told(BQ3)["open"]] == ["nvr"]
    kept.ended(talk, conversation(login="nvr"))
    assert kept.told(BQ3)["open"] == []


def test_flood_of_unknown_peers_displaces_no_source() -> None:
    """Memory is bounded, and what a source said stays there."""
    kept, _ = held()
    over(kept, delivered(BQ3))
    over(kept, *(conversation(peer=f"192.0.2.{n}") for n in range(conversations.OF_UNKNOWN + 9)))
    assert peers(kept.told(BQ3)) == ["10.1.2.3"]
    assert peers(kept.told("192.0.2.3")) == []
    assert kept.unknown_peers() == conversations.UNKNOWN_PEERS


def test_unknown_peers_of_the_last_hour_are_counted() -> None:
    """Each peer once, known sources not, and after an hour no more."""
    kept, clock = held()
    over(kept, *(conversation(peer=peer) for peer in ("a", "b", "b")), delivered(BQ3, peer="c"))
    assert kept.unknown_peers() == 2
    clock.advance(hours=1, seconds=1)
    assert kept.unknown_peers() == 0


def test_leniencies_are_counted_for_each_source() -> None:
    """The conversation's and the mail's own, with the time of the last one."""
    kept, _ = held()
    notes = ("no_close_delimiter",)
    later = conversation().began + timedelta(hours=2)
    one = delivered(leniencies=("no_auth",), mails=(mail(BQ3, notes=notes), mail("bq4@x")))
    over(kept, one, delivered(BQ3, leniencies=("no_auth",), ended=later))
    counted = kept.leniencies()
    assert {code: row["count"] for code, row in counted[BQ3].items()} == {
        "no_auth": 2,
        "no_close_delimiter": 1,
    }
    assert counted[BQ3]["no_auth"]["last"] == "2026-11-21T08:30:00.000Z"
    assert counted["bq4@x"].keys() == {"no_auth"}


def test_what_waits_for_the_disk_is_taken_once() -> None:
    """Who writes traces is told that there are some, and gets each of them once."""
    kept, _ = held()
    told: list[None] = []
    kept.on_waiting = lambda: told.append(None)
    over(kept, delivered(BQ3), conversation())
    assert (len(told), len(kept.take()), len(kept.take())) == (2, 2, 0)
