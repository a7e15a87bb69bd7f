"""SMTP AUTH (RFC 4954): the exchange of LOGIN and PLAIN, with and without initial response."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable

from alarmgw.codec.smtp import Line
from alarmgw.ingest.smtp_link import Link
from alarmgw.ingest.smtp_replies import Reply, reply

LogIn = Callable[[bytes, bytes], Awaitable[Reply]]
"""Name and password to the answer."""

_GoOn = Callable[[bytes], Awaitable[Reply]]


class Exchange:
    """One AUTH command: asks for what is missing, then logs in."""

    def __init__(self, link: Link, log_in: LogIn) -> None:
        self._link = link
        self._log_in = log_in

    async def begin(self, argument: bytes) -> Reply:
        """The first answer to ``AUTH argument``; the others follow from it."""
        mechanism, _, initial = argument.partition(b" ")
        if mechanism.upper() == b"LOGIN":
            return await self._first(initial.strip(), "ask_name", self._name)
        if mechanism.upper() == b"PLAIN":
            return await self._first(initial.strip(), "ask_credentials", self._credentials)
        return reply("unknown_mechanism" if mechanism else "bad_value")

    async def _first(self, initial: bytes, question: str, go_on: _GoOn) -> Reply:
        return await _decoded(initial, go_on) if initial else self._ask(question, go_on)

    async def _name(self, name: bytes) -> Reply:
        return self._ask("ask_password", lambda password: self._log_in(name, password))

    async def _credentials(self, response: bytes) -> Reply:
        """PLAIN (RFC 4616): authorization identity, name and password, parted by NUL."""
        parts = response.split(b"\0")
        if len(parts) != 3:
            return reply("bad_credentials")
        return await self._log_in(parts[1], parts[2])

    def _ask(self, question: str, go_on: _GoOn) -> Reply:
        async def then() -> Reply:
            self._link.begin_line()
            event = await self._link.next_event()
            return await _decoded(event.text, go_on) if isinstance(event, Line) else _TOO_LONG

        return reply(question, then=then)


_TOO_LONG = reply("line_too_long")


async def _decoded(text: bytes, go_on: _GoOn) -> Reply:
    """Go on with an answer's meaning; ``*`` cancels, ``=`` is an empty one."""
    text = text.strip()
    if text == b"*":
        return reply("cancelled")
    bare = text.rstrip(b"=")
    try:
        answer = base64.b64decode(bare + b"=" * (-len(bare) % 4), validate=True)
    except binascii.Error:
        return reply("bad_credentials")
    return await go_on(answer)
