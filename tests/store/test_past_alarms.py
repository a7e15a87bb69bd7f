"""Looking back over the alarms, the newest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alarmgw.entries import adopted_entry, record
from alarmgw.model import Source, utc_text
from alarmgw.store import past_alarms
from alarmgw.store.journal import Journal
from tests import journals
from tests.journals import MOMENT


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Five alarms, an hour apart; the last is nobody's."""
    journal = journals.started(tmp_path / "journal.sqlite3")
    owned = [
        journals.alarm_record(number, time=MOMENT + timedelta(hours=number))
        for number in range(1, 5)
    ]
    nobodys = journals.alarm_record(5, time=MOMENT + timedelta(hours=5), source=None)
    records = [owned[0], journals.system_record("x"), *owned[1:], nobodys]
    journals.done(journal.submit(journals.appending(*records)))
    yield journal
    journal.close()


def seqs(journal: Journal, since: int = 0, oldest: str = "") -> list[int]:
    """The numbers of the alarms that are read."""
    return [entry["seq"] for entry in past_alarms.past_alarms(journal, since, oldest)]


def test_the_newest_comes_first(journal: Journal) -> None:
    """And nothing but alarms."""
    assert seqs(journal) == [6, 5, 4, 3, 1]


def test_pages_fit_together(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is a transaction of its own."""
    monkeypatch.setattr(past_alarms, "PAGE", 2)
    assert seqs(journal) == [6, 5, 4, 3, 1]


def test_the_way_back_ends_at_a_number_or_a_time(journal: Journal) -> None:
    """Whichever comes first."""
    assert seqs(journal, since=4) == [6, 5]
    assert seqs(journal, oldest=utc_text(MOMENT + timedelta(hours=3))) == [6, 5, 4]


def test_words_are_in_it(journal: Journal) -> None:
    """As the journal prints them."""
    newest = next(past_alarms.past_alarms(journal))
    assert (newest["subject"], newest["events"][0]["camera"]) == ("Bewegung", "Tor")


def test_an_adopted_alarm_has_its_source(journal: Journal) -> None:
    """Nobody's alarm was adopted."""
    assert next(past_alarms.past_alarms(journal))["source"] is None
    alarm = f"{journals.mail_id(5)}-1"
    adopted = adopted_entry(time=MOMENT, node="gw1", source=Source(address="new@x"), alarms=[alarm])
    journals.done(journal.submit(journals.appending(record(adopted, journals.randomness))))
    assert next(past_alarms.past_alarms(journal))["source"] == "new@x"
