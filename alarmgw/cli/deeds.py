"""What people and the clock did, as a sentence: the workflow's entries for ``alarmgw journal``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Entry = Mapping[str, Any]


def deed(entry: Entry) -> str | None:
    """The sentence of a workflow entry; None for any other, and for one that lacks its facts."""
    worded = _WORDED.get(entry["type"])
    try:
        return worded(entry) if worded is not None else None
    except KeyError:
        return None


def _who(entry: Entry) -> str:
    return f"{entry['operator']} at {entry['workstation']}"


def _with(said: str, words: str | None) -> str:
    """A sentence and what a person wrote, unless that was erased."""
    return f"{said}: {words}" if words else said


def _accepted(entry: Entry) -> str:
    if entry["how"] == "take_over":
        return f"{_who(entry)} took {entry['incident']} over from {entry['from']}"
    again = " again, which was parked" if entry["how"] == "resume" else ""
    return f"{_who(entry)} accepted {entry['incident']}{again}"


def _parked(entry: Entry) -> str:
    said = f"{_who(entry)} parked {entry['incident']} until {entry['until']}"
    return _with(said, entry.get("note"))


def _returned(entry: Entry) -> str:
    incident, why = entry["incident"], entry["why"]
    if why == "undone":
        return f"{_who(entry)} took back the closing of {incident}"
    if why == "released":
        return f"{_who(entry)} gave {incident} back"
    reasons = {
        "due": "its time of parking is over",
        "class": "a more urgent alarm has joined it",
        "signed_off": f"{entry['operator']} is signed off",
        "lost": f"workstation {entry['workstation']} is lost",
    }
    return f"{incident} is back in the queue: {reasons.get(why, why)}"


def _closed(entry: Entry) -> str:
    if "alarm" in entry:  # as the first version closed
        return _with(f"{entry['alarm']} was closed", entry.get("note"))
    outcome = ", ".join(filter(None, (entry["outcome"], entry["cause"])))
    said = f"{_who(entry)} closed {entry['incident']} as {outcome} ({_alarms(entry['alarms'])})"
    more = f"; {entry['follow_up']} follows it" if entry["follow_up"] else ""
    return _with(said + more, entry.get("note"))


def _noted(entry: Entry) -> str:
    about = f"of {entry['incident']}" if entry["incident"] else "for the next shift"
    return _with(f"{_who(entry)} noted {about}", entry.get("note"))


def _unattended(entry: Entry) -> str:
    holder = f"{entry['incident']}, which {entry['holder']} has"
    if entry["state"] == "start":
        return f"nobody has worked on {holder}, since {entry['since']}"
    return f"somebody works on {holder}, again"


def _late(entry: Entry) -> str:
    return f"nobody accepted {entry['incident']} within {entry['limit_s']} s"


def _displayed(entry: Entry) -> str:
    what = "a picture of " if entry["what"] == "picture" else ""
    nobody = "" if entry["operator"] else ", where nobody is signed on"
    return f"{what}{entry['alarm']} was on the screen of {entry['workstation']}{nobody}"


def _suppressed(entry: Entry) -> str:
    what = f"source {entry['source']}" if entry["source"] else f"site {entry['site']}"
    return _with(f"{_who(entry)} suppressed {what} until {entry['until']}", entry.get("reason"))


def _suppression_notice(entry: Entry) -> str:
    return f"suppression {entry['suppression']} ends at {entry['until']}"


def _unsuppressed(entry: Entry) -> str:
    lifted = f"was lifted by {_who(entry)}" if entry["why"] == "lifted" else "is over"
    between = f", {entry['first']} to {entry['last']}" if entry["alarms"] else ""
    held = f"{_alarms(entry['alarms'])} held back{between}"
    source, site = entry.get("source"), entry.get("site")
    of = f" of source {source}" if source else f" of site {site}" if site else ""
    return f"suppression {entry['suppression']}{of} {lifted}: {held}"


def _signed_on(entry: Entry) -> str:
    return f"{_who(entry)} signed on, {entry['role'].replace('_', ' ')}"


def _signed_off(entry: Entry) -> str:
    reasons = {
        "lost": ": the workstation is lost",
        "replaced": ": somebody else signed on there",
        "revoked": ": the workstation is revoked",
        "removed": ": the operator is removed",
    }
    return f"{_who(entry)} signed off{reasons.get(entry['why'], '')}"


def _handed_over(entry: Entry) -> str:
    names = ("open", "parked", "faults", "suppressed", "unassigned")
    counts = ", ".join(f"{entry[name]} {name}" for name in names)
    giver = f" from {entry['from']}" if entry["from"] else ""
    return _with(f"{_who(entry)} took the shift over{giver}, {counts}", entry.get("note"))


def _alarms(count: int) -> str:
    return f"{count or 'no'} alarm{'s' * (count != 1)}"


_WORDED: Mapping[str, Callable[[Entry], str]] = {
    "accepted": _accepted,
    "parked": _parked,
    "returned": _returned,
    "closed": _closed,
    "noted": _noted,
    "unattended": _unattended,
    "late": _late,
    "displayed": _displayed,
    "suppressed": _suppressed,
    "suppression_notice": _suppression_notice,
    "unsuppressed": _unsuppressed,
    "signed_on": _signed_on,
    "signed_off": _signed_off,
    "handed_over": _handed_over,
}
