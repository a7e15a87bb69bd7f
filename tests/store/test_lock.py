"""The home's lock: one gateway, and the second one is told who is first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from alarmgw.errors import BadConfig
from alarmgw.store.lock import HomeLock


def test_the_second_holder_is_told_the_firsts_process(tmp_path: Path) -> None:
    """The complaint names file, process and remedy."""
    with (
        HomeLock(tmp_path),
        pytest.raises(BadConfig, match=rf"run/lock: lock: process {os.getpid()} .*stop it first"),
    ):
        HomeLock(tmp_path)


def test_a_released_lock_can_be_taken(tmp_path: Path) -> None:
    """Releasing twice does no harm, and another one may hold it then."""
    lock = HomeLock(tmp_path)
    lock.release()
    lock.release()
    with HomeLock(tmp_path) as second:
        assert second.path.read_text() == f"{os.getpid()}\n"
    assert second.path.read_text() == ""


def test_a_refused_lock_leaves_the_first_one_held(tmp_path: Path) -> None:
    """A failed attempt gives nothing free and leaves nothing open."""
    with HomeLock(tmp_path):
        opened = len(os.listdir("/proc/self/fd"))
        for _ in range(2):
            with pytest.raises(BadConfig):
                HomeLock(tmp_path)
        assert len(os.listdir("/proc/self/fd")) == opened


def test_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    """However a gateway ends, its home can be started again."""
    code = "import os, sys, pathlib; from alarmgw.store.lock import HomeLock\n"
    code += "lock = HomeLock(pathlib.Path(sys.argv[1])); os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 9
    assert (tmp_path / "run" / "lock").read_text() != ""
    HomeLock(tmp_path).release()


def test_a_home_keeps_its_lock_to_its_owner(tmp_path: Path) -> None:
    """Nobody else may read or hold it."""
    with HomeLock(tmp_path) as lock:
        assert lock.path.stat().st_mode & 0o777 == 0o600
        assert lock.path.parent.stat().st_mode & 0o777 == 0o700
