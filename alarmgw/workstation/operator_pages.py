"""What an operator does at the console: sign on, decide, look things up, mute."""

# mypy: allow-untyped-calls
from __future__ import annotations

import re
from typing import Any

from twisted.web.http import Request
from twisted.web.resource import Resource

from alarmgw.codec.requests import Command, SignOn
from alarmgw.codec.tone import TONES, wav
from alarmgw.workstation.console import Console
from alarmgw.workstation.details import Details
from alarmgw.workstation.door import Answer, Plain, argument
from alarmgw.workstation.json_page import Facts, JsonPage, Reply, failed
from alarmgw.workstation.sheets import SHEETS

#: Questions have a few arguments, each of a few words.
ARGUMENTS = 20
ARGUMENT_LENGTH = 2000

_NAME = re.compile(r"[a-z_]{1,40}\Z")


class OperatorPages:
    """The resources by their first word of the path (`resources`)."""

    def __init__(self, console: Console, details: Details) -> None:
        self._console, self._details = console, details

    def resources(self) -> dict[str, Resource]:
        """All of them."""
        return {
            "sign-on": JsonPage(post=self._sign_on),
            "sign-off": JsonPage(post=self._sign_off),
            "command": JsonPage(post=self._command),
            "mute": JsonPage(post=self._mute),
            "seen": JsonPage(post=self._seen),
            "visible": JsonPage(post=self._visible),
            "drawn": JsonPage(post=self._drawn),
            "incidents": Below(lambda name: JsonPage(get=self._incident(name))),
            "alone": Below(lambda name: JsonPage(get=self._alone(name))),
            "alarms": Below(lambda name: JsonPage(get=self._alarm(name))),
            "ask": Below(lambda name: JsonPage(get=self._ask(name))),
            "tone": Below(lambda name: tone_page(name)),
        }

    async def _sign_on(self, request: Request, given: Facts) -> Reply:
        try:
            wanted = SignOn(name=given.get("name", ""), password=given.get("password", ""))
        except ValueError:
            return 200, failed("wrong")
        return 200, await self._console.seat.sign_on(wanted)

    async def _sign_off(self, request: Request, given: Facts) -> Reply:
        if self._is_outdated(given):
            return 200, failed("not_signed_on")
        return 200, await self._console.seat.sign_off()

    async def _command(self, request: Request, given: Facts) -> Reply:
        facts = {name: given[name] for name in _COMMAND if given.get(name) is not None}
        try:
            command = Command(**{"id": self._console.seat.new_id(), **facts})
        except (TypeError, ValueError):
            return 400, failed("bad_request")
        if self._is_outdated(given):
            return 200, failed("not_signed_on")
        return 200, await self._console.seat.command(command)

    def _is_outdated(self, given: Facts) -> bool:
        """Whether the page has not heard yet that somebody else sits here, or nobody."""
        here, told = self._console.seat.session, given.get("session")
        return told is not None and (here is None or told != here.session)

    async def _mute(self, request: Request, given: Facts) -> Reply:
        seconds = given.get("seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            return 400, failed("bad_request")
        muted = self._console.sounding.mute(seconds)
        return (200, failed("not_allowed")) if muted is None else (200, {"muted_s": muted})

    async def _seen(self, request: Request, given: Facts) -> Reply:
        if self._is_outdated(given):
            return 200, failed("not_signed_on")
        self._console.mirror.losses.seen(str(given.get("loss")))
        return 200, {"ok": True}

    async def _visible(self, request: Request, given: Facts) -> Reply:
        self._console.sounding.presence.visible()
        return 200, {"ok": True}

    async def _drawn(self, request: Request, given: Facts) -> Reply:
        number = argument(request, b"up_to") or ""
        if not re.fullmatch(r"\d{1,18}", number, re.ASCII):
            return 400, failed("bad_request")
        self._console.mirror.drew(int(number))
        return 200, {"ok": True}

    def _incident(self, id_: str) -> Any:
        async def get(request: Request) -> Reply:
            if not self._console.is_manned:
                return 403, failed("not_signed_on")
            found = await self._details.incident(id_)
            if found is None:
                return 404, failed("not_found")
            row = found["row"]
            return 200, {**found, "row": {**row, **self._console.named(row)} if row else None}

        return get

    def _alone(self, id_: str) -> Any:
        async def get(request: Request) -> Reply:
            if not self._console.is_manned:
                return 403, failed("not_signed_on")
            found = await self._details.alone(id_)
            return (404, failed("not_found")) if found is None else (200, found)

        return get

    def _alarm(self, id_: str) -> Any:
        async def get(request: Request) -> Reply:
            if not self._console.is_manned:
                return 403, failed("not_signed_on")
            entry = self._details.entry(id_)
            return (404, failed("not_found")) if entry is None else (200, entry)

        return get

    def _ask(self, file: str) -> Any:
        name, _, kind = file.partition(".")
        table = name if kind == "csv" and name in SHEETS else None

        async def get(request: Request) -> Reply:
            if not self._console.is_manned:
                return 403, failed("not_signed_on")
            if not _NAME.match(name if table else file) or not _few(request):
                return 400, failed("bad_request")
            given = {key.decode("utf-8", "replace"): argument(request, key) for key in request.args}
            if table is not None:
                return 200, await SHEETS[table](self._console.seat.ask, given)
            answer = await self._console.seat.ask(name, given)
            refused = answer.get("error") == "not_signed_on"
            return (403 if refused else 200), answer

        return get


class Below(Answer):
    """``/WORD/NAME``: what ``make`` makes of the name."""

    def __init__(self, make: Any) -> None:
        super().__init__()
        self._make = make

    def getChild(self, path: bytes, request: Request) -> Resource:
        """The resource of that name."""
        child: Resource = self._make(path.decode("utf-8", "replace"))
        return child


class Tone(Answer):
    """A tone as a WAV file, for a page that has to play it itself."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def render_GET(self, request: Request) -> bytes:
        """The file."""
        request.setHeader("Content-Type", "audio/wav")
        return wav(self._name)


def tone_page(file: str) -> Resource:
    """``NAME.wav``."""
    name = file.removesuffix(".wav")
    return Tone(name) if name in TONES and file.endswith(".wav") else Plain(404, "no such tone\n")


_COMMAND = ("id", "incident", "seen", "action", "incidents")


def _few(request: Request) -> bool:
    lengths = [len(value) for values in request.args.values() for value in values]
    return len(lengths) <= ARGUMENTS and all(length <= ARGUMENT_LENGTH for length in lengths)
