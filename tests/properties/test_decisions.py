"""Whatever two workstations ask in whatever order, the answers are what the journal says.

Over the real writer, with commands under way together: an incident is in one pair of hands or in
none, a refused command has written nothing, and what comes again changes nothing.
"""

from __future__ import annotations

import itertools
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.task import Clock

from alarmgw.codec.requests import Command
from alarmgw.decisions import Decisions, Seat
from alarmgw.operators import OPERATOR, SHIFT_LEADER
from alarmgw.store import accounts, incidents
from alarmgw.store.accounts import Operator
from alarmgw.store.journal import Journal, Ledger
from alarmgw.workflow_book import Book
from alarmgw.workflow_entries import Stamp, Who
from alarmgw.workflow_shift import sign_on
from tests import desk
from tests.journals import done, started
from tests.places import MEMORY, WallClock, entries_of

SEATS = tuple(Seat(workstation=f"platz-{n}", fingerprint=str(n) * 64) for n in (1, 2))
PEOPLE = ("anna", "bert")
INCIDENTS = 3

ACTIONS: tuple[dict[str, Any], ...] = (
    {"do": "accept"},
    {"do": "accept"},
    {"do": "take_over"},
    {"do": "release"},
    {"do": "park", "minutes": 300},
    {"do": "close", "outcome": "other"},
    {"do": "close", "outcome": "deceptive", "cause": "animal"},
    {"do": "undo"},
    {"do": "note", "text": "Katze"},
    {"do": "touch"},
    {"do": "sign_off"},
    {"do": "suppress", "site": "0815", "minutes": 5, "reason": "x"},
    {"do": "unsuppress", "suppression": "none"},
    {"do": "hand_over", "note": "ruhig"},
)

_commands = st.tuples(
    st.just("command"),
    st.sampled_from(SEATS),
    st.sampled_from(ACTIONS),
    st.lists(st.integers(1, INCIDENTS), max_size=3),
    st.integers(0, 2),
)
_steps = st.lists(
    st.one_of(
        _commands,
        _commands,
        _commands,
        st.tuples(st.just("again"), st.integers(0, 50)),
        st.tuples(st.just("alarm"), st.integers(1, INCIDENTS)),
        st.tuples(st.just("sign_on"), st.sampled_from(SEATS), st.sampled_from(PEOPLE)),
        st.tuples(st.just("wait"), st.sampled_from([1, 20, 400])),
    ),
    min_size=5,
    max_size=40,
)


class Room:
    """A journal, two workstations, and what each of their commands was answered."""

    def __init__(self, journal: Journal) -> None:
        self.journal, self.clock = journal, WallClock()
        place: Any = SimpleNamespace(
            now=self.clock, node="gw1", randomness=os.urandom, reactor=Clock()
        )
        self.decisions = Decisions(place, desk.RULES, lambda *given: None)  # type: ignore[arg-type, return-value]
        self.numbers = itertools.count(1)
        self.said: list[tuple[Seat, Command]] = []
        self.futures: list[Any] = []
        self.drawn = 0

    def step(self, what: str, *given: Any) -> None:
        """Begin something; nobody waits for it."""
        if what == "wait":  # what was asked before is drawn by now
            self.settle()
            self.clock.advance(seconds=given[0])
        elif what == "alarm":
            self.ring(*given)
        elif what == "sign_on":
            self.journal.submit(lambda ledger: self.sign_on(ledger, *given))
        elif what == "again" and self.said:
            self.ask(*self.said[given[0] % len(self.said)])
        elif what == "command":
            self.command(*given)

    def ring(self, site: int) -> None:
        """An alarm at one of the sites."""
        number, seconds = next(self.numbers), (self.clock() - desk.at()).total_seconds()
        self.journal.submit(lambda ledger: desk.ring(ledger, number, seconds, site=str(site)))

    def sign_on(self, ledger: Ledger, seat: Seat, name: str) -> None:
        """Somebody begins, unless somebody works there."""
        who = Who(
            operator=name,
            role=OPERATOR,
            workstation=seat.workstation,
            session=os.urandom(8).hex(),
        )
        here = ledger.connection.execute("SELECT fingerprint FROM operator_session").fetchall()
        if (seat.fingerprint,) not in here:
            stamp = Stamp(now=self.clock(), node="gw1", who=who)
            ledger.append(desk.line(*sign_on(seat.fingerprint, stamp)))

    def command(self, seat: Seat, action: dict[str, Any], which: list[int], unseen: int) -> None:
        """A decision about one of the first incidents, or about several."""
        seen = max(0, self.drawn - unseen)
        ids = [desk.alarm_id(number) for number in which]
        several = len(ids) > 1 and action["do"] in ("accept", "close")
        command = Command(
            id=f"{len(self.said):032x}",
            incident=None if several or not ids else ids[0],
            seen=seen,
            action=action,
            incidents=tuple((one, seen) for one in ids) if several else (),
        )
        self.said.append((seat, command))
        self.ask(seat, command)

    def ask(self, seat: Seat, command: Command) -> None:
        """Ask, and go on."""
        job = self.journal.submit(self.decisions.job(seat, command))
        self.futures.append((seat, command, job))

    def settle(self) -> None:
        """Wait until all is written."""
        self.drawn = done(self.journal.submit(lambda ledger: ledger.head))

    def answers(self) -> list[tuple[Seat, Command, dict[str, Any]]]:
        """All of them, in the order in which they were asked for."""
        return [(seat, command, json.loads(done(job))) for seat, command, job in self.futures]


@contextmanager
def rooms() -> Iterator[Room]:
    """A room where both are known and signed on, and each site has an alarm."""
    with ExitStack() as stack:
        memory = MEMORY if MEMORY.is_dir() else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=memory)))
        journal = started(folder / "journal.sqlite3", randomness=os.urandom)
        stack.callback(journal.close)
        room = Room(journal)
        done(journal.submit(employ))
        for seat, name in zip(SEATS, PEOPLE, strict=True):
            room.step("sign_on", seat, name)
        for site in range(1, INCIDENTS + 1):
            room.ring(site)
        room.settle()
        yield room


def employ(ledger: Ledger) -> None:
    """Both may sign on."""
    for name, role in zip(PEOPLE, (OPERATOR, SHIFT_LEADER), strict=True):
        operator = Operator(name=name, role=role, salt=b"s", digest=b"d")
        accounts.put_operator(ledger.connection, operator, "now")


def standing(room: Room) -> list[Any]:
    """All open incidents by the journal's own projection."""
    with room.journal.reading() as connection:
        return incidents.open_incidents(connection)


@given(_steps)
@settings(max_examples=60)
def test_answers_are_what_the_journal_says(steps: list[Any]) -> None:
    """Each of them, and so are the incidents as everybody follows them."""
    with rooms() as room:
        for step in steps:
            room.step(*step)
        room.settle()
        answers = room.answers()
        entries, book = entries_of(room.journal), Book()
        owner: dict[str, tuple[Any, ...]] = {}
        for entry in entries:
            book.take(entry)
            one_pair_of_hands(entry, owner)
        found = {one.id: evolve(one, seq=0) for one in standing(room)}
        assert {id_: evolve(one, seq=0) for id_, one in book.incidents.items()} == found
        for seat, command, answer in answers:
            wrote = [one for one in entries if one.get("command") == command.id]
            believed(seat, command, answer, wrote)


def one_pair_of_hands(entry: dict[str, Any], owner: dict[str, tuple[Any, ...]]) -> None:
    """Nobody accepts what another has, unless he takes it over and says from whom."""
    id_ = entry.get("incident")
    if entry["type"] == "accepted":
        assert entry["how"] == "take_over" or id_ not in owner
        if entry["how"] == "take_over":
            assert owner[id_][0] == entry["from"]
        owner[id_] = entry["operator"], entry["session"]
    elif entry["type"] in ("parked", "closed"):
        assert owner.pop(id_)[0] == entry["operator"]
    elif entry["type"] == "returned" and entry["why"] == "undone":
        owner[id_] = entry["operator"], entry["session"]
    elif entry["type"] == "returned" and entry["why"] != "due":
        owner.pop(id_, None)


def believed(
    seat: Seat, command: Command, answer: dict[str, Any], wrote: list[dict[str, Any]]
) -> None:
    """What was answered is what was written by that command."""
    own = [one for one in wrote if one["workstation"] == seat.workstation]
    assert own == wrote
    for one in answer.get("each", [{**answer, "incident": command.incident}]):
        mine = [entry for entry in wrote if entry.get("incident") == one["incident"]]
        if one["ok"]:
            assert all(entry["seq"] <= one["seq"] for entry in mine)
        elif "each" in answer:
            # Of two orders for the same one in a list the first may have been carried out.
            assert [which for which, _ in command.incidents].count(one["incident"]) > 1 or not mine
        else:
            assert not wrote


@given(_steps)
@settings(max_examples=40)
def test_a_replay_of_everything_changes_nothing(steps: list[Any]) -> None:
    """In another order, later, and by a gateway that was started meanwhile."""
    with rooms() as room:
        for step in steps:
            room.step(*step)
        room.settle()
        first = {(seat, command.id): answer for seat, command, answer in room.answers()}
        before, head = standing(room), entries_of(room.journal)[-1]["seq"]
        room.clock.advance(seconds=3000)
        room.decisions = Room(room.journal).decisions
        room.futures.clear()
        for seat, command in reversed(room.said):
            # Where nobody was signed on no answer was kept.
            was_nobodys = first[seat, command.id].get("error") == "not_signed_on"
            if command.action["do"] != "touch" and not was_nobodys:
                room.ask(seat, command)
        room.settle()
        for seat, command, answer in room.answers():
            assert answer == first[seat, command.id]
        assert (standing(room), entries_of(room.journal)[-1]["seq"]) == (before, head)
