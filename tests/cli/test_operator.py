"""`alarmgw operator`."""

from __future__ import annotations

from pathlib import Path

from alarmgw.cli.home import JOURNAL_NAME
from alarmgw.store import accounts, passwords
from alarmgw.store.journal import JournalReader
from tests.cli.conftest import Run


def test_invented_password_is_the_operators(run: Run, home: Path) -> None:
    """Without a file a password is invented and printed, and it is the right one."""
    password = run("operator", "add", "anna").stdout.split("password")[1].split()[0]
    with JournalReader(home / JOURNAL_NAME).reading() as connection:
        anna = accounts.operator(connection, "anna")
    assert anna is not None
    assert passwords.operator_digest(anna.salt, password) == anna.digest


def test_given_password_is_not_printed(run: Run, tmp_path: Path) -> None:
    """A password from a file appears nowhere."""
    (tmp_path / "p").write_text("long enough\n")
    result = run("operator", "add", "anna", "--password-file", tmp_path / "p")
    assert result.output == "operator anna added\n"


def test_missing_password_file_is_a_failure(run: Run, tmp_path: Path) -> None:
    """A file that is not there is named in one line."""
    result = run("operator", "add", "anna", "--password-file", tmp_path / "p")
    assert result.exit_code == 1 and str(tmp_path / "p") in result.stderr


def test_who_may_sign_on_is_listed(run: Run) -> None:
    """Also as JSON; where nobody is signed on stands a dash."""
    run("operator", "add", "anna")
    run("operator", "change", "anna", "--role", "shift_leader")
    assert run("operator", "list").stdout.splitlines()[1].split() == ["anna", "shift_leader", "-"]
    assert '"workstations":[]' in run("operator", "list", "--json").stdout


def test_a_new_password_is_printed_once(run: Run, home: Path) -> None:
    """It is the right one; a change of nothing is refused in a sentence."""
    run("operator", "add", "anna")
    result = run("operator", "change", "anna", "--new-password")
    assert result.stdout.startswith("operator anna changed: operator\n")
    password = result.stdout.split("password")[1].split()[0]
    with JournalReader(home / JOURNAL_NAME).reading() as connection:
        anna = accounts.operator(connection, "anna")
    assert anna is not None
    assert passwords.operator_digest(anna.salt, password) == anna.digest
    assert "nothing would change" in run("operator", "change", "anna").stderr


def test_a_removed_operator_is_listed_no_more(run: Run) -> None:
    """Removing again says who is not there."""
    run("operator", "add", "anna")
    assert run("operator", "remove", "anna").stdout == "operator anna removed\n"
    assert run("operator", "list", "--json").stdout == ""
    assert "there is no operator anna" in run("operator", "remove", "anna").stderr
