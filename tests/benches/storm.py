"""Devices that come back at once after a power cut, in a process of their own.

    python -m tests.benches.storm PORT DEVICES auth|plain

Each connects, says EHLO, logs in if it shall, and says QUIT.  The seconds that all of it took
are printed.
"""

from __future__ import annotations

import asyncio
import base64
import resource
import sys
import time

from tests.benches.logins import login_of, password_of


async def _answer(reader: asyncio.StreamReader, code: bytes) -> None:
    """A whole reply with this code."""
    line = await reader.readline()
    while line[3:4] == b"-":
        line = await reader.readline()
    assert line.startswith(code), line


async def _device(port: int, number: int, auth: bool) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await _answer(reader, b"220")
    steps = [(b"EHLO cam", b"250")]
    if auth:
        name, password = (
            base64.b64encode(word.encode()) for word in (login_of(number), password_of(number))
        )
        steps += [(b"AUTH LOGIN", b"334"), (name, b"334"), (password, b"235")]
    for said, code in (*steps, (b"QUIT", b"221")):
        writer.write(said + b"\r\n")
        await _answer(reader, code)
    writer.close()
    await writer.wait_closed()


async def _all(port: int, devices: int, auth: bool) -> None:
    await asyncio.gather(*(_device(port, number, auth) for number in range(devices)))


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    begun = time.perf_counter()
    asyncio.run(_all(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "auth"))
    sys.stdout.write(f"{time.perf_counter() - begun}\n")
