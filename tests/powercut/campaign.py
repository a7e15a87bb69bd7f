"""Which cuts are made: every moment of a short life in order, then random ones under load.

A short life has four stages: a start that finds what the last cut has left,
two mails and their settling, a stop, and what follows.  The moments of each
are counted in a life that nothing disturbs; then the power is cut after the
first, the second … of them.
"""

from __future__ import annotations

import random
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator

from attrs import define, field, frozen

from tests.live import picture_mail
from tests.powercut.house import House, NoGreeting

#: After so many cuts a new home is begun, so that looking at all of it stays quick.
CUTS_A_HOME = 15

#: Settling comes every 3 s; a life that is not cut is over after this.
SETTLED_SECONDS = 3.6

#: The stages of a short life.
START, MAILS, STOP, LOAD = "start", "mails", "stop", "load"


@frozen
class Cut:
    """One cut to make: in which stage, and after how many moments of it (0: any, under load)."""

    stage: str
    moment: int

    @property
    def cost(self) -> int:
        """How many cuts it takes: a start finds something to do only after another one."""
        return 2 if self.stage == START else 1


@define
class Tally:
    """What a campaign has done and found."""

    cuts: int = 0
    moments: int = 0
    mails: int = 0
    entries: int = 0
    mended: Counter[str] = field(factory=Counter)
    faults: list[str] = field(factory=list)


class Campaign:
    """Makes cuts, and looks at the home after each."""

    def __init__(self, seed: int, lying: str = "") -> None:
        self._seed = seed
        self._chance = random.Random(seed)
        self._lying = lying
        self.tally = Tally()

    def run(self, cuts: int, progress: Callable[[Tally], None] = lambda tally: None) -> Tally:
        """Make about so many ``cuts``: of the counted moments as many as fit into two thirds.

        On a disk that lies there is nothing to count, and the first fault is enough.
        """
        every = [] if self._lying else self._count_moments()
        self.tally.moments = len(every)
        chosen = self._sample(every, cuts * 2 // 3)
        waiting = iter([*chosen, *[Cut(LOAD, 0)] * cuts])
        while self.tally.cuts < cuts and not (self._lying and self.tally.faults):
            self._in_one_home(waiting, cuts, progress)
        return self.tally

    def _in_one_home(
        self, waiting: Iterator[Cut], cuts: int, progress: Callable[[Tally], None]
    ) -> None:
        """Some cuts in one home, then a new one; what is broken once is told once."""
        mails, last = self.tally.mails, min(cuts, self.tally.cuts + CUTS_A_HOME)
        with House(self._chance, self._lying) as house:
            house.start()
            while self.tally.cuts < last and (cut := next(waiting, None)):
                found = self._make(house, cut)
                self.tally.mails = mails + len(house.promised)
                self.tally.faults += found
                progress(self.tally)
                if found:
                    break
            self.tally.entries += len(house.workstation.told)
            self.tally.mended += house.mended()

    def _make(self, house: House, cut: Cut) -> list[str]:
        """Live until the cut, lose the power, start again, and say what is wrong then."""
        history: list[str] = []
        try:
            history.append(self._live(house, cut))
            while not house.start():
                history.append(self._lost(house))
            found = house.faults()
        except NoGreeting as error:
            found = [f"no greeting: {error}"]
        return [f"{fault} [seed {self._seed}, cut {'; '.join(history)}]" for fault in found]

    def _live(self, house: House, cut: Cut) -> str:
        """One stage of a life, up to its cut; says when that was."""
        if cut.stage == LOAD:
            return self._under_load(house)
        if cut.stage == START:
            house.deliver(self._messages())
            self._lost(house)
            house.disk.arm(cut.moment)
            house.start()
        else:
            house.disk.arm(cut.moment)
            self._stage(house, cut.stage)
        return self._lost(house)

    def _under_load(self, house: House) -> str:
        """A cut at some time or after some moment; now and then another in the start after it."""
        house.disk.arm(self._chance.choice((None, self._chance.randint(1, 400))))
        house.load(self._chance.uniform(0.05, 1.5))
        said = self._lost(house)
        if self._chance.random() < 0.3:
            house.disk.arm(self._chance.randint(1, 60))
        return said

    def _stage(self, house: House, stage: str) -> None:
        if stage == MAILS:
            house.deliver(self._messages())
            house.disk.off.wait(SETTLED_SECONDS)
            return
        process = house.gateway.process
        assert process is not None
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            house.disk.off.wait(1)

    def _lost(self, house: House) -> str:
        said = house.lose_power()
        self.tally.cuts += 1
        return said

    def _messages(self) -> list[bytes]:
        return [picture_mail(size, self._chance.getrandbits(32)) for size in (700, 90_000)]

    def _count_moments(self) -> list[Cut]:
        """Every moment of a life that nothing disturbs."""
        found = []
        with House(self._chance) as house:
            house.start()
            house.deliver(self._messages())
            house.lose_power()
            for stage in (START, MAILS, STOP):
                house.disk.arm(None)
                house.start() if stage == START else self._stage(house, stage)
                found += [Cut(stage, moment + 1) for moment in range(house.disk.moments())]
        return found

    def _sample(self, every: list[Cut], room: int) -> list[Cut]:
        """As many as fit, in their order."""
        chosen = []
        for cut in self._chance.sample(every, len(every)):
            room -= cut.cost
            if room >= 0:
                chosen.append(cut)
        return sorted(chosen, key=every.index)
