"""`alarmgw.cli.home`: the control socket while the gateway runs, the home's files when not."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from alarmgw.cli.home import control_connection, perform, whole_home
from alarmgw.cli.speech import Failed
from alarmgw.errors import BadConfig, Refused
from alarmgw.store.lock import HomeLock
from tests.cli.scripted import scripted_control


def test_running_gateway_is_asked(home: Path) -> None:
    """With a gateway the command goes through its control socket, as it was typed."""
    with scripted_control(home, b'{"ok":true,"result":{"n":1}}\n') as asked:
        assert perform(home, "source remove", {"address": "a@b"}) == {"n": 1}
    assert asked == [{"command": "source remove", "arguments": {"address": "a@b"}}]


def test_refusal_of_the_gateway_is_its_sentence(home: Path) -> None:
    """What the gateway refuses fails with the gateway's words."""
    answer = b'{"ok":false,"error":"no such source"}\n'
    with scripted_control(home, answer), pytest.raises(Failed, match=r"^no such source$"):
        perform(home, "source remove", {"address": "a@b"})


def test_gateway_that_ends_meanwhile_is_told(home: Path) -> None:
    """Half an answer is no answer."""
    ended = pytest.raises(Failed, match="ended before it answered")
    with scripted_control(home, b'{"ok":tr'), ended:
        perform(home, "source list", {})


def test_without_gateway_the_files_are_changed(home: Path) -> None:
    """Without a gateway the same command works on the store itself."""
    perform(home, "source add", {"address": "a@b"})
    assert [row["address"] for row in perform(home, "source list", {})] == ["a@b"]


def test_without_gateway_refusals_are_the_same(home: Path) -> None:
    """A refusal offline is the exception that the gateway would have answered."""
    with pytest.raises(Refused, match="no source"):
        perform(home, "source remove", {"address": "a@b"})


def test_dead_socket_of_a_killed_gateway_is_no_gateway(home: Path) -> None:
    """The file that a killed gateway left behind does not stop anybody."""
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(home / "run" / "control"))
    assert control_connection(home) is None


def test_starting_gateway_is_not_disturbed(home: Path) -> None:
    """While another process holds the home and answers not yet, nothing is changed."""
    with HomeLock(home), pytest.raises(BadConfig, match="works on this home"):
        perform(home, "source list", {})


def test_long_path_has_a_control_socket_too(home: Path, tmp_path: Path) -> None:
    """A home deeper than a socket's address is long can be reached."""
    deep = tmp_path / ("d" * 120)
    shutil.move(home, deep)
    short = tmp_path / "short"
    short.symlink_to(deep)
    with scripted_control(short, b'{"ok":true,"result":null}\n') as asked:
        assert perform(deep, "source list", {}) is None
    assert len(asked) == 1


def test_any_other_folder_is_no_home(tmp_path: Path) -> None:
    """A wrong --home is told before anything is made in it."""
    with pytest.raises(Failed, match="no home of a gateway"):
        whole_home(tmp_path)
    assert not list(tmp_path.iterdir())
