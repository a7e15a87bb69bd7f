"""Whatever comes in whatever order: every mail is kept once, and a resend repeats an alarm.

Mails of several sources are planned, committed, refused by a failing commit;
alarms are closed and the gateway starts again, in any interleaving.
"""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import define, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from alarmgw.arrival import Arrival
from alarmgw.directory import Directory
from alarmgw.followers import Followers
from alarmgw.model import MailFacts, Source, Times, Unpacked, utc_moment
from alarmgw.planning import Plan, Planning
from alarmgw.recent import MEMORY
from alarmgw.store.journal import Journal
from alarmgw.store.spool import Finished
from tests.journals import (
    MOMENT,
    appending,
    closed_record,
    done,
    mail_id,
    part,
    randomness,
    started,
)
from tests.places import envelope, session

SOURCES = ("bq3@ebues.internal", "bq4@ebues.internal")
KNOWN = Directory.of(
    [Source(address=SOURCES[0]), Source(address=SOURCES[1], late_pictures_seconds=60)]
)

#: What a mail says, by its subject and text; the first one says when it was.
WORDS = (("Motion", "Alarm\nTime: 2026-11-21 20:45:01\n"), ("Motion", "Alarm\n"), ("Fire", ""))


@frozen
class Mail:
    """A mail after so many seconds; the same words in other octets are another Date."""

    sources: tuple[str, ...]
    words: int
    octets: int
    seconds: int


@define
class House:
    """A gateway with mails that wait for their commit."""

    journal: Journal
    followers: Followers
    passed: timedelta = timedelta(0)
    waiting: list[list[Plan]] = field(factory=list)
    kept: list[tuple[str, str]] = field(factory=list)
    mails: int = 0

    def arrive(self, mail: Mail) -> None:
        """Plan it."""
        self.mails += 1
        self.passed += timedelta(seconds=mail.seconds)
        moment = MOMENT + self.passed
        subject, text = WORDS[mail.words]
        digest = f"{mail.words * 10 + mail.octets:064x}"
        finished = Finished(
            mail=MailFacts(id=mail_id(self.mails), size=9, sha256=digest),
            unpacked=Unpacked(subject=subject, text=text, pictures=(part("01-a.jpg"),)),
        )
        times = Times(connected=moment, data=moment, eom=moment, synced=moment)
        planning = Planning("gw1", randomness, lambda: KNOWN, self.followers.placed)
        arrival = Arrival(session(), envelope(*mail.sources), moment)
        self.waiting.append(planning.plans(finished, arrival, times, ()))

    def deliver(self, mail: Mail) -> None:
        """Plan it and keep it at once, as when there is no load."""
        self.arrive(mail)
        self.commit(-1)

    def commit(self, which: int) -> None:
        """Keep one of those that wait."""
        if self.waiting:
            plans = self.waiting.pop(which % len(self.waiting))
            done(self.journal.submit(appending(*(plan.line for plan in plans))))
            self.followers.remember(plan.entry for plan in plans)
            self.kept += [(plan.entry["mail"]["id"], plan.entry["source"]) for plan in plans]

    def fail(self, which: int) -> None:
        """Refuse one of those that wait."""
        if self.waiting:
            self.waiting.pop(which % len(self.waiting))

    def close(self, which: int) -> None:
        """Close any alarm, if there is one."""
        alarms = [entry["alarm"] for entry in self.entries() if entry["type"] == "alarm"]
        if alarms:
            record = closed_record(alarms[which % len(alarms)])
            done(self.journal.submit(appending(record)))

    def restart(self, _: int) -> None:
        """Know nothing but what the journal says; what waited was never promised."""
        self.waiting.clear()
        self.followers = Followers(self.journal, MOMENT + self.passed)

    def entries(self) -> list[dict[str, Any]]:
        """The journal."""
        return [json.loads(line) for _, line in self.journal.read(0, 10_000, 1 << 30)]


mails = st.builds(
    Mail,
    st.sampled_from([SOURCES[:1], SOURCES[1:], SOURCES]),
    st.integers(0, 2),
    st.sampled_from([0, 0, 0, 1]),
    st.sampled_from([0, 1, 50, 400]),
)
steps = st.one_of(
    st.tuples(st.just("deliver"), mails),
    st.tuples(st.just("arrive"), mails),
    st.tuples(st.just("commit"), st.integers(0, 9)),
    st.tuples(st.sampled_from(["fail", "close", "restart"]), st.integers(0, 9)),
)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(lived=st.lists(steps, max_size=30))
def test_every_mail_is_kept_once_and_a_resend_repeats_an_alarm(
    tmp_path_factory: pytest.TempPathFactory, lived: list[tuple[str, Any]]
) -> None:
    """Each resend names an alarm before it, of the same source and content, at most 10 min old."""
    path = tmp_path_factory.mktemp("house") / "journal.sqlite3"
    with closing(started(path)) as journal:
        house = House(journal, Followers(journal, MOMENT))
        for step, given_to_it in lived:
            getattr(house, step)(given_to_it)
        check(house)


def check(house: House) -> None:
    """What must be true of the journal, whatever has happened."""
    raised: dict[str, dict[str, Any]] = {}
    found = []
    for entry in house.entries():
        if entry["type"] == "closed":
            continue
        found.append((entry["mail"]["id"], entry["source"]))
        first = raised.get(entry.get("first") or entry["joins"] or "")
        if entry["type"] == "resend" or entry["joins"]:
            assert first is not None and first["source"] == entry["source"]
            assert abs(arrival_of(entry) - arrival_of(first)) <= MEMORY
        if entry["type"] == "resend":
            same = first["mail"]["sha256"] == entry["mail"]["sha256"]
            assert same or (entry["events"][0]["device_time"] and words(first) == words(entry))
        else:
            raised[entry["alarm"]] = entry
    assert found == house.kept


def words(entry: dict[str, Any]) -> tuple[str, str]:
    """What a mail said."""
    return entry["subject"], entry["text"]


def arrival_of(entry: dict[str, Any]) -> datetime:
    """When it came."""
    return utc_moment(entry["times"]["eom"])
