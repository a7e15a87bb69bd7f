"""`alarmgw.store.traces`: conversations on disk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alarmgw.store import traces
from alarmgw.store.traces import Traces
from tests.places import MORNING
from tests.talks import BQ3, conversation, delivered


def test_what_was_written_is_found(tmp_path: Path) -> None:
    """By source, by peer, by login, and all of them; the oldest first."""
    kept = Traces(tmp_path)
    one, other = delivered(BQ3), conversation(login="CAM7", peer="192.0.2.1")
    kept.append([one, other], MORNING)
    assert kept.latest(BQ3, 20) == [one]
    assert kept.latest("cam7", 20) == kept.latest("192.0.2.1", 20) == [other]
    assert kept.latest(None, 20) == [one, other]
    assert kept.latest("bq", 20) == []


def test_the_last_ones_are_found_over_days(tmp_path: Path) -> None:
    """Twenty of several days, from the newest one backwards."""
    kept = Traces(tmp_path)
    for day in range(4):
        moment = MORNING + timedelta(days=day)
        rows = [delivered(BQ3, port=day * 10 + n, ended=moment) for n in range(10)]
        kept.append(rows, moment)
    assert [one.port for one in kept.latest(BQ3, 20)] == list(range(20, 40))


def test_traces_are_for_us_alone(tmp_path: Path) -> None:
    """Folder and files are nobody else's."""
    kept = Traces(tmp_path)
    kept.append([delivered(BQ3)], MORNING)
    [file] = kept.files()
    modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "traces", file.path)]
    assert modes == [0o700, 0o600]


def test_fourteen_days_are_kept(tmp_path: Path) -> None:
    """What is older is deleted; other people's files are not."""
    kept = Traces(tmp_path)
    for day in range(20):
        kept.append([delivered(BQ3)], MORNING + timedelta(days=day))
    (tmp_path / "traces" / "notes.txt").write_text("mine")
    kept.sweep(MORNING + timedelta(days=19))
    days = [file.day for file in kept.files()]
    assert (len(days), days[0]) == (15, "2026-11-26")
    assert (tmp_path / "traces" / "notes.txt").exists()


def test_flood_has_its_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown peers lose their oldest files; the sources' traces stay."""
    monkeypatch.setattr(traces, "FILE_BYTES", 2000)
    monkeypatch.setitem(traces.ROOM, "unknown", 5000)
    kept = Traces(tmp_path)
    kept.append([delivered(BQ3)], MORNING)
    for port in range(40):
        kept.append([conversation(port=port, peer="192.0.2.1")], MORNING)
    kept.sweep(MORNING)
    sizes = [file.path.stat().st_size for file in kept.files() if file.kind == "unknown"]
    assert 0 < sum(sizes) <= 5000
    assert kept.latest("192.0.2.1", 1)[0].port == 39
    assert len(kept.latest(BQ3, 20)) == 1


def test_line_that_was_cut_off_is_passed_over(tmp_path: Path) -> None:
    """A power cut in the middle of a line costs that line alone."""
    kept = Traces(tmp_path)
    kept.append([delivered(BQ3, port=1), delivered(BQ3, port=2)], MORNING)
    [file] = kept.files()
    file.path.write_bytes(file.path.read_bytes()[:-100])
    assert [one.port for one in kept.latest(BQ3, 20)] == [1]


def test_long_files_are_read_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that stand across the border of two blocks are whole."""
    monkeypatch.setattr(traces, "_BLOCK", 100)
    kept = Traces(tmp_path)
    kept.append([delivered(BQ3, port=port) for port in range(5)], MORNING)
    assert [one.port for one in kept.latest(BQ3, 20)] == [0, 1, 2, 3, 4]


def test_home_without_traces_has_none(tmp_path: Path) -> None:
    """Before the first conversation nothing is found, nothing is swept, nothing is made."""
    kept = Traces(tmp_path)
    kept.sweep(MORNING)
    assert kept.latest(None, 20) == [] and not (tmp_path / "traces").exists()
