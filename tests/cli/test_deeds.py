"""`alarmgw.cli.deeds`: what was done, in words."""

from __future__ import annotations

from typing import Any

import pytest

from alarmgw.cli.deeds import deed
from alarmgw.cli.sentence import sentence
from alarmgw.workflow_entries import FIELDS
from tests import desk


def entry(kind: str, **facts: Any) -> dict[str, Any]:
    """An entry of anna's; what is not given is null."""
    stamped = desk.stamp().entry(kind, dict.fromkeys(FIELDS[kind]))
    return {"seq": 9, **stamped, **facts}


#: Facts of an entry, and its sentence.
SAID: list[tuple[str, dict[str, Any], str]] = [
    ("accepted", {"incident": "i1", "how": "accept"}, "anna at platz-1 accepted i1"),
    (
        "accepted",
        {"incident": "i1", "how": "resume"},
        "anna at platz-1 accepted i1 again, which was parked",
    ),
    (
        "accepted",
        {"incident": "i1", "how": "take_over", "from": "bert"},
        "anna at platz-1 took i1 over from bert",
    ),
    (
        "parked",
        {"incident": "i1", "until": "T", "note": "Rückruf"},
        "anna at platz-1 parked i1 until T: Rückruf",
    ),
    ("returned", {"incident": "i1", "why": "released"}, "anna at platz-1 gave i1 back"),
    (
        "returned",
        {"incident": "i1", "why": "due"},
        "i1 is back in the queue: its time of parking is over",
    ),
    (
        "returned",
        {"incident": "i1", "why": "signed_off"},
        "i1 is back in the queue: anna is signed off",
    ),
    (
        "returned",
        {"incident": "i1", "why": "lost"},
        "i1 is back in the queue: workstation platz-1 is lost",
    ),
    (
        "returned",
        {"incident": "i1", "why": "class"},
        "i1 is back in the queue: a more urgent alarm has joined it",
    ),
    (
        "returned",
        {"incident": "i1", "why": "undone"},
        "anna at platz-1 took back the closing of i1",
    ),
    (
        "closed",
        {"incident": "i1", "outcome": "deceptive", "cause": "animal", "alarms": 3, "note": "Katze"},
        "anna at platz-1 closed i1 as deceptive, animal (3 alarms): Katze",
    ),
    (
        "closed",
        {"incident": "i1", "outcome": "real", "alarms": 1, "follow_up": "i2"},
        "anna at platz-1 closed i1 as real (1 alarm); i2 follows it",
    ),
    ("noted", {"incident": "i1", "note": "Tor zu"}, "anna at platz-1 noted of i1: Tor zu"),
    ("noted", {"note": "ruhig"}, "anna at platz-1 noted for the next shift: ruhig"),
    (
        "unattended",
        {"incident": "i1", "state": "start", "holder": "bert", "since": "T"},
        "nobody has worked on i1, which bert has, since T",
    ),
    (
        "unattended",
        {"incident": "i1", "state": "end", "holder": "bert"},
        "somebody works on i1, which bert has, again",
    ),
    ("late", {"incident": "i1", "limit_s": 180}, "nobody accepted i1 within 180 s"),
    ("displayed", {"alarm": "a1", "what": "alarm"}, "a1 was on the screen of platz-1"),
    (
        "displayed",
        {"alarm": "a1", "what": "picture", "operator": None},
        "a picture of a1 was on the screen of platz-1, where nobody is signed on",
    ),
    (
        "suppressed",
        {"source": "bq3", "until": "T", "reason": "Bauarbeiten"},
        "anna at platz-1 suppressed source bq3 until T: Bauarbeiten",
    ),
    ("suppressed", {"site": "4711", "until": "T"}, "anna at platz-1 suppressed site 4711 until T"),
    ("suppression_notice", {"suppression": "s1", "until": "T"}, "suppression s1 ends at T"),
    (
        "unsuppressed",
        {"suppression": "s1", "why": "ended", "alarms": 2, "first": "T1", "last": "T2"},
        "suppression s1 is over: 2 alarms held back, T1 to T2",
    ),
    (
        "unsuppressed",
        {"suppression": "s1", "why": "lifted", "alarms": 0, "source": "bq3"},
        "suppression s1 of source bq3 was lifted by anna at platz-1: no alarms held back",
    ),
    (
        "unsuppressed",
        {"suppression": "s1", "why": "ended", "alarms": 0, "site": "4711"},
        "suppression s1 of site 4711 is over: no alarms held back",
    ),
    ("signed_on", {"role": "shift_leader"}, "anna at platz-1 signed on, shift leader"),
    ("signed_off", {"why": "signed_off"}, "anna at platz-1 signed off"),
    ("signed_off", {"why": "lost"}, "anna at platz-1 signed off: the workstation is lost"),
    (
        "handed_over",
        {"from": "carl", "open": 2, "parked": 1, "faults": 0, "suppressed": 0, "unassigned": 4},
        "anna at platz-1 took the shift over from carl,"
        " 2 open, 1 parked, 0 faults, 0 suppressed, 4 unassigned",
    ),
]


@pytest.mark.parametrize(("kind", "facts", "said"), SAID)
def test_a_deed_is_a_sentence(kind: str, facts: dict[str, Any], said: str) -> None:
    """Who did what to what, and why."""
    assert deed(entry(kind, **facts)) == said
    assert sentence(entry(kind, **facts)).endswith(said)


def test_every_type_of_the_workflow_has_words() -> None:
    """None is left to be printed as names and values."""
    assert {kind for kind, _, _ in SAID} == set(FIELDS)


def test_what_lacks_its_facts_is_printed_all_the_same() -> None:
    """As names and values; and any other type has no sentence here."""
    assert deed({"type": "accepted", "operator": "anna"}) is None
    assert deed({"type": "system"}) is None
    assert deed({"type": "closed", "alarm": "a1", "note": "Katze"}) == "a1 was closed: Katze"
