"""Reaching a gateway's home: through its control socket while it runs, else in its files.

A changing command is the same function either way (`administration.prepared`):
the running gateway calls it in its journal's writer; without a gateway the
command takes the home's lock and calls it itself.
"""

from __future__ import annotations

import json
import os
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

from alarmgw import administration
from alarmgw.cli.speech import Failed
from alarmgw.commands import Context
from alarmgw.config import CONFIG_NAME, read_name
from alarmgw.entries import encode
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
    node = read_name(home)
    context = Context(node=node, now=utc_now, randomness=os.urandom)
    job = administration.prepared(command, arguments, context)
    path = home / JOURNAL_NAME
    with closing(Journal(path, node=node, now=utc_now, randomness=os.urandom)) as journal:
        # Nobody listens here; a failure reaches us by the future.
        journal.start(lambda entries: None, lambda failure: None)
        return journal.submit(job).result()


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


def ask(connection: socket.socket, command: str, arguments: dict[str, Any]) -> Any:
    """One question to the running gateway.  Raises `Failed` with its sentence."""
    with connection, connection.makefile("rb") as answers:
        try:
            connection.sendall(encode({"command": command, "arguments": arguments}) + b"\n")
            line = answers.readline()
        except OSError as error:
            raise Failed(f"the gateway does not answer: {error}") from error
    if not line.endswith(b"\n"):
        raise Failed("the gateway ended before it answered; see its log")
    answer = json.loads(line)
    if not answer["ok"]:
        raise Failed(answer["error"])
    return answer["result"]
