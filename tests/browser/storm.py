"""A storm with an intruder in it: false alarms from everywhere, two people, one real alarm.

Both work by keyboard alone and at a human pace, whatever their screens offer them next.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from attrs import define, field, frozen
from selenium.webdriver import Keys

from alarmgw import cli
from tests.benches.figures import Figure
from tests.browser.mails import Sent, Steady, alarm_mail
from tests.browser.timed_room import ControlRoom, Seat, address

#: Sites with false alarms; the intruder is at the next one.
SITES = 60

#: The class of what is real here; all else is class 3.
REAL = 2

#: A real alarm is seen and heard within this time, whatever else comes.
SEEN_SECONDS = 30.0

#: Seconds in which a person looks at an incident before he presses a key.
LOOK_SECONDS = 1.2

#: What a person sees of the incident that is open: its class, and whether it may be closed.
_LOOK = """
    const view = document.getElementById("incident");
    const chip = view.hidden ? null : view.querySelector(".detail-head .class-chip");
    return {
      priority: chip ? Number(chip.textContent) : null,
      whose: !view.querySelector(".head-state.is-accepted") ? "new"
        : view.querySelector('button[data-action="release"]') ? "mine" : "theirs",
      ready: Boolean(view.querySelector('button[data-action="close"]:enabled')),
      top: Number(document.querySelector('.row[aria-posinset="1"]')?.dataset.class ?? 9),
    }"""

#: The photograph of all mails.
PHOTO = (Path(cli.__file__).parent / "gate.jpg").read_bytes()


@define(eq=False)
class Person:
    """Somebody who closes what he is shown, and takes what is real; in a thread of his own."""

    seat: Seat
    #: When the intruder stood on top of his list, and when he had him before his eyes.
    topped: float | None = None
    opened: float | None = None
    handled: int = 0
    _failed: list[BaseException] = field(factory=list)
    _stop: threading.Event = field(factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Person:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def _run(self) -> None:
        try:
            while not self._stop.wait(LOOK_SECONDS) and self._goes_on():
                pass
        except BaseException as error:  # told at the end, in the thread that waits
            self._failed.append(error)

    def _goes_on(self) -> bool:
        """Look, and press the key that this asks for; who has the intruder does nothing else."""
        seen = self.seat.chrome.execute_script(_LOOK)
        if seen["top"] <= REAL:
            self.topped = self.topped or time.time()
        if seen["priority"] is not None and seen["priority"] <= REAL:
            self.opened = self.opened or time.time()
            self.seat.press(
                {"new": Keys.ENTER, "mine": Keys.NULL, "theirs": Keys.HOME}[seen["whose"]]
            )
            return bool(seen["whose"] != "mine")
        if seen["ready"]:
            self.seat.chord(Keys.SHIFT, "1")
            self.handled += 1
        return True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        assert self._thread is not None
        self._thread.join(30)
        if self._failed and kind is None:
            raise self._failed[0]


@frozen(kw_only=True)
class Storm:
    """What became of the one real alarm; times are seconds after its final dot."""

    #: Until the last workstation played its tone, until it stood on top of the last list, and
    #: until somebody had it before his eyes.
    heard: float
    topped: float
    opened: float
    takers: list[str]
    alarms: int
    handled: int

    def figures(self) -> Iterator[Figure]:
        """The promises about it."""
        yield Figure(
            "an intruder in a storm: his tone at every workstation", self.heard, "s", SEEN_SECONDS
        )
        yield Figure("  on top of every list", self.topped, "s", SEEN_SECONDS)
        name = f"  before somebody's eyes ({self.handled} others closed, {self.alarms} alarms)"
        yield Figure(name, self.opened, "s", SEEN_SECONDS)


def weathered(alarms: int, pace: float) -> Storm:
    """So many false alarms, one each ``pace`` seconds, and a person in the middle of them."""
    mails = [Sent(site=n % SITES, content=alarm_mail(n, photo=PHOTO)) for n in range(alarms)]
    intruder = Sent(site=SITES, content=alarm_mail(alarms, "Person detected", PHOTO))
    mails.insert(alarms // 2, intruder)
    with ControlRoom(SITES + 1, ("anna", "bert")) as room:
        people = [Person(seat) for seat in room.seats]
        with people[0], people[1], Steady(room.gateway.port, pace, mails) as sender:
            sender.join()
            dot = next(when for mail, when in sender.dots if mail is intruder)
            while not any(one.opened for one in people) and time.time() < dot + 2 * SEEN_SECONDS:
                time.sleep(0.1)
        return _told(room, people, dot)


def _told(room: ControlRoom, people: list[Person], dot: float) -> Storm:
    entries = room.gateway.journal()
    [alarm] = [one for one in entries if one["type"] == "alarm" and one["source"] == address(SITES)]
    never = float("inf")
    tone = f"class-{REAL}"
    calls = [[when for when, name in seat.played() if name == tone] for seat in room.seats]
    accepted = [one for one in entries if one["type"] == "accepted"]
    return Storm(
        heard=max(min(times, default=never) for times in calls) - dot,
        topped=max(one.topped or never for one in people) - dot,
        opened=min(one.opened or never for one in people) - dot,
        takers=[one["operator"] for one in accepted if one["incident"] == alarm["incident"]],
        alarms=sum(one["type"] == "alarm" for one in entries),
        handled=sum(one.handled for one in people),
    )
