"""`alarmgw unassigned` and `alarmgw source adopt`: from an unknown device to a source."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from alarmgw import adoption
from alarmgw.model import Envelope
from tests.cli.conftest import Run, keep
from tests.journals import alarm_record, mail_id

ADDRESS = "bq7@ebues.internal"


def test_unknown_senders_are_listed_with_what_they_tried(run: Run, home: Path) -> None:
    """A row for each; in JSON with every field."""
    keep(home, alarm_record(1, source=None), alarm_record(2, source=None), alarm_record(3))
    line = run("unassigned").stdout.splitlines()[1]
    assert line.split()[:3] == ["c@d", "10.1.2.3", "2"] and "Bewegung" in line
    [row] = map(json.loads, run("unassigned", "--json").stdout.splitlines())
    assert (row["recipients"], row["alarm"]) == (["bq3@e.de"], f"{mail_id(2)}-1")


def test_adopting_says_what_became_of_it(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it, however many slices it takes, and the password of a new login."""
    monkeypatch.setattr(adoption, "MOST", 1)
    keep(home, alarm_record(1, source=None), alarm_record(2, source=None))
    result = run("source", "adopt", "c@d", "--as", ADDRESS, "--site", "7", "--login", "cam")
    assert result.stdout.startswith(f"{ADDRESS} added and adopted 2 alarms\n")
    assert "known by c@d" in result.stdout and "password  " in result.stdout
    assert run("unassigned", "--json").stdout == ""


def test_adopting_says_what_the_device_still_needs(run: Run, home: Path) -> None:
    """A null sender behind a router has no name of its own: its recipient must be set."""
    said = [
        Envelope(peer="10.1.2.3", helo="cam", sender=sender, recipients=("x@y",))
        for sender in ("", "c@d")
    ]
    keep(home, *(alarm_record(n, source=None, envelope=one) for n, one in enumerate(said, 1)))
    result = run("source", "adopt", "<>", "--as", ADDRESS)
    assert (
        f"others send from 10.1.2.3, too, so its next mail is nobody's again: enter {ADDRESS}"
        in (result.stdout)
    )


def test_an_adopted_alarm_shows_it(run: Run, home: Path) -> None:
    """In its history and in the journal."""
    keep(home, alarm_record(1, source=None))
    run("source", "adopt", f"{mail_id(1)}-1", "--as", ADDRESS)
    shown = json.loads(run("show", f"{mail_id(1)}-1", "--json").stdout)
    assert [entry["type"] for entry in shown["entries"]] == ["alarm", "adopted"]
    assert f"source    {ADDRESS} (adopted)" in run("show", f"{mail_id(1)}-1").stdout
    assert "adopted" in run("journal").stdout


def test_an_older_home_is_told_apart(run: Run, home: Path) -> None:
    """Reading beside nothing: whoever only reads cannot bring it up to date."""
    with closing(sqlite3.connect(home / "journal.sqlite3")) as connection, connection:
        connection.execute("UPDATE meta SET value = '1' WHERE name = 'schema'")
    result = run("unassigned")
    assert result.exit_code == 1 and "older alarmgw" in result.stderr
