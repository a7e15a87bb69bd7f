"""``alarmgw status``: what runs, what is open, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from alarmgw.cli.home import ask, control_connection, open_reader, whole_home
from alarmgw.cli.options import home_option, json_option
from alarmgw.cli.speech import printable, say_json
from alarmgw.clockwords import clock_text
from alarmgw.store.clocks import wrong_clocks
from alarmgw.store.standing import standing


@click.command()
@json_option
@home_option
def status(as_json: bool, home: Path) -> None:
    """Say what runs, what is open and what is wrong."""
    found = status_of(whole_home(home))
    if as_json:
        say_json(found)
        return
    for key, value in _lines(found):
        click.echo(f"{key:<12} {printable(value)}")


def status_of(home: Path) -> dict[str, Any]:
    """What the gateway says of itself; what its journal says when it does not run."""
    connection = control_connection(home)
    if connection is not None:
        return {"running": True, "home": str(home), **ask(connection, "status", {})}
    reader = open_reader(home)
    snapshot = reader.snapshot(0)
    with reader.reading() as database:
        clocks, room = wrong_clocks(database), standing(database)
    return {
        "running": False,
        "home": str(home),
        "pid": None,
        "state": "stopped",
        "reasons": [],
        "node": reader.meta("node"),
        "journal": reader.meta("identity"),
        "head": snapshot.head,
        "open": snapshot.open_total,
        "wrong_clocks": clocks,
        **room,
        "connections": 0,
        "unknown_peers": 0,
        "listeners": [],
        "workstations": [],
    }


def _lines(found: dict[str, Any]) -> list[tuple[str, str]]:
    pid = f", process {found['pid']}" if found.get("pid") else ""
    lines = [
        ("gateway", f"{found['node']}: {found['state']}{pid}"),
        ("home", found["home"]),
        ("journal", f"last entry {found['head']}"),
        ("open alarms", str(found["open"])),
    ]
    if found["running"]:
        lines.append(("connections", str(found.get("connections", 0))))
        lines.append(("unknown", f"{found.get('unknown_peers', 0)} peers in the last hour"))
    lines += _room(found)
    lines += [("clocks", _clocks(found["wrong_clocks"]))] if found.get("wrong_clocks") else []
    lines += [("listener", _told(row)) for row in found.get("listeners", ())]
    lines += [("workstation", _told(row)) for row in found.get("workstations", ())]
    lines += [("WRONG", _told(row)) for row in found["reasons"]]
    return (
        lines if found["reasons"] else [*lines, ("wrong", "nothing" if found["running"] else "-")]
    )


def _room(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Who works, on how much, and what is held back meanwhile."""
    if "incidents" in found:
        told = [f"{count} {state}" for state, count in found["incidents"].items() if count]
        yield "incidents", ", ".join(told) or "none is open"
    for one in found.get("signed_on", ()):
        who = f"{one['operator']} ({one['role'].replace('_', ' ')})"
        yield "signed on", f"{who} at {one['workstation']} since {one['since']}"
    for one in found.get("suppressions", ()):
        what = f"source {one['source']}" if one["source"] else f"site {one['site']}"
        held = f"held back until {one['until']} by {one['operator']}, {one['alarms']} so far"
        yield "suppressed", f"{what} {held}"


def _clocks(wrong: dict[str, Any]) -> str:
    """How many devices' clocks are a fault, and the first of them."""
    if not wrong["count"]:
        return "none is wrong"
    first = [f"{row['source']} {clock_text(row['offset_s'], 'en')}" for row in wrong["first"]]
    more = "" if wrong["count"] == len(first) else ", …"
    return f"{wrong['count']} wrong by more than 10 min: {', '.join(first)}{more}"


def _told(row: Any) -> str:
    """A row as the gateway sent it: a sentence, or an object with one in it."""
    if not isinstance(row, dict):
        return str(row)
    if "text" in row:
        return f"{row['text']} (since {row['since']})" if row.get("since") else str(row["text"])
    return ", ".join(f"{key} {value}" for key, value in row.items() if value is not None)
