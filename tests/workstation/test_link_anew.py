"""Beginning anew: a link takes all that is open once more."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from alarmgw.codec.wire import LOST_SECONDS
from alarmgw.workstation.link import ANEW_SECONDS
from tests.workstation.test_link import InMemory


class Anew(InMemory):
    """What a snapshot had no room for comes with the next one."""

    def live(self, seconds: float) -> None:
        """Time passes, with signs of life in it."""
        for _ in range(int(seconds / 4) + 1):
            self.turn(4)

    def test_it_begins_anew_without_a_word_of_a_lost_link(self) -> None:
        """It is there again within a second or two, with all that is open; not every minute."""
        self.journal.more = 7
        self.journal.last_alarm = "2026-11-21T20:45:02.123Z"
        link = self.follow()
        self.commit(3)
        for _ in range(3):
            link.begin_anew()
            self.turn(2)
        words = ["connecting", "snapshot", "current"]
        assert self.listener.words == [*words, "snapshot", "current"]
        assert self.listener.seqs == [1, 2, 3, 1, 2, 3] and self.network.attempts == 2
        assert [one.more_incidents for one in self.listener.states] == [None, 7, None, 7, None]
        assert self.listener.states[1].last_alarm == self.journal.last_alarm
        self.live(ANEW_SECONDS)
        assert self.network.attempts == 2
        link.begin_anew()
        self.turn(2)
        assert self.network.attempts == 3 and self.listener.words[-1] == "current"

    def test_a_gateway_that_does_not_let_it_begin_anew_is_lost(self) -> None:
        """Whether it refuses, or does not answer at all."""
        link = self.follow()
        self.network.up = False
        link.begin_anew()
        self.turn(2)
        assert self.listener.words[-1] == "lost"
        self.network.up = True
        self.turn(5)
        assert self.listener.words[-1] == "current"
        self.live(ANEW_SECONDS)
        self.network.connect = lambda factory: Deferred()  # type: ignore[method-assign]
        link.begin_anew()
        self.turn(2)
        assert self.listener.words[-1] == "current"
        self.turn(LOST_SECONDS)
        assert self.listener.words[-1] == "lost"
