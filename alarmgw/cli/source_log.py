"""``alarmgw source log``: what a device said last, and what to change in its menu."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from attrs import field, frozen

from alarmgw.cli.home import ask, control_connection, whole_home
from alarmgw.cli.options import home_option, json_option
from alarmgw.cli.speech import Failed, printable, say_json
from alarmgw.conversation import Conversation
from alarmgw.conversations import TOLD
from alarmgw.diagnosis import diagnosis
from alarmgw.hints import hints, phone_text
from alarmgw.model import normal_address
from alarmgw.plainwords import LANGUAGES, words
from alarmgw.store.traces import Traces

#: How often ``--follow`` asks the running gateway.
ASK_SECONDS = 0.3

#: The words beside a conversation's facts, in English and German.
LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "unknown": "unknown",
        "change": "change",
        "listener": "listener",
        "no_tls": "no TLS",
        "helo": "calls itself",
        "login": "login",
        "mails": "mails",
        "tolerated": "tolerated",
        "left_out": "({count} lines in the middle were left out)",
        "not_heard": "{name} has not been heard in the last 14 days",
        "anybody": "anybody",
    },
    "de": {
        "unknown": "unbekannt",
        "change": "ändern",
        "listener": "Listener",
        "no_tls": "ohne TLS",
        "helo": "nennt sich",
        "login": "Anmeldung",
        "mails": "Mails",
        "tolerated": "toleriert",
        "left_out": "({count} Zeilen in der Mitte fehlen)",
        "not_heard": "Von {name} kam in den letzten 14 Tagen nichts",
        "anybody": "niemandem",
    },
}

Show = Callable[[Conversation], None]


@frozen
class Seen:
    """An answer: conversations in their order, and the number after which to ask again."""

    number: int | None
    conversations: list[Conversation] = field(factory=list)


@click.command()
@click.argument("address", required=False)
@click.option("--follow", is_flag=True, help="Go on with new ones until Ctrl-C.")
@click.option("--text", is_flag=True, help="Two sentences for the installer's phone.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("-v", "--verbose", is_flag=True, help="With the lines of each conversation.")
@json_option
@home_option
def log(
    address: str | None,
    follow: bool,
    text: bool,
    language: str,
    verbose: bool,
    as_json: bool,
    home: Path,
) -> None:
    """Show the last conversations of ADDRESS, the oldest first.

    ADDRESS is a source's address, a login, a sender, or a device's IP address;
    without it, the last conversations of anybody.
    """
    home = whole_home(home)
    name = normal_address(address) if address is not None else None
    show = _shower(text, as_json, verbose, language)
    seen = last_ones(home, name)
    for one in seen.conversations[-1:] if text and not follow else seen.conversations:
        show(one)
    if not follow and not seen.conversations:
        labels = LABELS[language]
        raise Failed(labels["not_heard"].format(name=address or labels["anybody"]))
    if follow:
        for one in followed(home, name, seen):
            show(one)


def last_ones(home: Path, name: str | None) -> Seen:
    """The last conversations of ``name``: what the running gateway holds, then the traces."""
    held = asked(home, name, None) or Seen(None)
    found = {_identity(one): one for one in Traces(home).latest(name, TOLD)}
    found.update({_identity(one): one for one in held.conversations})
    ordered = sorted(found.values(), key=lambda one: one.began)
    return Seen(held.number, ordered[-TOLD:])


def asked(home: Path, name: str | None, after: int | None) -> Seen | None:
    """What the running gateway tells; None if none runs."""
    connection = control_connection(home)
    if connection is None:
        return None
    answer = ask(connection, "source log", {"name": name, "after": after})
    rows = [*answer["conversations"], *answer["open"]]
    return Seen(answer["number"], [Conversation.from_json(row) for row in rows])


def followed(
    home: Path, name: str | None, seen: Seen, pause: Callable[[float], None] = time.sleep
) -> Iterator[Conversation]:
    """New conversations as they end; one that goes on is told when it has brought a mail."""
    told = {_identity(one): _progress(one) for one in seen.conversations}
    number = seen.number
    while True:
        pause(ASK_SECONDS)
        answer = asked(home, name, number)
        if answer is None:
            raise Failed("the gateway does not run; there is nothing to follow")
        number = answer.number
        for one in answer.conversations:
            if _is_news(one, told.get(_identity(one))):
                told[_identity(one)] = _progress(one)
                yield one


def _is_news(one: Conversation, told: tuple[bool, int] | None) -> bool:
    """An end is news; but after a mail that was told, only if it explains something else."""
    if one.ended is None:
        return one.stored > (told[1] if told else 0)
    return told is None or (not told[0] and not (one.stored and told[1] == one.stored))


def _progress(one: Conversation) -> tuple[bool, int]:
    return one.ended is not None, one.stored


def _identity(one: Conversation) -> tuple[str, int, str]:
    # Milliseconds, because JSON has no more of them.
    return one.peer, one.port, one.began.isoformat(timespec="milliseconds")


def _shower(text: bool, as_json: bool, verbose: bool, language: str) -> Show:
    if as_json:
        return lambda one: say_json({**one.as_json(), **_explained(one, language)})
    if text:
        return lambda one: click.echo(printable(phone_text(one, language)))
    return lambda one: _print(one, verbose, language)


def _explained(one: Conversation, language: str) -> dict[str, Any]:
    said = words(one, language)
    return {
        "diagnosis": diagnosis(one),
        "happened": said.happened,
        "change": said.change,
        "hints": hints(one, language),
    }


def _print(one: Conversation, verbose: bool, language: str) -> None:
    said, labels = words(one, language), LABELS[language]
    who = ", ".join(one.sources[:3]) or one.login or labels["unknown"]
    head = f"{_local(one.began)}  {one.peer}  {who}"
    click.echo(printable(f"{head}  {said.happened}"))
    for hint in hints(one, language):
        click.echo(f"    {printable(hint)}")
    if not verbose:
        return
    facts = {
        "change": said.change,
        "listener": f"{one.listener}, {one.tls or labels['no_tls']}",
        "helo": one.helo,
        "login": f"{one.login} ({one.auth})" if one.login else None,
        "mails": ", ".join(mail.id for mail in one.mails),
        "tolerated": ", ".join(one.leniencies),
    }
    for key, value in facts.items():
        if value:
            click.echo(f"    {labels[key]:<13}{printable(value)}")
    for seconds, side, text in one.lines:
        click.echo(f"    {seconds:6.2f} {side}: {printable(text)}")
    if one.left_out:
        click.echo(f"    {labels['left_out'].format(count=one.left_out)}")


def _local(moment: datetime) -> str:
    """The operator's own time: who is on the phone has a clock on the wall."""
    return f"{moment.astimezone():%d.%m. %H:%M:%S}"
