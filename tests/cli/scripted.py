"""Servers that say what the test wrote down, and remember what they heard."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

GOOD = {
    "": "220 gw1 ready",
    "EHLO": "250-gw1\r\n250-AUTH LOGIN PLAIN\r\n250 SIZE 1000",
    "AUTH": "235 welcome",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 2.0.0 stored as gw1-20261121-204502-00000000aa",
    "QUIT": "221 bye",
}


def lines(stream: Any) -> Iterator[bytes]:
    """The peer's lines; a peer may leave without a word."""
    with suppress(ConnectionResetError):
        yield from stream


class ScriptedSmtp:
    """An SMTP server with a fixed answer for each verb ("" greets, "." ends data)."""

    def __init__(self, **changes: str) -> None:
        self.replies = {**GOOD, **changes}
        self.heard: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    @contextmanager
    def serving(self) -> Iterator[ScriptedSmtp]:
        """Serves one connection after the other while the block runs."""
        threading.Thread(target=self._serve, daemon=True).start()
        try:
            yield self
        finally:
            self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb", buffering=0) as stream:
                self._talk(stream)

    def _talk(self, stream: Any) -> None:
        stream.write(f"{self.replies['']}\r\n".encode())
        in_data = False
        for raw in lines(stream):
            line = raw.decode().rstrip("\r\n")
            self.heard.append(line)
            verb = line.split(" ")[0].upper()
            if in_data and line != ".":
                continue
            reply = self.replies.get(verb, "502 what?")
            in_data = reply.startswith("354")
            stream.write(f"{reply}\r\n".encode())
            if verb == "QUIT":
                return


@contextmanager
def scripted_control(home: Path, answer: bytes) -> Iterator[list[dict[str, Any]]]:
    """A control socket that gives one answer to one question; yields what it was asked."""
    asked: list[dict[str, Any]] = []
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(home / "run" / "control"))
    listening.listen()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rwb") as stream:
            asked.append(json.loads(stream.readline()))
            stream.write(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield asked
        thread.join(5)
    finally:
        listening.close()
