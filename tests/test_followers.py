"""What a mail follows, with a real journal: resends and late pictures, before and after a start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from alarmgw.entries import record
from alarmgw.errors import Cause, TryLater
from alarmgw.followers import Followers
from alarmgw.model import MailFacts, Meaning, Source
from alarmgw.store.journal import Journal
from tests.journals import MOMENT, appending, closed_record, done, mail_id, randomness, started
from tests.test_recent import entry
from tests.test_stragglers import MOTION

CAMERA = Source(address="bq3@ebues.internal", late_pictures_seconds=60)
FIRST = f"{mail_id(1)}-1"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    with closing(started(tmp_path / "journal.sqlite3")) as journal:
        yield journal


def mail(number: int, seconds: float = 0, octets: int = 1, **changes: Any) -> dict[str, Any]:
    """An alarm of the camera; mails of the same ``octets`` are the same."""
    facts = MailFacts(id=mail_id(number), size=9, sha256=f"{octets:064x}")
    changes = {"source": CAMERA, "meaning": MOTION, "mail": facts, **changes}
    return entry(number, timedelta(seconds=seconds), **changes)


def keep(journal: Journal, followers: Followers, entry: dict[str, Any]) -> None:
    """Commit it, then remember it."""
    done(journal.submit(appending(record(entry, randomness))))
    followers.remember([entry])


def test_the_same_mail_is_a_resend_of_the_first(journal: Journal) -> None:
    """All the alarm's fields, and the first one's id."""
    followers = Followers(journal, MOMENT)
    keep(journal, followers, mail(1))
    second = mail(2, 5)
    assert followers.placed(second, CAMERA) == {**second, "type": "resend", "first": FIRST}


def test_a_third_one_names_the_first_too(journal: Journal) -> None:
    """A resend is never repeated itself."""
    followers = Followers(journal, MOMENT)
    keep(journal, followers, mail(1))
    keep(journal, followers, followers.placed(mail(2, 5), CAMERA))
    assert followers.placed(mail(3, 599), CAMERA)["first"] == FIRST


def test_after_ten_minutes_it_is_an_alarm_again(journal: Journal) -> None:
    """Counted from the first one: what is said for ever is raised every ten minutes."""
    followers = Followers(journal, MOMENT)
    keep(journal, followers, mail(1))
    assert followers.placed(mail(2, 601), CAMERA)["type"] == "alarm"


def test_what_was_not_committed_is_not_repeated(journal: Journal) -> None:
    """The second of two is an alarm while the first may still fail."""
    followers = Followers(journal, MOMENT)
    followers.placed(mail(1), CAMERA)
    assert followers.placed(mail(2, 5), CAMERA)["type"] == "alarm"


def test_what_is_nobodys_repeats_nothing(journal: Journal) -> None:
    """Two unknown devices behind one router may say the same."""
    followers = Followers(journal, MOMENT)
    keep(journal, followers, mail(1, source=None))
    assert followers.placed(mail(2, source=None), None)["type"] == "alarm"


def test_late_pictures_join_their_alarm(journal: Journal) -> None:
    """They are an alarm that names the first."""
    followers = Followers(journal, MOMENT)
    keep(journal, followers, mail(1))
    late = mail(2, 30, octets=2)
    assert followers.placed(late, CAMERA) == {**late, "joins": FIRST}


def test_late_pictures_of_a_source_without_a_window_are_an_alarm(journal: Journal) -> None:
    """Off by default."""
    followers = Followers(journal, MOMENT)
    keep(journal, followers, mail(1))
    plain = evolve(CAMERA, late_pictures_seconds=None)
    assert followers.placed(mail(2, 30, octets=2), plain)["joins"] is None


def test_a_closed_alarm_is_followed_by_nothing_that_tells_no_time(journal: Journal) -> None:
    """Neither repeated nor joined: somebody has seen to it."""
    followers = Followers(journal, MOMENT)
    keep(journal, followers, mail(1))
    done(journal.submit(appending(closed_record(FIRST))))
    for octets in (1, 2):
        placed = followers.placed(mail(2, 30, octets=octets), CAMERA)
        assert (placed["type"], placed["joins"]) == ("alarm", None)


def test_everything_holds_after_a_start(journal: Journal) -> None:
    """Made from the journal alone."""
    keep(journal, Followers(journal, MOMENT), mail(1))
    followers = Followers(journal, MOMENT + timedelta(seconds=20))
    assert followers.placed(mail(2, 30), CAMERA)["first"] == FIRST
    assert followers.placed(mail(3, 30, octets=2), CAMERA)["joins"] == FIRST


def test_a_journal_that_cannot_be_read_makes_an_alarm() -> None:
    """In doubt nothing follows anything."""

    class Unreadable:
        def bounds(self) -> tuple[int, int]:
            return 0, 0

        def read(self, after: int, limit: int = 0, max_bytes: int = 0) -> list[tuple[int, bytes]]:
            return []

        def is_open(self, alarm: str) -> bool:
            raise TryLater(Cause.JOURNAL_FAILED, "The disk fails")

    followers = Followers(Unreadable(), MOMENT)
    followers.remember([mail(1)])
    assert followers.placed(mail(2, 5), CAMERA)["type"] == "alarm"


def test_a_routine_call_that_repeats_is_kept_as_such(journal: Journal) -> None:
    """Every kind of mail may come again."""
    followers = Followers(journal, MOMENT)
    routine = Meaning(kind="routine", events=MOTION.events)
    keep(journal, followers, mail(1, meaning=routine))
    assert followers.placed(mail(2, 5, meaning=routine), CAMERA)["kind"] == "routine"
