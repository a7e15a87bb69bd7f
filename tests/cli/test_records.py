"""`alarmgw site`, `customer` and the tables of all records."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run


def test_a_site_is_added_changed_and_shown(run: Run) -> None:
    """By the same options."""
    assert run("customer", "add", "K1", "--name", "Müller").stdout == "K1 added\n"
    assert run("site", "add", "1", "--customer", "K1", "--contacts", "Zora, 112").exit_code == 0
    assert run("site", "change", "1", "--time-zone", "Europe/Berlin").stdout == "1 changed\n"
    shown = json.loads(run("site", "show", "1", "--json").stdout)
    assert (shown["customer"], shown["time_zone"]) == ("K1", "Europe/Berlin")
    assert "Zora, 112" in run("site", "show", "1").stdout
    assert json.loads(run("site", "list", "--json").stdout) == shown
    assert run("site", "show", "2").exit_code == 1
    assert run("customer", "list").stdout.splitlines()[1].split()[:2] == ["K1", "Müller"]


def test_a_site_is_removed_and_brought_back(run: Run) -> None:
    """Not while a source is there; its number is kept."""
    run("customer", "add", "K1")
    run("site", "add", "1", "--customer", "K1")
    run("source", "add", "a@x", "--site", "1")
    assert "still has source a@x" in run("site", "remove", "1").stderr
    assert "still has site 1" in run("customer", "remove", "K1").stderr
    run("source", "remove", "a@x")
    assert run("site", "remove", "1").stdout == "1 removed\n"
    assert run("customer", "remove", "K1").stdout == "K1 removed\n"
    assert run("site", "show", "1").exit_code == 1
    assert "--bring-back" in run("site", "add", "1").stderr
    assert run("site", "add", "1", "--bring-back").stdout == "1 added\n"


def test_a_change_of_nothing_is_wrong_use(run: Run) -> None:
    """Whoever types it forgot something."""
    assert run("site", "change", "1").exit_code == 2


def test_a_source_is_changed_by_its_class(run: Run) -> None:
    """`--class` is the trade's word for the priority."""
    run("source", "add", "a@x")
    assert run("source", "change", "a@x", "--class", "2", "--login", "c").exit_code == 0
    shown = json.loads(run("source", "show", "a@x", "--json").stdout)
    assert (shown["priority"], shown["login"]) == (2, "c")


def test_an_import_is_shown_before_it_is_done(run: Run, tmp_path: Path) -> None:
    """The dry run lists changes by line; then the same file is imported."""
    file = tmp_path / "s.csv"
    file.write_text("address;name\na@x;Tor\n")
    result = run("source", "import", file, "--dry-run")
    assert result.stdout == "line 2: a@x added\nwould be: 1 added, 0 changed, 0 unchanged\n"
    assert run("source", "list", "--json").stdout == ""
    assert run("source", "import", file).stdout == "1 added, 0 changed, 0 unchanged\n"
    file.write_text("address;name\na@x;Zaun\n")
    assert (
        "line 2: a@x changed: name Tor → Zaun" in run("source", "import", file, "--dry-run").stdout
    )


def test_an_import_brings_back_and_notes_shared_networks(run: Run, tmp_path: Path) -> None:
    """As `add` and `change` do, with the line."""
    file = tmp_path / "s.csv"
    file.write_text("address;networks\na@x;10.1.2.3\nb@x;10.1.2.3\n")
    result = run("source", "import", file)
    assert result.exit_code == 0
    assert "line 3: networks: note: 10.1.2.3/32 is a network of a@x, too" in result.stderr
    run("source", "remove", "a@x")
    assert "its history is kept" in run("source", "import", file).stderr
    said = run("source", "import", file, "--bring-back").stdout
    assert said == "1 added, 0 changed, 1 unchanged\n"
    run("source", "add", "c@x")
    noted = run("source", "change", "c@x", "--networks", "10.1.2.3").stdout
    assert noted.startswith("c@x changed\nnote      10.1.2.3/32 is a network of ")


def test_a_wrong_line_is_told_and_nothing_is_done(run: Run, tmp_path: Path) -> None:
    """With line, column and reason, and exit code 1."""
    (tmp_path / "s.csv").write_text("address,class\na@x,1\nb@x,7\n")
    result = run("source", "import", tmp_path / "s.csv")
    assert result.exit_code == 1
    assert "line 3: priority: the priority '7' is no number from 1 to 5" in result.stderr
    assert run("source", "list", "--json").stdout == ""


def test_keys_and_texts_are_written_as_they_are_typed(run: Run, tmp_path: Path) -> None:
    """In what is shown, and in an export, which imports without a change."""
    run("source", "add", "a@x", "--login", "nvr", "--site", "1")
    run("source", "change", "a@x", "--keys", "channel=4;camera=Tor 3", "--networks", "10.0.0.1")
    texts = ("--action-texts", "Sabotage: Errichter | fire: 112")
    assert run("source", "change", "a@x", *texts).exit_code == 0
    assert run("site", "change", "1", *texts).exit_code == 0
    for kind, key in (("source", "a@x"), ("site", "1")):
        assert "fire: 112 | tamper: Errichter" in run(kind, "show", key).stdout
        run(kind, "export", tmp_path / "s.csv")
        result = run(kind, "import", tmp_path / "s.csv")
        assert result.stdout == "0 added, 0 changed, 1 unchanged\n"
    assert "channel=4 | camera=Tor 3" in run("source", "show", "a@x").stdout


def test_a_dry_run_shows_values_as_they_are_typed(run: Run, tmp_path: Path) -> None:
    """Lists, too, and nothing where nothing was."""
    run("source", "add", "a@x", "--login", "nvr")
    (tmp_path / "s.csv").write_text("address;keys;action_texts\na@x;channel=4|camera=T;fire: 112\n")
    said = run("source", "import", tmp_path / "s.csv", "--dry-run").stdout
    assert "keys - → channel=4 | camera=T, action_texts - → fire: 112" in said


def test_an_export_can_be_imported(run: Run, tmp_path: Path) -> None:
    """Without a change; no password is in it."""
    run("source", "add", "a@x", "--site", "1", "--login", "cam")
    run("source", "change", "a@x", "--networks", "10.1.2.3", "--notes", "Mast")
    assert run("source", "export", tmp_path / "s.csv").stdout.startswith("1 sources written")
    result = run("source", "import", tmp_path / "s.csv")
    assert result.stdout == "0 added, 0 changed, 1 unchanged\n"
    assert "password" not in (tmp_path / "s.csv").read_text()
