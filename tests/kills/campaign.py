"""Which kills are made: under load, and now and then one more in the start that follows.

A workstation stays connected over the kills of the gateway; another one is
itself killed at moments of its own, and starts with the last number it showed.
Two operators accept and close meanwhile, and ask again until they are answered.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from attrs import define, field

from tests.kills.home import Inspection, Promises
from tests.kills.operator import Operator
from tests.kills.operator import faults as decision_faults
from tests.kills.workstation import Workstation, twice_and_missed
from tests.live import LiveGateway, run
from tests.powercut.senders import SOURCES, Camera
from tests.seat import seats

CAMERAS = 4
#: After so many kills a new home is begun, so that looking at all of it stays quick.
KILLS_A_HOME = 50
#: So often another kill hits the start that follows one.
SECOND_KILL = 0.25
#: So often a kill waits until an operator has a link and decides.
AT_WORK = 0.4


@define
class Tally:
    """What a campaign has done and found."""

    kills: int = 0
    workstation_kills: int = 0
    mails: int = 0
    shown: int = 0
    again: int = 0
    decisions: int = 0
    twice: int = 0
    missed: int = 0
    faults: list[str] = field(factory=list)

    @property
    def words(self) -> str:
        """All of it in one line."""
        return (
            f"{self.kills} kills of gateways and {self.workstation_kills} of workstations, "
            f"{self.mails} mails promised, {self.shown} alarms and "
            f"{self.again} resends shown, {self.twice} twice, {self.decisions} decisions, "
            f"{self.missed} missed, {len(self.faults)} faults"
        )


class Campaign:
    """Makes kills, and looks at the home after each."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.tally = Tally()

    def run(self, kills: int, progress: Callable[[Tally], None] = lambda tally: None) -> Tally:
        """Make so many ``kills`` of gateways."""
        while self.tally.kills < kills:
            with LiveGateway() as gateway:
                add_sources(gateway, SOURCES)
                _House(gateway, self._chance, self.tally).live(kills, progress)
        return self.tally


class _House:
    """One home, its cameras and its workstations, for some kills."""

    def __init__(self, gateway: LiveGateway, chance: random.Random, tally: Tally) -> None:
        self._gateway, self._chance, self._tally = gateway, chance, tally
        self._inspection = Inspection(gateway)
        self._promised: Promises = {}

    def live(self, kills: int, progress: Callable[[Tally], None]) -> None:
        """Kill until a new home is due or something is wrong, then look at everything."""
        tally, bundle = self._tally, self._gateway.bundle
        last, mails = min(kills, tally.kills + KILLS_A_HOME), tally.mails
        before, found = tally.workstation_kills, list[str]()
        restless = Workstation(bundle, random.Random(self._chance.getrandbits(32)))
        with closing(Workstation(bundle)) as steady, closing(restless), self._staff() as staff:
            while tally.kills < last and not found:
                if self._chance.random() < AT_WORK:
                    self._chance.choice(staff).wait()
                self._kill(last)
                found = self._look(steady, restless)
                tally.mails = mails + len(self._promised)
                tally.workstation_kills = before + restless.kills
                progress(tally)
            found += self._decided(staff)
            found = found or self._inspection.faults(self._promised)
            for one in (steady, restless):
                found += [new for new in self._compare(one) if new not in found]
            tally.faults += found

    @contextmanager
    def _staff(self) -> Iterator[list[Operator]]:
        """Two people who accept and close all the while."""
        with seats(self._gateway, "anna", "bert") as both:
            chances = [random.Random(self._chance.getrandbits(32)) for _ in both]
            home = self._gateway.home
            yield [Operator(seat, home, own) for seat, own in zip(both, chances, strict=True)]

    def _decided(self, staff: list[Operator]) -> list[str]:
        """What is wrong with what they were answered; they go home first."""
        for one in staff:
            one.close()
            self._tally.decisions += len(one.answers)
        return decision_faults(staff, self._inspection.read(), self._gateway.home)

    def _look(self, *workstations: Workstation) -> list[str]:
        """What is wrong at this moment.  What was shown before the journal is read stands in it."""
        shown = [list(one.shown) for one in workstations]
        found = self._inspection.faults(self._promised, everything=False)
        for one, entries in zip(workstations, shown, strict=True):
            found += one.faults(entries, self._inspection.journal)
        return found

    def _kill(self, last: int) -> None:
        """Load, a kill at a random moment, and a start, which may be killed as well."""
        stop, chance = threading.Event(), self._chance
        cameras = [
            Camera(self._gateway.port, chance.getrandbits(32), self._promised, stop)
            for _ in range(CAMERAS)
        ]
        time.sleep(chance.uniform(0.05, 0.6))
        self._gateway.kill()
        stop.set()
        for camera in cameras:
            camera.join(30)
        self._tally.kills += 1
        while self._tally.kills < last and chance.random() < SECOND_KILL:
            self._gateway.start(wait=False)
            time.sleep(chance.uniform(0.1, 0.8))
            self._gateway.kill()
            self._tally.kills += 1
        self._gateway.start()

    def _compare(self, workstation: Workstation) -> list[str]:
        """What is wrong with what a workstation has shown, once it had time to catch up."""
        workstation.wait(self._inspection.journal)
        shown = list(workstation.shown)
        journal = self._inspection.read()
        twice, missed = twice_and_missed(shown, journal)
        self._tally.twice += twice
        self._tally.missed += missed
        self._tally.shown += sum(entry["type"] == "alarm" for entry in shown)
        self._tally.again += sum(entry["type"] == "resend" for entry in shown)
        return workstation.faults(shown, journal)


def add_sources(gateway: LiveGateway, addresses: tuple[str, ...]) -> None:
    """Make sources of these addresses in a running gateway."""
    for address in addresses:
        run("source", "add", address, "--home", gateway.home)
