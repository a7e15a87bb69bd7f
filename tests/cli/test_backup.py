"""`alarmgw backup`: what it says, and how it fails."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.cli.kept import keep_mails


def test_a_backup_says_what_it_holds(run: Run, home: Path, tmp_path: Path) -> None:
    """Entries, alarms, how much was copied; the second time hardly anything is."""
    keep_mails(home)
    first, second = run("backup", tmp_path / "to"), run("backup", tmp_path / "to")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert f"{tmp_path}/to is whole: up to entry 3, 3 alarms; " in first.stdout
    assert second.stdout.endswith("; 0 bytes copied, 12 files were there\n")


def test_damage_of_the_home_is_backed_up_and_told(run: Run, home: Path, tmp_path: Path) -> None:
    """The backup counts, and yet somebody must know: exit code 1."""
    [folder, *_] = keep_mails(home)
    (folder / "01-bild1.jpg").write_bytes(b"x")
    result = run("backup", tmp_path / "to")
    assert result.exit_code == 1 and (tmp_path / "to" / "backup.json").exists()
    assert "01-bild1.jpg: has 1 octets" in result.stdout
    assert result.stderr == "backed up as it is, but the home has 1 fault: see `alarmgw verify`\n"


def test_a_place_that_cannot_be_used_is_told_in_a_line(run: Run, home: Path) -> None:
    """Refusals are sentences."""
    result = run("backup", home / "backup")
    assert result.exit_code == 1 and "name a folder elsewhere" in result.stderr
    assert not (home / "backup").exists()


def test_nothing_is_made_for_what_is_no_home(run: Run, tmp_path: Path) -> None:
    """A wrong --home costs nothing."""
    result = run("backup", tmp_path / "to", "--home", tmp_path / "nowhere")
    assert result.exit_code == 1 and not (tmp_path / "to").exists()
