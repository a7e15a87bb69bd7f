"""Inspecting one folder: what an entry has no room for, and the threads that do it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from alarmgw.store.archive import MESSAGE, TEXT
from alarmgw.store.inspection import BATCH, Fault, Sought, alarms, in_threads, inspected
from tests.store.kept import PICTURE, Kept


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """A home with three mails for two sources each."""
    kept = Kept(tmp_path)
    yield kept
    kept.journal.close()


def first(kept: Kept) -> Sought:
    """The journal's first alarm."""
    return next(alarms(kept.journal, 1))


def faults(kept: Kept, sought: Sought) -> list[tuple[str, str]]:
    """What is wrong with its folder: names and texts."""
    [found] = inspected(kept.home, [sought])
    return [(fault.place.rpartition("/")[2], fault.text) for fault in found.faults]


def test_alarms_come_in_order_up_to_a_number(kept: Kept) -> None:
    """Other entries are left out."""
    assert [sought.seq for sought in alarms(kept.journal, 7)] == [1, 2, 3, 4, 5, 6]
    assert [sought.seq for sought in alarms(kept.journal, 2)] == [1, 2]


def test_a_file_with_several_names_is_read_once(kept: Kept) -> None:
    """The second alarm of a mail costs its own alarm.json only."""
    one, two = inspected(kept.home, alarms(kept.journal, 2))
    assert (one.files, two.files) == (4, 4)
    assert two.octets == kept.path(2, "alarm.json").stat().st_size < one.octets


def test_a_part_that_has_no_room_in_the_entry_may_be_there(kept: Kept) -> None:
    """With `more_parts` numbered files are expected, others are not."""
    kept.path(1, "02-second.jpg").touch()
    kept.path(1, "notes.jpg").touch()
    sought = first(kept)
    more = evolve(sought, facts=evolve(sought.facts, more_parts=True))
    assert [name for name, _ in faults(kept, sought)] == ["02-second.jpg", "notes.jpg"]
    assert [name for name, _ in faults(kept, more)] == ["notes.jpg"]


def test_a_text_that_was_cut_begins_as_the_entry_says(kept: Kept) -> None:
    """The file has all of it."""
    sought = first(kept)
    cut = evolve(sought, facts=evolve(sought.facts, text="Zaun", text_cut=True))
    other = evolve(sought, facts=evolve(sought.facts, text="Tor", text_cut=True))
    assert faults(kept, cut) == []
    assert faults(kept, other) == [(TEXT, "does not begin as entry 1 says")]


def test_a_path_out_of_the_archive_is_a_fault(kept: Kept) -> None:
    """It is not followed."""
    sought = first(kept)
    outside = evolve(sought, facts=evolve(sought.facts, path="archive/../run"))
    [found] = inspected(kept.home, [outside])
    assert [fault.place for fault in found.faults] == ["entry 1"]


def test_a_file_that_cannot_be_read_is_a_fault(kept: Kept) -> None:
    """The error is told, and the other files are judged."""
    kept.path(1, MESSAGE).unlink()
    kept.path(1, MESSAGE).symlink_to("nowhere")
    kept.path(1, PICTURE).unlink()
    sought = first(kept)
    mail = evolve(sought.facts.mail, size=len("nowhere"))  # which is the size of a link
    found = dict(faults(kept, evolve(sought, facts=evolve(sought.facts, mail=mail))))
    assert found[MESSAGE].startswith("cannot be read: ") and found[PICTURE] == "is missing"


def test_a_fault_is_one_line_with_its_remedy() -> None:
    """Place, what is wrong, what to do."""
    fault = Fault(place="archive/x", text="is missing", remedy="copy it back")
    assert str(fault) == "archive/x: is missing; copy it back"


def test_threads_answer_in_order() -> None:
    """However long each batch takes; and no batch waits for all others."""
    second = threading.Event()

    def work(batch: list[int]) -> list[int]:
        if batch[0] == 0:
            assert second.wait(20)
        else:
            second.set()
        return [number * 2 for number in batch]

    count = 10 * BATCH + 1
    assert list(in_threads(2, range(count), work)) == [number * 2 for number in range(count)]


def test_little_waits_in_memory() -> None:
    """What is inspected is read from the journal only a few batches ahead."""
    taken: list[int] = []
    results = in_threads(2, (taken.append(n) or n for n in range(100 * BATCH)), list)
    next(results)
    assert len(taken) <= 6 * BATCH
    results.close()  # type: ignore[attr-defined]


def test_what_a_thread_raises_is_raised() -> None:
    """A bug in an inspection is no fault of the archive."""
    with pytest.raises(ZeroDivisionError):
        list(in_threads(2, range(100 * BATCH), lambda batch: [1 // 0]))
