"""`alarmgw send`: options, answers and exit codes."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.scripted import ScriptedSmtp

pytestmark = pytest.mark.sockets


def to(server: ScriptedSmtp) -> list[str]:
    """The options that every call has."""
    return ["--to", f"127.0.0.1:{server.port}", "--from", "bq3@e.de"]


def test_each_mail_is_one_json_line(run: Run) -> None:
    """--count sends so many mails and prints code, text, id and ms of each."""
    with ScriptedSmtp().serving() as server:
        result = run("send", *to(server), "--count", 3, "--json")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0 and len(lines) == 3
    assert set(lines[0]) == {"code", "text", "id", "ms"} and lines[0]["code"] == 250


def test_sender_is_the_default_recipient(run: Run) -> None:
    """A source sends to its own address unless --rcpt says otherwise."""
    with ScriptedSmtp().serving() as server:
        run("send", *to(server))
        run("send", *to(server), "--rcpt", "a@b", "--rcpt", "c@d")
    recipients = [line for line in server.heard if line.lower().startswith("rcpt")]
    assert [line.partition(":")[2] for line in recipients] == ["<bq3@e.de>", "<a@b>", "<c@d>"]


def test_refused_mail_exits_1_and_still_prints_json(run: Run) -> None:
    """A 451 is one line on stderr, and its JSON line has code and text."""
    with ScriptedSmtp(**{".": "451 4.3.0 later"}).serving() as server:
        result = run("send", *to(server), "--json")
    assert result.exit_code == 1 and result.stderr == "451 4.3.0 later\n"
    assert json.loads(result.stdout)["code"] == 451


def test_many_refusals_are_one_line(run: Run) -> None:
    """Several refused mails are counted, and the last reason is told."""
    with ScriptedSmtp(MAIL="452 full").serving() as server:
        result = run("send", *to(server), "--count", 2)
    assert result.stderr == "2 mails were not taken; the last: 452 full\n"


def test_login_and_password_are_used(run: Run, tmp_path: Path) -> None:
    """--login with its file logs in before the mail."""
    (tmp_path / "p").write_text("geheim\n")
    with ScriptedSmtp().serving() as server:
        run("send", *to(server), "--login", "nvr", "--password-file", tmp_path / "p")
    [line] = [line for line in server.heard if line.startswith("AUTH PLAIN ")]
    assert base64.b64decode(line.split()[2]) == b"\0nvr\0geheim"


@pytest.mark.parametrize(
    "words", [["--starttls", "--tls"], ["--login", "nvr"], ["--picture", "/no/such.jpg"]]
)
def test_contradictions_are_wrong_use(run: Run, words: list[str]) -> None:
    """What cannot be meant is a usage error, and nothing is sent."""
    with ScriptedSmtp().serving() as server:
        assert run("send", *to(server), *words).exit_code == 2
    assert server.heard == []
