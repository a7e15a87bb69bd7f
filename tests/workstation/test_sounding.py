"""Why it sounds, and who may mute it."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from alarmgw.workstation.mirror import LinkState
from alarmgw.workstation.presence import UNSEEN_SECONDS
from alarmgw.workstation.sounding import LINK_SECONDS
from tests.desk import alarm_id, rung
from tests.workstation.memory_browser import MemoryBrowser
from tests.workstation.memory_gateway import BEAT


@pytest.fixture
def browser() -> MemoryBrowser:
    """A console that somebody sees and nobody hears yet."""
    made = MemoryBrowser()
    made.console.start()
    return made


def passes(browser: MemoryBrowser, seconds: float, *, seen: bool = True) -> list[str]:
    """What is played while so many seconds pass."""
    browser.played.clear()
    for _ in range(round(seconds * 2)):
        if seen:
            browser.console.sounding.presence.visible()
        browser.clock.advance(0.5)
    return list(browser.played)


def test_an_alarm_sounds_in_its_class_until_somebody_takes_it(browser: MemoryBrowser) -> None:
    """At once, then again; after the acceptance no more."""
    incident = browser.ring(1, priority=2)
    assert browser.played == ["class-2"]
    assert passes(browser, 25) == ["class-2", "class-2"]
    assert browser.command(incident, "accept")["ok"]
    assert passes(browser, 60) == []


def test_another_alarm_of_the_same_incident_is_silent(browser: MemoryBrowser) -> None:
    """Only one that is more urgent sounds, though the incident is not accepted."""
    browser.ring(1)
    assert passes(browser, 5) == []
    browser.ring(2)
    assert passes(browser, 5) == []
    browser.ring(3, priority=1)
    assert browser.played == ["class-1"]


def test_a_class_that_rises_sounds_although_somebody_has_it(browser: MemoryBrowser) -> None:
    """A hold-up that joins what was only a movement is heard, for 30 s or until it is closed."""
    incident = browser.ring(1)
    browser.command(incident, "accept")
    passes(browser, 30)
    browser.ring(2)
    assert passes(browser, 10) == []
    browser.ring(3, priority=1)
    assert browser.played == ["class-1"]
    assert passes(browser, 60) == ["class-1"] * 5
    browser.ring(4, priority=1)
    assert passes(browser, 10) == []


def test_a_follow_up_that_is_more_urgent_sounds_at_once(browser: MemoryBrowser) -> None:
    """Though it is offered to one person: what he closed was less."""
    incident = browser.ring(1)
    browser.command(incident, "accept")
    browser.ring(2, priority=2)
    passes(browser, 60)
    told = {"incident": incident, "seen": 2, "action": {"do": "close", "outcome": "real"}}
    browser.played.clear()
    assert browser.post("/command", told).json["ok"]
    assert browser.played == ["class-2"]


def test_what_comes_back_to_the_queue_sounds(browser: MemoryBrowser) -> None:
    """Nobody has it any more."""
    incident = browser.ring(1)
    browser.command(incident, "accept")
    passes(browser, 30)
    browser.command(incident, "release")
    assert browser.played == ["class-3"]


def test_faults_sound_and_tests_do_not(browser: MemoryBrowser) -> None:
    """Both lists wait for somebody; what is in no list waits for nobody."""
    browser.ring(1, kind="test", handling="test")
    assert passes(browser, 5) == []
    browser.ring(2, site="2", kind="fault", priority=4)
    assert browser.played == ["class-4"]


def test_a_follow_up_is_silent_while_it_is_offered(browser: MemoryBrowser) -> None:
    """Whoever closed what it follows has it before him; after 30 s everybody hears it."""
    incident = browser.ring(1)
    browser.command(incident, "accept")
    browser.ring(2)
    told = {"incident": incident, "seen": 2, "action": {"do": "close", "outcome": "real"}}
    assert browser.post("/command", told).json["ok"]
    assert passes(browser, 29) == []
    assert passes(browser, 2) == ["class-3"]


def test_a_lost_link_is_told_aloud_after_some_seconds(browser: MemoryBrowser) -> None:
    """Not for a short cut; until it is back."""
    browser.wire.lose()
    assert passes(browser, LINK_SECONDS - 1) == []
    browser.wire.connect()
    browser.wire.lose()
    assert passes(browser, LINK_SECONDS - 1) == []
    assert passes(browser, 12)[0] == "link-lost"
    browser.wire.connect()
    assert passes(browser, 30) == []


def test_a_gateway_that_takes_no_mail_is_told_aloud(browser: MemoryBrowser) -> None:
    """Not for a moment; until it takes mail again: what is not taken can never ring."""
    shut = evolve(BEAT, conditions=[{"name": "no_space", "shut": "all"}])
    browser.console.heartbeat(evolve(BEAT, conditions=[{"name": "space_low", "shut": None}]))
    assert passes(browser, LINK_SECONDS + 1) == []
    browser.console.heartbeat(shut)
    assert passes(browser, LINK_SECONDS - 1) == []
    browser.console.heartbeat(BEAT)
    browser.console.heartbeat(shut)
    assert passes(browser, LINK_SECONDS + 1) == ["link-lost"]
    browser.console.heartbeat(BEAT)
    assert passes(browser, 30) == []


def test_snapshots_that_never_end_are_told_aloud(browser: MemoryBrowser) -> None:
    """A gateway that begins again and again is no link either."""
    heard = []
    for _ in range(5):
        browser.console.state(LinkState(state="snapshot"))
        heard += passes(browser, 2)
        browser.console.state(LinkState(state="lost"))
        heard += passes(browser, 2)
    assert heard[0] == "link-lost"


def test_a_link_that_brings_only_signs_of_life_is_told_aloud(browser: MemoryBrowser) -> None:
    """Within 30 s: what the gateway has written does not come; when it does, it is over."""
    ahead = evolve(BEAT, head=browser.room.ledger.head + 1)
    heard = []
    for _ in range(6):
        browser.console.heartbeat(ahead)
        heard += passes(browser, 5)
    assert heard[0] == "link-lost"
    assert browser.get("/state").json["behind_s"] == 30
    browser.ring(1)
    browser.command(alarm_id(1), "accept")
    browser.console.heartbeat(ahead)
    assert passes(browser, 30) == []
    assert browser.get("/state").json["behind_s"] == 0


def test_a_gateway_that_never_answers_is_told_aloud() -> None:
    """A workstation that hears no alarms must not look as if there were none."""
    browser = MemoryBrowser(manned=False)
    browser.console.start()
    assert passes(browser, LINK_SECONDS + 1) == ["link-lost"]


def test_a_console_that_nobody_sees_is_told_aloud(browser: MemoryBrowser) -> None:
    """While somebody is signed on; the next look ends it."""
    assert passes(browser, UNSEEN_SECONDS + 1, seen=False)[0] == "page-gone"
    assert browser.get("/state").json["unseen"]
    browser.post("/visible")
    assert passes(browser, 15) == []
    browser.post("/sign-off")
    assert passes(browser, 60, seen=False) == []


def test_what_was_done_before_a_snapshot_ends_does_not_sound() -> None:
    """A fresh workstation hears of old alarms first, and then that they were accepted."""
    browser = MemoryBrowser(manned=False)
    browser.console.start()
    entry = {**rung(1), "seq": 1, "incident": alarm_id(1)}
    browser.console.state(LinkState(state="snapshot"))
    browser.console.entries([entry], 1)
    assert browser.played == []
    browser.console.state(LinkState(state="current"))
    assert browser.played == ["class-3"]


def test_muting_needs_somebody_else_who_hears(browser: MemoryBrowser) -> None:
    """The last manned workstation stays loud; so does one whose relief goes."""
    browser.ring(1)
    assert mute(browser, 60) == {"ok": False, "error": "not_allowed"}
    other = browser.room.wire("desk2", "f2")
    session = browser.room.signed_on("bert", other)
    assert mute(browser, 60) == {"muted_s": 60}
    assert passes(browser, 40) == []
    assert browser.get("/state").json["tones"]["muted_s"] == 20
    browser.room.left(session, "signed_off")
    assert browser.played == ["class-3"]


def test_muting_ends_by_itself_and_never_concerns_class_1(browser: MemoryBrowser) -> None:
    """After two minutes at most."""
    browser.room.signed_on("bert", browser.room.wire("desk2", "f2"))
    browser.ring(1)
    browser.ring(2, site="2", priority=1)
    assert mute(browser, 4000) == {"muted_s": 120}
    assert set(passes(browser, 30)) == {"class-1"}
    browser.command(alarm_id(2), "accept")
    assert passes(browser, 89) == [] and passes(browser, 2) == ["class-3"]
    assert mute(browser, 0) == {"muted_s": 0}


def test_all_workstations_may_be_muted_and_what_is_new_sounds_at_each() -> None:
    """Both in the same second: each relies on the other, and both on that rule.

    New is an incident, one that rises, and one that comes back to the queue.
    """
    browsers = [MemoryBrowser(), MemoryBrowser()]
    for browser in browsers:
        browser.console.start()
        browser.room.signed_on("bert", browser.room.wire("desk2", "f2"))
        browser.ring(1)
        passes(browser, 5)
    for news in (
        lambda one: one.ring(2, site="2"),
        lambda one: one.ring(3, priority=2),
        lambda one: (one.command(alarm_id(1), "accept"), one.command(alarm_id(1), "release")),
    ):
        assert [mute(one, 120) for one in browsers] == [{"muted_s": 120}] * 2
        assert [passes(one, 40) for one in browsers] == [[], []]
        for one in browsers:
            news(one)
            assert one.played and one.get("/state").json["tones"]["muted_s"] == 0
            passes(one, 5)


def test_a_lost_link_and_an_unseen_page_end_the_muting(browser: MemoryBrowser) -> None:
    """Nobody else hears of them, and who else hears alarms is not known without a link."""
    browser.ring(1)
    browser.room.signed_on("bert", browser.room.wire("desk2", "f2"))
    assert mute(browser, 120) == {"muted_s": 120}
    browser.wire.lose()
    assert passes(browser, LINK_SECONDS + 1) == ["link-lost"]
    assert mute(browser, 120) == {"ok": False, "error": "not_allowed"}
    browser.wire.connect()
    assert mute(browser, 120) == {"muted_s": 120}
    assert passes(browser, UNSEEN_SECONDS + 1, seen=False) == ["page-gone"]


def mute(browser: MemoryBrowser, seconds: float) -> Any:
    """The answer to somebody who wants to mute."""
    return browser.post("/mute", {"seconds": seconds}).json


def test_where_no_program_plays_the_page_has_to(browser: MemoryBrowser) -> None:
    """The state says so, with the reason, and what sounds."""
    tones = browser.get("/state").json["tones"]
    assert (tones["page_plays"], tones["fault"], tones["sounding"]) == (False, None, None)
    browser.console.sounding.player.fault = "aplay ended with code 1"
    browser.ring(1)
    tones = browser.get("/state").json["tones"]
    assert (tones["page_plays"], tones["sounding"]) == (True, "class-3")


def test_nothing_is_left_in_the_clock(browser: MemoryBrowser) -> None:
    """After the end."""
    browser.ring(1)
    browser.wire.lose()
    browser.console.stop()
    assert browser.clock.getDelayedCalls() == []
