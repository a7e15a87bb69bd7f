"""``alarmgw journal`` and ``alarmgw show``: reading the record beside a running gateway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from alarmgw.actiontexts import action_text
from alarmgw.cli.home import open_reader
from alarmgw.cli.options import home_option, json_option
from alarmgw.cli.sentence import following, sentence, size_text
from alarmgw.cli.speech import Failed, parsed, printable, say_json, say_line
from alarmgw.clockwords import clock_text
from alarmgw.entries import KEEPING
from alarmgw.model import Event
from alarmgw.namedcameras import cameras_text, unknown_cameras
from alarmgw.store import accounts, incidents, sites
from alarmgw.store.journal import JournalReader
from alarmgw.workflow import Incident

#: Entries fetched at once; the record may have millions.
PAGE = 500


@click.command()
@click.option("--since", type=click.IntRange(0), default=0, metavar="N", help="After entry N.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N entries.")
@json_option
@home_option
def journal(since: int, limit: int | None, as_json: bool, home: Path) -> None:
    """Print the record: every entry after number --since."""
    for number, line in entries_after(open_reader(home), since, limit):
        if as_json:
            say_line(line)
        else:
            click.echo(sentence(*parsed([(number, line)])))


def entries_after(
    reader: JournalReader, since: int, limit: int | None
) -> Iterator[tuple[int, bytes]]:
    """The entries after ``since`` in order, read page by page."""
    left = limit
    while left is None or left > 0:
        page = reader.read(since, PAGE if left is None else min(PAGE, left))
        if not page:
            return
        yield from page
        since = page[-1][0]
        left = None if left is None else left - len(page)


@click.command()
@click.argument("alarm")
@json_option
@home_option
def show(alarm: str, as_json: bool, home: Path) -> None:
    """Show one alarm: what it said, its files, its times, and what happened to it.

    What happened includes the same mail sent again, pictures that came later, and
    what was done to the alarm's incident.
    """
    reader = open_reader(home)
    entries = parsed(sorted(reader.of_alarm(alarm) + reader.followers(alarm)))
    if not entries:
        raise Failed(f"{alarm} is no alarm in this journal; `alarmgw journal` prints all of it")
    kept = [entry for entry in entries if entry["type"] in KEEPING and entry["alarm"] == alarm]
    path = kept[0]["path"] if kept else None
    incident, course = _incident(reader, alarm)
    if as_json:
        told = {"incident": incident.as_json() if incident else None, "course": course}
        say_json({"alarm": alarm, "path": path, "entries": entries, **told})
        return
    for entry in kept:
        _show_alarm(entry, _whose(entries), home)
        _show_action(entry, entries, reader)
    click.echo("history")
    for entry in entries:
        click.echo(f"  {sentence(entry)}")
    if incident is not None:
        _show_incident(incident, course)


def _incident(reader: JournalReader, alarm: str) -> tuple[Incident | None, list[dict[str, Any]]]:
    """The incident of an alarm, and what was done to it; pictures on screens are the alarm's."""
    with reader.reading() as connection:
        found = incidents.incident_of(connection, alarm)
        entries = parsed(incidents.entries_of(connection, found.id)) if found else []
    return found, [one for one in entries if one["type"] not in ("alarm", "displayed")]


def _show_incident(incident: Incident, course: list[dict[str, Any]]) -> None:
    alarms = f"{incident.count} alarm{'s' * (incident.count != 1)}"
    holder = f" by {incident.holder} at {incident.workstation}" if incident.holder else ""
    after = f", follows {incident.follows}" if incident.follows else ""
    click.echo(f"incident  {incident.id}   {incident.state}{holder}, {alarms}{after}")
    for entry in course:
        click.echo(f"  {sentence(entry)}")


def _event(event: Mapping[str, Any]) -> str:
    """What the device told: our word, then what else there is of it."""
    told = (
        f"{name.replace('_', ' ')} {event[name]}"
        for name in ("state", "channel", "camera", "device", "device_time", "event_raw")
        if event[name] is not None
    )
    return ", ".join((event["event"], *told))


def _whose(entries: list[dict[str, Any]]) -> str:
    """The source that an alarm was for, or that adopted it."""
    for entry in reversed(entries):
        if entry["type"] == "adopted":
            return f"{entry['source']} (adopted)"
    return next((entry["source"] for entry in entries if entry.get("source")), "unassigned")


def _show_action(
    entry: dict[str, Any], entries: list[dict[str, Any]], reader: JournalReader
) -> None:
    """What is to be done by the records as they are now, if they say so."""
    owner = next((one for one in reversed(entries) if one["type"] == "adopted"), entry)
    with reader.reading() as connection:
        source = accounts.source(connection, owner["source"]) if owner["source"] else None
        site = sites.site(connection, owner["site"]) if owner["site"] else None
    text = action_text(site, source, [Event(event=row["event"]) for row in entry["events"]])
    if text is not None:
        click.echo("to do")
        for line in text.splitlines():
            click.echo(f"  {printable(line)}")


def _show_alarm(entry: dict[str, Any], whose: str, home: Path) -> None:
    envelope, times = entry["envelope"], entry["times"]
    facts = {
        "alarm": f"{entry['alarm']}   entry {entry['seq']}{following(entry)}",
        "source": whose,
        "site": entry["site"],
        "kind": f"{entry['kind']}, class {entry['priority']}, {entry['handling']}",
        "by rule": entry["rule"],
        "subject": entry["subject"],
        "from": f"{envelope['from']} at {envelope['peer']}",
        "login": envelope["login"],
        "notes": ", ".join(entry["notes"]),
        "folder": home.absolute() / entry["path"],
        "mail": f"message.eml, {size_text(entry['mail']['size'])}",
    }
    for key, value in facts.items():
        click.echo(f"{key:<9} {printable(str(value or '-'))}")
    if named := unknown_cameras([entry]):
        said = f"the recorder named {cameras_text(named, 'en')}, which is no source's key"
        click.echo(f"{'key':<9} {printable(said)}")
    click.echo("events")
    for row in entry["events"]:
        click.echo(f"  {printable(_event(row))}")
    for key, value in (("place", entry["coordinates"]), ("link", entry["link"])):
        if value:
            click.echo(f"  {key:<9} {printable(value)}")
    click.echo("times")
    for key in ("connected", "data", "eom", "synced"):
        click.echo(f"  {key:<9} {times[key]}")
    if times["clock_offset_s"] is not None:
        click.echo(f"  {'clock':<9} {clock_text(times['clock_offset_s'], 'en')}")
    click.echo("files")
    for row in entry["pictures"] + entry["files"]:
        size = size_text(row["size"])
        click.echo(f"  {printable(row['name'] or '(erased)')}  {row['media_type']}, {size}")
    click.echo("text")
    for line in (entry["text"] or "").splitlines():
        click.echo(f"  {printable(line)}")
