"""Progress: a bar for people, a line now and then for logs, nothing for short work."""

from __future__ import annotations

import sys

import pytest

from alarmgw.cli.progress import LINE_SECONDS, lines_told, progress_shown
from alarmgw.store.verification import Progress


def step(done: int) -> Progress:
    """So many of 100 entries."""
    return Progress(stage="entries", done=done, total=100, octets=done * 1_000_000)


def test_lines_come_every_some_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    """However often somebody tells; on stderr."""
    time = 0.0
    tell = lines_told(lambda: time)
    for done in range(100):
        time += LINE_SECONDS / 40
        tell(step(done))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == [
        "entries 39 of 100, 39.0 MB", "entries 79 of 100, 79.0 MB",
    ]  # fmt: skip


def test_short_work_in_a_pipe_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    """stderr stays for what went wrong."""
    with progress_shown() as tell:
        tell(step(1))
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_a_bar_that_goes_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With stage, count and octets; stdout has nothing of it."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with progress_shown() as tell:
        tell(step(50))
    shown = capsys.readouterr()
    assert shown.out == "" and "entries" in shown.err and "50/100" in shown.err
