"""`alarmgw operator add`."""

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
