"""Who has left: one session in a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from twisted.logger import LogLevel, capturedLogs

from alarmgw.workstation.departed import NAME, Departed


def test_it_is_kept_until_it_is_forgotten(tmp_path: Path) -> None:
    """Over a restart; a later one takes its place."""
    departed = Departed(tmp_path)
    assert departed.read() is None
    for session in ("0123456789abcdef", "fedcba9876543210"):
        departed.keep(session)
        assert Departed(tmp_path).read() == session
    departed.forget()
    departed.forget()
    assert departed.read() is None and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("said", [b"", b"\xff\xfe", b"no session", b"ab\ncd\n", b"a" * 1000])
def test_a_file_that_says_no_session_says_nothing(tmp_path: Path, said: bytes) -> None:
    """Half a write, or somebody else's."""
    (tmp_path / NAME).write_bytes(said)
    with capturedLogs():
        assert Departed(tmp_path).read() is None


def test_a_folder_that_cannot_be_used_is_told_in_the_log(tmp_path: Path) -> None:
    """Leaving goes on without it."""
    gone, file = Departed(tmp_path / "gone"), tmp_path / NAME
    with capturedLogs() as logged:
        gone.keep("ab")
        assert gone.read() is None
        file.mkdir()
        Departed(tmp_path).forget()
        assert Departed(tmp_path).read() is None
    assert [event["log_level"] for event in logged] == [LogLevel.critical] * 3
