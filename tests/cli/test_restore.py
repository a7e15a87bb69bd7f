"""`alarmgw restore`: a home that the other commands take, or a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.kept import keep_mails


@pytest.fixture
def backup(run: Run, home: Path, tmp_path: Path) -> Path:
    """A backup of a home with three mails."""
    keep_mails(home)
    run("backup", tmp_path / "to")
    return tmp_path / "to"


def test_a_restored_home_passes_check_and_verify(run: Run, backup: Path, tmp_path: Path) -> None:
    """Certificates and configuration are there; nothing is missing."""
    new = tmp_path / "new"
    result = run("restore", backup, "--home", new)
    assert result.exit_code == 0 and "3 alarms up to entry 3, which entry 4 says" in result.stdout
    assert run("check", "--home", new).exit_code == 0
    assert run("verify", "--home", new).exit_code == 0
    last = run("journal", "--home", new, "--since", 3, "--json").stdout
    assert json.loads(last)["event"] == "restored"
    [sentence] = run("journal", "--home", new, "--since", 3).stdout.splitlines()
    assert "Restored from the backup of" in sentence


def test_a_home_in_use_is_refused(run: Run, backup: Path, home: Path) -> None:
    """--home's default is the gateway's own home: it is safe."""
    result = run("restore", backup)
    assert (result.exit_code, result.stderr) == (
        1, f"{home} exists and is not empty; nothing was changed\n",
    )  # fmt: skip


def test_faults_of_the_backup_are_told_before_anything_is_written(
    run: Run, backup: Path, tmp_path: Path
) -> None:
    """Each in a line, as `verify` tells them."""
    next(backup.rglob("message.eml")).unlink()
    result = run("restore", backup, "--home", tmp_path / "new")
    assert result.exit_code == 1 and "message.eml: is missing" in result.stdout
    assert "take another backup" in result.stderr and not (tmp_path / "new").exists()


def test_half_a_backup_is_refused(run: Run, backup: Path, tmp_path: Path) -> None:
    """The label makes it whole."""
    (backup / "backup.json").unlink()
    result = run("restore", backup, "--home", tmp_path / "new")
    assert result.exit_code == 1 and "is no whole backup" in result.stderr
