"""`alarmgw verify`: one line for each fault, a summary, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.kept import keep_mails


@pytest.fixture
def folders(home: Path) -> list[Path]:
    """The folders of a home's three alarms."""
    return keep_mails(home)


def test_a_whole_home_is_one_line_and_exit_code_0(run: Run, folders: list[Path]) -> None:
    """It says how much was looked at."""
    result = run("verify")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("3 entries (0 erased), 3 alarms, 12 files, ")
    assert result.stdout.endswith(": all is well\n")


def test_each_fault_is_a_line_with_place_and_remedy(run: Run, folders: list[Path]) -> None:
    """All of them on stdout, their number on stderr, exit code 1."""
    (folders[0] / "message.eml").unlink()
    (folders[1] / "more").mkdir()
    result = run("verify", "--jobs", 1)
    assert (result.exit_code, result.stderr) == (1, "2 faults\n")
    lines = result.stdout.splitlines()
    assert [line.split(": ")[0].rpartition("/")[2] for line in lines[:2]] == ["message.eml", "more"]
    assert "is missing; copy it from the same place in a backup" in lines[0]
    assert lines[2].endswith(": 2 faults")


def test_json_is_an_object_for_each_fault_and_a_summary(run: Run, folders: list[Path]) -> None:
    """Programs read the same."""
    (folders[2] / "text.txt").write_text("x")
    fault, summary = map(json.loads, run("verify", "--json").stdout.splitlines())
    assert fault.keys() == {"type", "place", "text", "remedy"} and fault["type"] == "fault"
    assert (summary["type"], summary["entries"], summary["faults"]) == ("verified", 3, 1)


def test_unfinished_work_is_told(run: Run, home: Path, folders: list[Path]) -> None:
    """Drafts and what is not settled are no faults."""
    (home / "spool" / "gw1-20261121-204502-00000000ff").mkdir()
    assert "1 drafts: all is well" in run("verify").stdout


def test_a_backup_is_verified_as_a_backup(run: Run, tmp_path: Path, folders: list[Path]) -> None:
    """By its label: it has no spool, and must not have lost anything."""
    run("backup", tmp_path / "to")
    assert run("verify", "--home", tmp_path / "to").exit_code == 0
    next((tmp_path / "to").rglob("message.eml")).unlink()
    assert run("verify", "--home", tmp_path / "to").stderr == "1 fault\n"


def test_no_home_is_told_in_a_line(run: Run, tmp_path: Path) -> None:
    """As with every command."""
    result = run("verify", "--home", tmp_path)
    assert result.exit_code == 1 and "is no home of a gateway" in result.stderr
