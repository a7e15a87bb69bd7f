"""`alarmgw.cli.children`: processes that live no longer than their parent."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from alarmgw.cli.children import Child, greeted, taken
from alarmgw.cli.speech import Failed
from tests.cli.scripted import ScriptedSmtp

pytestmark = pytest.mark.sockets


def test_child_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    """A start that fails is not waited for; what the child said last is the reason."""
    child = Child("no-such-service", [], tmp_path / "log")
    with pytest.raises(Failed, match=r"no-such-service ended: .*Unknown command"):
        child.wait_until(lambda: False)


def test_child_ends_when_it_is_told_to(tmp_path: Path) -> None:
    """`stop` ends a running child and waits until it is gone."""
    child = Child("web", ["--listen", "tcp:0:interface=127.0.0.1"], tmp_path / "log")
    child.wait_until(lambda: b"starting on" in (tmp_path / "log").read_bytes())
    assert not child.ended
    child.stop()
    assert child.ended


def test_child_does_not_survive_its_parents_kill(tmp_path: Path) -> None:
    """A parent that is killed takes its children along."""
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(f"""
                import pathlib, time
                from alarmgw.cli.children import Child
                log = pathlib.Path({str(tmp_path / "log")!r})
                child = Child("web", ["--listen", "tcp:0:interface=127.0.0.1"], log)
                child.wait_until(lambda: b"starting on" in log.read_bytes())
                print(child._process.pid, flush=True)
                time.sleep(60)
            """),
        ],
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    child = os.pidfd_open(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    ended, _, _ = select.select([child], [], [], 10)
    os.close(child)
    assert ended


def test_greeting_means_ready() -> None:
    """Only a 220 is a greeting."""
    with ScriptedSmtp().serving() as server:
        assert greeted(server.port)
    with ScriptedSmtp(**{"": "421 not yet"}).serving() as server:
        assert not greeted(server.port)
    assert not greeted(1)


def test_taken_port_is_seen() -> None:
    """A port on which somebody listens is taken, and free afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert taken(port)
    assert not taken(port)
