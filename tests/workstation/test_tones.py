"""What sounds, when: one tone at a time, the most urgent first, until somebody acts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from alarmgw.codec.tone import TONES, seconds
from alarmgw.workstation.tones import MUTE_SECONDS, REPEATED, Cause, Tones

INTRUSION = Cause("incident-1", "class-2")
MOTION = Cause("incident-2", "class-3")
HOLD_UP = Cause("incident-3", "class-1")
INFORMATION = Cause("incident-4", "class-5")


class Heard:
    """Tones with an ear: what was played, and when."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.played: list[tuple[float, str]] = []
        self.tones = Tones(self.clock, self._hear)

    def _hear(self, tone: str) -> None:
        self.played.append((round(self.clock.seconds(), 2), tone))

    def wait(self, length: float) -> None:
        """Let time go by, finely."""
        self.clock.pump([0.05] * round(length / 0.05))

    def names(self) -> list[str]:
        """What was played, in order."""
        return [tone for _, tone in self.played]


class TonesTests(SynchronousTestCase):
    """With a clock that is moved by hand."""

    def setUp(self) -> None:
        """Silence."""
        self.heard = Heard()
        self.tones = self.heard.tones

    def test_every_tone_that_sounds_exists(self) -> None:
        """And every tone has its measure."""
        self.assertEqual(set(REPEATED), set(TONES))

    def test_a_new_cause_sounds_at_once(self) -> None:
        """Before anything else happens."""
        self.tones.announce([MOTION])
        self.assertEqual(self.heard.played, [(0.0, "class-3")])

    def test_causes_can_be_told_by_what_changed(self) -> None:
        """What goes and comes back is news again."""
        self.tones.change([MOTION, HOLD_UP], [])
        self.heard.wait(2)
        self.tones.change([], [HOLD_UP])
        self.assertEqual(self.tones.sounding, "class-3")
        self.tones.change([INTRUSION], [MOTION])
        self.heard.wait(3)
        self.tones.change([MOTION], [INTRUSION])
        self.heard.wait(3)
        self.assertEqual(self.heard.names(), ["class-1", "class-2", "class-3"])

    def test_a_storm_drowns_nothing_that_is_more_urgent(self) -> None:
        """Two new alarms a second, for a minute: the hold-up is heard every few seconds."""
        causes = [HOLD_UP]
        for number in range(120):
            causes.append(Cause(f"storm-{number}", "class-3"))
            self.tones.announce(causes)
            self.heard.wait(0.5)
        urgent = [at for at, tone in self.heard.played if tone == "class-1"]
        pauses = [after - before for before, after in zip(urgent, [*urgent[1:], 60.0], strict=True)]
        self.assertLessEqual(max(pauses), 6.5)
        self.assertIn("class-3", self.heard.names())

    def test_it_is_repeated_until_the_cause_is_gone(self) -> None:
        """In the measure of its class."""
        self.tones.announce([MOTION])
        self.heard.wait(45)
        self.tones.announce([])
        self.heard.wait(60)
        self.assertEqual([round(at) for at, _ in self.heard.played], [0, 20, 40])

    def test_the_same_cause_told_again_is_silent(self) -> None:
        """Forty mails of one incident are one tone."""
        for _ in range(40):
            self.tones.announce([MOTION])
        self.assertEqual(len(self.heard.played), 1)

    def test_what_is_more_urgent_does_not_wait(self) -> None:
        """A hold-up sounds over the tone of a moving branch."""
        self.tones.announce([MOTION])
        self.tones.announce([MOTION, HOLD_UP])
        self.assertEqual(self.heard.played, [(0.0, "class-3"), (0.0, "class-1")])

    def test_what_is_less_urgent_waits_for_silence(self) -> None:
        """Two tones at once are none."""
        self.tones.announce([INTRUSION])
        self.tones.announce([INTRUSION, MOTION])
        self.heard.wait(2)
        (_, first), (at, second) = self.heard.played
        self.assertEqual((first, second), ("class-2", "class-3"))
        self.assertGreaterEqual(at, round(seconds("class-2"), 2) - 0.05)

    def test_many_new_ones_are_one_tone_after_the_other(self) -> None:
        """A storm is not a noise."""
        for number in range(60):
            self.tones.announce([Cause(f"incident-{n}", "class-3") for n in range(number + 1)])
        self.heard.wait(5)
        self.assertEqual(len(self.heard.played), 2)

    def test_the_most_urgent_one_is_repeated(self) -> None:
        """The other one is not forgotten: it sounds when the first is accepted."""
        self.tones.announce([INTRUSION, MOTION])
        self.heard.wait(12)
        self.tones.announce([MOTION])
        self.heard.wait(30)
        self.assertEqual(self.heard.names(), ["class-2", "class-2", "class-3"])

    def test_information_sounds_once(self) -> None:
        """It wants nothing of anybody."""
        self.tones.announce([INFORMATION])
        self.heard.wait(300)
        self.assertEqual(len(self.heard.played), 1)

    def test_muting_is_bounded(self) -> None:
        """Whatever is asked for."""
        self.tones.announce([MOTION])
        self.assertEqual(self.tones.mute(3600), MUTE_SECONDS)
        self.heard.wait(MUTE_SECONDS - 1)
        self.assertEqual(self.heard.names(), ["class-3"])
        self.heard.wait(2)
        self.assertEqual(self.heard.names(), ["class-3"] * 2)

    def test_the_highest_class_is_never_muted(self) -> None:
        """And what is muted stays so."""
        self.tones.announce([MOTION, HOLD_UP])
        self.tones.mute(60)
        self.heard.wait(11)
        self.assertEqual(self.heard.names(), ["class-1"] * 3)

    def test_what_is_new_ends_the_muting(self) -> None:
        """Nobody has heard it: whatever its class, it sounds at once, and so does the rest."""
        self.tones.announce([INTRUSION])
        self.tones.mute(60)
        self.heard.wait(30)
        self.tones.announce([INTRUSION, INFORMATION])
        self.assertEqual((self.heard.names(), self.tones.muted), (["class-2"] * 2, 0))
        self.tones.mute(60)
        self.tones.announce([INTRUSION])
        self.heard.wait(30)
        self.assertEqual(self.heard.names(), ["class-2"] * 2)
        self.assertAlmostEqual(self.tones.muted, 30)

    def test_what_waits_for_its_tone_is_heard_before_it_is_muted(self) -> None:
        """It came a moment before the key, and nobody has heard it."""
        self.tones.announce([INTRUSION])
        self.tones.announce([INTRUSION, MOTION])
        self.tones.mute(60)
        self.heard.wait(59)
        self.assertEqual(self.heard.names(), ["class-2", "class-3"])

    def test_muting_is_for_what_there_is(self) -> None:
        """Not for what may come, and not longer than there is anything."""
        self.assertEqual(self.tones.mute(60), 0)
        self.tones.announce([HOLD_UP])
        self.assertEqual(self.tones.mute(60), 0)
        self.tones.announce([HOLD_UP, MOTION])
        self.assertEqual(self.tones.mute(60), 60)
        self.tones.announce([HOLD_UP])
        self.assertEqual(self.tones.muted, 0)

    def test_it_can_be_seen_for_how_long_it_is_muted(self) -> None:
        """On the screen, beside the clock."""
        self.tones.announce([MOTION])
        self.tones.mute(60)
        self.heard.wait(20)
        self.assertAlmostEqual(self.tones.muted, 40)
        self.tones.mute(0)
        self.assertEqual(self.tones.muted, 0)

    def test_what_would_sound_is_known_while_it_is_muted(self) -> None:
        """The page shows it instead."""
        self.tones.announce([MOTION, INTRUSION])
        self.tones.mute(60)
        self.assertEqual(self.tones.sounding, "class-2")

    def test_after_the_end_nothing_sounds(self) -> None:
        """And nothing is left in the clock."""
        self.tones.announce([MOTION])
        self.tones.stop()
        self.assertEqual(self.heard.clock.getDelayedCalls(), [])


CAUSES = st.frozensets(
    st.builds(Cause, st.sampled_from("abcd"), st.sampled_from(sorted(REPEATED))), max_size=6
)


@given(st.lists(st.tuples(CAUSES, st.floats(0, 90), st.booleans()), max_size=12))
def test_no_cause_is_ever_unheard_for_long(
    steps: list[tuple[frozenset[Cause], float, bool]],
) -> None:
    """Whatever came before, and muted or not: whatever is new is heard within 3 s."""
    heard = Heard()
    for causes, pause, muted in steps:
        if muted:
            heard.tones.mute(30)
        heard.tones.announce(causes)
        heard.clock.advance(pause)
    heard.tones.mute(30)
    began = heard.clock.seconds()
    heard.tones.announce([*(steps[-1][0] if steps else ()), Cause("fresh", "class-5")])
    heard.wait(3)
    assert heard.played[-1][0] >= began - 0.1
