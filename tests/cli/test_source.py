"""`alarmgw source`: adding, showing and removing."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from alarmgw.cli.home import JOURNAL_NAME
from alarmgw.conversations import HOUR
from alarmgw.model import Source
from alarmgw.store import passwords
from alarmgw.store.journal import JournalReader
from alarmgw.store.traces import Traces
from tests.cli.conftest import Run, keep
from tests.journals import alarm_record, timed
from tests.places import MORNING
from tests.talks import BQ3, delivered, mail


def test_new_login_gets_a_password_that_opens_it(run: Run, home: Path) -> None:
    """The password that is printed is the login's."""
    result = run("source", "add", "BQ3@ebues.internal", "--login", "nvr")
    assert result.exit_code == 0
    password = result.stdout.split("password")[1].split()[0]
    login = JournalReader(home / JOURNAL_NAME).directory().login("nvr")
    assert login is not None and passwords.login_accepts(login, password)


def test_existing_login_is_joined(run: Run) -> None:
    """A second source of a recorder prints no password."""
    run("source", "add", "a@b", "--login", "nvr")
    result = run("source", "add", "c@b", "--login", "nvr")
    assert result.stdout == "c@b added\n"


def test_password_from_a_file_is_its_first_line(run: Run, home: Path, tmp_path: Path) -> None:
    """A given password is used as it stands and not printed."""
    (tmp_path / "p").write_text("geheim 1\nnot this\n")
    result = run("source", "add", "a@b", "--login", "n", "--password-file", tmp_path / "p")
    login = JournalReader(home / JOURNAL_NAME).directory().login("n")
    assert login is not None and passwords.login_accepts(login, "geheim 1")
    assert "geheim" not in result.output


def test_password_without_login_is_wrong_use(run: Run, tmp_path: Path) -> None:
    """--password-file alone is a usage error."""
    assert run("source", "add", "a@b", "--password-file", tmp_path / "p").exit_code == 2


def test_list_and_show_agree(run: Run) -> None:
    """What was given is listed and shown, in JSON with every field."""
    run("source", "add", "a@b", "--name", "Tor 3", "--site", "1001")
    [listed] = map(json.loads, run("source", "list", "--json").stdout.splitlines())
    assert listed == json.loads(run("source", "show", "A@B", "--json").stdout)
    assert (listed["name"], listed["site"]) == ("Tor 3", "1001")
    row = run("source", "list").stdout.splitlines()[1].split()
    assert row == ["a@b", "Tor", "3", "1001", "-", "-", "-"]


def test_lists_are_shown_as_they_are_typed(run: Run) -> None:
    """Networks, aliases and keys can be copied from what is shown into a command."""
    run("source", "add", "a@b", "--login", "nvr")
    run("source", "change", "a@b", "--networks", "10.1.0.0/16 10.2.0.1", "--aliases", "x@y z")
    run("source", "change", "a@b", "--keys", "channel=4 | camera=Tor 3")
    run("source", "disable", "a@b")
    said = dict(line.split(maxsplit=1) for line in run("source", "show", "a@b").stdout.splitlines())
    assert said["networks"] == "10.1.0.0/16 10.2.0.1/32"
    assert (said["aliases"], said["keys"]) == ("x@y z", "channel=4 | camera=Tor 3")
    assert (said["disabled"], said["late_pictures_seconds"]) == ("yes", "-")


def test_what_was_tolerated_is_counted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list shows the counts of the running gateway, `show` also when and what it means."""
    last = "2026-11-21T06:30:00.000Z"
    counted = {
        "a@b": {"no_auth": {"count": 3, "last": last}, "bare_lf": {"count": 1, "last": last}}
    }
    run("source", "add", "a@b")
    module = importlib.import_module("alarmgw.cli.source")
    monkeypatch.setattr(module, "leniencies", lambda home: counted)
    assert "no_auth 3" in run("source", "list").stdout
    shown = run("source", "show", "a@b").stdout
    assert f"  3 times, last {last}: It sends without" in shown and f"  once, last {last}" in shown
    assert json.loads(run("source", "show", "a@b", "--json").stdout)["leniencies"] == counted["a@b"]


def test_removed_source_is_gone(run: Run) -> None:
    """After `remove` the address names nobody."""
    run("source", "add", "a@b")
    assert run("source", "remove", "a@b").exit_code == 0
    assert run("source", "show", "a@b").exit_code == 1


def test_a_clock_is_shown_with_its_source(run: Run, home: Path) -> None:
    """In the list where it is off, in `show` with since when, in JSON with all that is known."""
    run("source", "add", "a@b")
    assert f"{'clock':<21} -\n" in run("source", "show", "a@b").stdout
    keep(home, alarm_record(1, source=Source(address="a@b"), times=timed(-425.0)))
    assert "7 min behind" in run("source", "list").stdout
    since = "2026-11-21T20:45:02.123Z"
    shown = f"{'clock':<21} 7 min behind, by the mail of {since}, off since {since}\n"
    assert shown in run("source", "show", "a@b").stdout
    clock = json.loads(run("source", "show", "a@b", "--json").stdout)["clock"]
    assert (clock["offset_s"], clock["wrong_since"]) == (-425.0, None)


def test_the_last_conversation_is_shown_with_its_warnings(run: Run, home: Path) -> None:
    """Old TLS and a wrong clock, whatever else is shown of the source."""
    run("source", "add", BQ3)
    last = delivered(BQ3, tls="TLSv1 ECDHE-RSA-AES256-SHA", mails=(mail(BQ3, clock_offset_s=420),))
    Traces(home).append([delivered(BQ3, tls=None, began=MORNING - HOUR), last], MORNING)
    shown = run("source", "show", BQ3).stdout.splitlines()
    said = "TLSv1 ECDHE-RSA-AES256-SHA: The mail arrived and is stored (2.0 KB)."
    assert f"{'last':<21} {said}" in shown
    clock, tls = (line for line in shown if line.startswith("WARNING"))
    assert "The camera's clock is 7 min ahead:" in clock
    assert "encrypts with TLSv1, which is out of date" in tls
