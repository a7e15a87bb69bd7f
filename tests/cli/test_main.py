"""`alarmgw.cli.main`: exit codes, and one line on stderr for each failure."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from alarmgw.cli.main import main
from tests.cli.conftest import Run

CONTRACT = {
    "init": {"--base-port"},
    "check": {"--home"},
    "source add": {"--name", "--site", "--login", "--password-file", "--home"},
    "source list": {"--home"},
    "source show": {"--home"},
    "source remove": {"--home"},
    "operator add": {"--password-file", "--home"},
    "workstation add": {"--to", "--gateway", "--console-port", "--home"},
    "workstation revoke": {"--home"},
    "send": {"--to", "--from", "--rcpt", "--picture", "--login", "--password-file", "--starttls",
             "--tls", "--every", "--count", "--json"},
    "watch": {"--bundle", "--since", "--json"},
    "journal": {"--since", "--limit", "--json", "--home"},
    "show": {"--json", "--home"},
    "picture": {"--bundle", "--to"},
    "status": {"--json", "--home"},
}  # fmt: skip


@pytest.mark.parametrize("words", CONTRACT)
def test_command_of_the_contract_has_its_options(words: str) -> None:
    """Every command and option of the contract exists, and has a help text."""
    command: click.Command = main
    for word in words.split():
        assert isinstance(command, click.Group)
        command = command.commands[word]
    options = {name for parameter in command.params for name in parameter.opts}
    assert options >= CONTRACT[words]
    assert command.help


@pytest.mark.parametrize("words", [["send"], ["source", "add"], ["journal", "--limit", "0"], ["x"]])
def test_wrong_use_exits_2(run: Run, words: list[str]) -> None:
    """Missing and impossible options are usage errors."""
    assert run(*words).exit_code == 2


@pytest.mark.parametrize(
    "words",
    [["show", "x"], ["source", "show", "a@b"], ["workstation", "revoke", "x"], ["init", "/"]],
)
def test_failure_exits_1_with_one_line(run: Run, words: list[str]) -> None:
    """A failure says why in one line on stderr and nothing on stdout."""
    result = run(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1


def test_unreadable_configuration_is_one_line(run: Run, home: Path) -> None:
    """Many complaints become the first one and a hint, except for `check`."""
    (home / "alarmgw.toml").write_text("[gateway]\nname = 5\nnick = 6\n[listener]\n")
    result = run("source", "add", "a@b")
    assert result.exit_code == 1
    assert "gateway.name" in result.stderr and result.stderr.count("\n") == 1


def test_operating_system_errors_name_the_file(run: Run, home: Path) -> None:
    """A folder where a file should be is a failure with its path, not a traceback."""
    (home / "tls" / "ca.key").unlink()
    result = run("workstation", "add", "w", "--to", home / "w")
    assert result.exit_code == 1 and "ca.key cannot be read" in result.stderr


def test_home_defaults_to_the_current_folder(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --home and $ALARMGW_HOME the current folder is meant."""
    monkeypatch.chdir(home)
    assert main(["journal", "--home", "."], standalone_mode=False) is None
    assert main(["journal"], standalone_mode=False) is None
