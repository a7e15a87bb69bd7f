"""`alarmgw check`: everything that is wrong at once, and what should be known."""

from __future__ import annotations

import resource
from datetime import timedelta
from pathlib import Path

from alarmgw import config
from alarmgw.cli.check import open_files, report
from alarmgw.descriptors import files_wanted
from tests.cli.conftest import Run
from tests.homes import BORN


def test_good_home_gets_a_line_for_each_thing(run: Run) -> None:
    """Configuration, listeners, workstations, certificates, limits and journal are shown as OK."""
    result = run("check")
    assert result.exit_code == 0
    subjects = {line[6:19].strip() for line in result.stdout.splitlines()}
    assert subjects >= {"configuration", "listener 1", "listener 2", "certificate", "journal"}


def test_all_complaints_are_printed(run: Run, home: Path) -> None:
    """Each complaint is a line with file and key; the exit code is 1."""
    text = config.template().replace('"gw1"', '"GW 1"').replace('"2%"', '"200%"')
    (home / "alarmgw.toml").write_text(text)
    result = run("check")
    assert result.exit_code == 1
    assert [line.split(": ")[1] for line in result.stdout.splitlines()] == [
        "gateway.name",
        "limits.free_space_floor",
    ]
    assert result.stderr == "would not start: 2 complaints\n"


def test_wrong_outcomes_are_printed(run: Run, home: Path) -> None:
    """Before a reload refuses them."""
    (home / "outcomes.toml").write_text("[[outcome]]\n")
    result = run("check")
    assert result.exit_code == 1
    assert all("outcomes.toml: " in line for line in result.stdout.splitlines())


def test_legacy_tls_and_trusting_everybody_are_warnings(run: Run, home: Path) -> None:
    """What is allowed but weak is shown, and the gateway would start."""
    text = config.template().replace('"modern"', '"legacy"').replace("127.0.0.0/8", "0.0.0.0/0")
    (home / "alarmgw.toml").write_text(text)
    result = run("check")
    assert result.exit_code == 0
    assert result.stdout.count("WARN  listener 1") == 2


def test_certificate_that_ends_soon_is_a_warning(home: Path) -> None:
    """Two months before its end a certificate is told about."""
    later = BORN + timedelta(days=10 * 365 - 30)
    states = {text.split()[0]: state for state, _, text in report(config.load(home), later)}
    assert states["tls/server.pem"] == "WARN"
    assert states["tls/ca.pem"] == "OK"


def test_files_for_everybody_are_enough() -> None:
    """So many that all devices can send at the same time, or no limit at all."""
    for allowed in (files_wanted(1000), resource.RLIM_INFINITY):
        state, _, text = open_files(1000, allowed)
        assert (state, text) == ("OK", f"1000 connections, {files_wanted(1000)} open files")


def test_too_few_files_are_told_with_what_they_cost() -> None:
    """How many devices are taken then, and how many of those can send together."""
    state, _, text = open_files(10_000, 20_000)
    assert state == "WARN"
    assert "of 10000 devices 10000 are taken at a time, and 4622 of them can send" in text
    assert "of 10000 devices 426 are taken at a time, and 107 of" in open_files(10_000, 1024)[2]
