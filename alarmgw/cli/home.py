"""Reaching a gateway's home: through its control socket while it runs, else in its files.

A changing command is the same function either way (`administration.prepared`):
the running gateway calls it in its journal's writer; without a gateway the
command takes the home's lock and calls it itself.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from alarmgw import administration
from alarmgw.cli.speech import Failed
from alarmgw.commands import Context
from alarmgw.config import CONFIG_NAME, read_name
from alarmgw.fitting import encode
from alarmgw.model import utc_now
from alarmgw.store.database import schema_steps
from alarmgw.store.journal import Journal, JournalReader
from alarmgw.store.lock import HomeLock

JOURNAL_NAME = "journal.sqlite3"

#: Importing thousands of sources takes the gateway a while.
ANSWER_SECONDS = 60.0


def whole_home(home: Path) -> Path:
    """``home``, made absolute, if it is one.  Raises `Failed`."""
    home = home.absolute()
    if not (home / CONFIG_NAME).exists() and not (home / JOURNAL_NAME).exists():
        raise Failed(f"{home} is no home of a gateway; give --home HOME or set ALARMGW_HOME")
    return home


def open_reader(home: Path) -> JournalReader:
    """The journal, read-only, beside a running gateway or without one.  Raises `Failed`."""
    path = whole_home(home) / JOURNAL_NAME
    if not path.exists():
        raise Failed(f"{path} does not exist; a gateway that starts makes it")
    reader = JournalReader(path)
    version, newest = int(reader.meta("schema")), max(schema_steps())
    if version < newest:
        raise Failed(
            f"{path} is of an older alarmgw (schema {version}, this one reads {newest});"
            " a gateway that starts brings it up to date"
        )
    return reader


def perform(home: Path, command: str, arguments: dict[str, Any]) -> Any:
    """Carries out a changing command, whether the gateway runs or not.

    Raises `Refusal`, `BadConfig` or `Failed`.
    """
    home = whole_home(home)
    connection = control_connection(home)
    if connection is not None:
        return ask(connection, command, arguments)
    with HomeLock(home):
        return perform_offline(home, command, arguments)


def perform_offline(home: Path, command: str, arguments: dict[str, Any]) -> Any:
    """Carries out a command in the home's own files; the caller holds the lock."""
    job = administration.prepared(command, arguments, context_of(home))
    with offline_journal(home) as journal:
        return journal.submit(job).result()


def context_of(home: Path) -> Context:
    """Where commands are carried out: this home's gateway, and now."""
    return Context(node=read_name(home), now=utc_now, randomness=os.urandom)


@contextmanager
def offline_journal(home: Path) -> Iterator[Journal]:
    """The journal of a home, made or brought up to date; the caller holds the lock."""
    context = context_of(home)
    path = home / JOURNAL_NAME
    opened = Journal(path, node=context.node, now=context.now, randomness=context.randomness)
    with closing(opened) as journal:
        # Nobody listens here; a failure reaches us by the future.
        journal.start(lambda entries: None, lambda failure: None)
        yield journal


def control_connection(home: Path) -> socket.socket | None:
    """A connection to the running gateway, or None when none runs."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(ANSWER_SECONDS)
    try:
        # The kernel takes 107 bytes of path; a folder's descriptor is shorter than any home.
        folder = os.open(home / "run", os.O_RDONLY | os.O_DIRECTORY)
        try:
            connection.connect(f"/proc/self/fd/{folder}/control")
        finally:
            os.close(folder)
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    except OSError as error:
        connection.close()
        raise Failed(f"{home}/run/control cannot be reached: {error.strerror}") from error
    return connection


def ask(
    connection: socket.socket,
    command: str,
    arguments: dict[str, Any],
    tell: Callable[[int, int], None] | None = None,
) -> Any:
    """One question to the running gateway.  Raises `Failed` with its sentence.

    ``tell`` hears meanwhile how much of the work is done, and of how much.
    """
    request: dict[str, object] = {"command": command, "arguments": arguments}
    if tell is not None:
        request["progress"] = True
    with connection, connection.makefile("rb") as answers:
        try:
            connection.sendall(encode(request) + b"\n")
            answer = _answer(answers)
            while tell is not None and "progress" in answer:
                tell(answer["progress"]["done"], answer["progress"]["total"])
                answer = _answer(answers)
        except OSError as error:
            raise Failed(f"the gateway does not answer: {error}") from error
    if not answer["ok"]:
        raise Failed(answer["error"])
    return answer["result"]


def _answer(answers: IO[bytes]) -> dict[str, Any]:
    line = answers.readline()
    if not line.endswith(b"\n"):
        raise Failed("the gateway ended before it answered; see its log")
    answer: dict[str, Any] = json.loads(line)
    return answer
