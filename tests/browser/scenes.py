"""Moments of a control room's night, each made with a real gateway: quiet, one incident, a storm.

Whoever looks at the console there (`tour`) sees what operators see: sites with names, people
to call, pictures, what colleagues hold, and what nobody has taken.
"""

from __future__ import annotations

import base64
import json
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from attrs import frozen
from selenium.webdriver import Chrome

from tests.browser.control_room import Workplace, people
from tests.live import LiveGateway, run
from tests.seat import Seat, seats

HOME, END, ENTER, ESCAPE = "\ue011", "\ue010", "\ue007", "\ue00c"

#: Whom the incident is about: called before, with an action text and people to call.
FIRST = "4711"
_DRAWING = Path(__file__).with_name("yard.js").read_text(encoding="utf-8")
_NAMES = ("Autohaus Brenner", "Baustelle Hafenstraße", "Umspannwerk Nord", "Kieswerk Ritter",
          "Schrottplatz Yilmaz", "Gärtnerei Sommer", "Spedition Krause", "Schwimmbad Waldsee",
          "Solarpark Lindenfeld", "Recyclinghof West", "Möbelhaus Kranz",
          "Grundschule am Park")  # fmt: skip
_TOWNS = ("Ulm", "Memmingen", "Ehingen", "Biberach", "Laupheim", "Günzburg")
_STORM = ("Motion Detected", "Motion Detected", "Line Crossing Detection", "Motion Detected",
          "Human Detected", "Motion Detected", "Vehicle Detection", "Motion Detected")  # fmt: skip


@frozen(kw_only=True)
class Shot:
    """What a camera saw: its name, who walks where, and which yard it is."""

    camera: str
    person: float = -1.0
    kind: int = 0


class Scene:
    """The gateway, the console in front of the browser, and a colleague at another one."""

    def __init__(self, gateway: LiveGateway, place: Workplace, colleague: Seat) -> None:
        self.gateway, self.place, self.colleague = gateway, place, colleague
        self._drawn: dict[tuple[str, float, int], bytes] = {}

    def photo(self, shot: Shot) -> bytes:
        """A JPEG of it."""
        key = (shot.camera, shot.person, shot.kind)
        if key not in self._drawn:
            now = f"{datetime.now():%d.%m.%Y %H:%M:%S}"
            words = (shot.camera, now, shot.person, shot.kind)
            drawn = self.place.chrome.execute_script(_DRAWING, *words)
            self._drawn[key] = base64.b64decode(drawn)
        return self._drawn[key]

    def alarm(self, source: str, event: str, *shots: Shot, slow: float = 0) -> None:
        """A recorder's mail to that source; its clock is ``slow`` by so many seconds."""
        message = EmailMessage()
        message["From"], message["To"] = "dvr@site.example", "arc@gw.example"
        message["Message-ID"] = f"<{time.time_ns()}@site.example>"
        camera = shots[0].camera if shots else "Tor"
        message["Subject"] = f"Embedded Net DVR: {event} On Channel A2"
        moment = datetime.now() - timedelta(seconds=slow)
        message.set_content(
            f"EVENT TYPE:    {event}\nEVENT TIME:    {moment:%Y-%m-%d,%H:%M:%S}\n"
            f"DVR NAME:      Embedded Net DVR\nDVR S/N:       {time.time_ns()}\n"
            f"CAMERA NAME(NUM):   {camera}(A2)\n"
        )
        for number, shot in enumerate(shots, 1):
            photo = self.photo(shot)
            name = f"CH02_{moment:%Y%m%d%H%M%S}_{number}.jpg"
            message.add_attachment(photo, maintype="image", subtype="jpeg", filename=name)
        content = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
        self.gateway.send(content, rcpt=f"{source}@ebues.internal")

    def rows(self) -> dict[str, dict[str, Any]]:
        """The newest alarm's entry of each site."""
        return {entry["site"]: entry for entry in self.gateway.alarms()}

    def told(self, action: dict[str, Any], entry: dict[str, Any] | None, seen: int = 0) -> None:
        """The operator at the console does this, without a key."""
        facts = {"incident": entry and entry["incident"], "seen": seen, "action": action}
        script = """const answer = await fetch("/command", {method: "POST", body: arguments[0],
            headers: {"Content-Type": "application/json"}}); return answer.json()"""
        answer = self.place.chrome.execute_script(script, json.dumps(facts))
        assert answer["ok"], answer

    def quiet(self) -> None:
        """A test, and an alarm that has been closed before."""
        self.alarm("tor-sued", "Motion Detected", Shot(camera="Tor Süd", kind=1))
        self.alarm("gr-1000", "Motion Detected", Shot(camera="Zufahrt", kind=2))
        [first, second] = self._open(2)
        self.told({"do": "accept"}, first)
        closing = {
            "do": "close",
            "outcome": "deceptive",
            "cause": "animal",
            "note": "Fuchs am Zaun",
        }
        self.told(closing, first, first["seq"])
        self.told({"do": "accept"}, second)
        self.told({"do": "close", "outcome": "technical"}, second, second["seq"])
        self.alarm("tor-sued", "Test Mail", Shot(camera="Tor Süd", kind=1))
        self.told(
            {"do": "note", "text": "Kiosk am Bahnhof: Schlüssel liegt beim Wachdienst."}, None
        )
        self.place.until(lambda: not self.place.titles())
        self.place.until(lambda: not self.place.at("toast").is_displayed())

    def one(self) -> None:
        """Somebody walks over the yard of `FIRST`; a fault and an unknown sender stand aside."""
        self.place.at("tab-incidents").click()
        for step in range(4):
            yards = [Shot(camera="Tor Süd", person=0.12 * (step + n), kind=1) for n in range(2)]
            self.alarm("tor-sued", "Human Detected", *yards, slow=190)
            self.alarm("halle", "Motion Detected", Shot(camera="Halle Nord", person=0.2 * step))
        self.alarm("tor-nord", "HDD Error")
        self.alarm("fremd", "Motion Detected", Shot(camera="CAM 01", kind=3))
        self.place.until(lambda: self.place.column(".row-count") == ["\u00d78"])
        self.place.press(HOME, ENTER)
        self.place.says("#incident .head-state", "von mir angenommen")
        self.place.can_close()

    def storm(self) -> None:
        """Wind at sixty sites; the colleague holds some, others are parked, one is a real one."""
        for number in range(60):
            shot = Shot(camera=("Zufahrt", "Lager", "Hof")[number % 3], kind=number % 5)
            for _ in range(1 + (number % 7 == 0) * 3):
                self.alarm(f"gr-{1000 + number}", _STORM[number % len(_STORM)], shot)
        rows = self.rows()
        self.alarm("tresor", "Panic Alarm")
        for site in ("1003", "1010", "1017"):
            self.colleague.command("accept", rows[site]["incident"])
        for site in ("1005", "1012"):
            self.told({"do": "accept"}, rows[site])
        self.told({"do": "park", "minutes": 15, "note": "Wachdienst ist unterwegs"}, rows["1012"])
        reason = {"minutes": 30, "reason": "Plane schlägt im Wind"}
        self.told({"do": "suppress", "source": "gr-1020@ebues.internal", **reason}, None)

    def offer(self) -> None:
        """A closing that covers less than has come: the rest is offered to the operator."""
        self.alarm("gr-1030", "Motion Detected", Shot(camera="Zufahrt"))
        older = self.rows()["1030"]
        self.told({"do": "accept"}, older)
        self.alarm("gr-1030", "Motion Detected", Shot(camera="Zufahrt"))
        self.told({"do": "close", "outcome": "deceptive", "cause": "weather"}, older, older["seq"])

    def unattended(self) -> None:
        """Nobody has touched for long what he holds, neither here nor elsewhere."""
        assert self.gateway.process is not None
        self.gateway.process.send_signal(signal.SIGUSR1)
        self.place.press(END)
        self.place.says(".badge-unattended", "ohne Bearbeitung")

    def _open(self, count: int) -> list[dict[str, Any]]:
        self.place.until(lambda: len(self.place.titles()) == count)
        return self.gateway.alarms()[-count:]


class _Hurried(LiveGateway):
    """A gateway whose patience with holders can be ended."""

    @property
    def command(self) -> Sequence[str | Path]:
        """What is run."""
        return (sys.executable, Path(__file__).with_name("hurried.py"), "--home", self.home)


def _records(gateway: LiveGateway) -> None:
    sites = ["number;name;address;contacts;action_text;notes",
        f"{FIRST};Bauhof Stadt Ulm;Wörthstraße 12, 89077 Ulm;Frau Maier, +49 731 161-4711 |"
        " Herr Özdemir, +49 171 5550123 | Wachdienst Adler, +49 731 99880;"
        "1. Durchsage über Lautsprecher Tor Süd. 2. Frau Maier anrufen."
        " 3. Bei Personen auf dem Gelände: Polizei 110.;"
        "Montags bis 22 Uhr Reinigung in Halle Nord."]  # fmt: skip
    sources = ["address;name;site;pre_alarm_pictures", f"tor-sued@ebues.internal;Tor Süd;{FIRST};1",
        f"halle@ebues.internal;Halle Nord;{FIRST};", f"tor-nord@ebues.internal;Tor Nord;{FIRST};",
        "tresor@ebues.internal;Überfalltaster Kasse;1099;"]  # fmt: skip
    for number in range(60):
        name, town = _NAMES[number % len(_NAMES)], _TOWNS[number % len(_TOWNS)]
        sites.append(f"{1000 + number};{name} {town};Industriestraße {number + 1}, {town};;;")
        sources.append(f"gr-{1000 + number}@ebues.internal;{name}, Zufahrt;{1000 + number};")
    sites.append("1099;Juwelier Stern;Hirschstraße 3, 89073 Ulm;;Sofort Polizei 110.;")
    for what, lines in (("site", sites), ("source", sources)):
        file = gateway.folder / f"{what}.csv"
        file.write_text("\n".join([*lines, ""]), encoding="utf-8")
        run(what, "import", file, "--home", gateway.home)


@contextmanager
def scene(chrome: Chrome, folder: Path | None = None) -> Iterator[Scene]:
    """A control room at night with nobody signed on here, and a colleague elsewhere."""
    with ExitStack() as stack:
        gateway = stack.enter_context(_Hurried(folder))
        _records(gateway)
        people(gateway, "anna")
        [colleague] = stack.enter_context(seats(gateway, "bert"))
        place = Workplace(gateway, chrome)
        stack.callback(place.close)
        yield Scene(gateway, place, colleague)
