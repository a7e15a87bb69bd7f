"""``alarmgw watch`` and ``alarmgw picture``: what a workstation hears, and fetches."""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import attrs
import click
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from alarmgw.cli.options import bundle_option, json_option
from alarmgw.cli.sentence import sentence, size_text
from alarmgw.cli.speech import Failed, say_json
from alarmgw.codec.wire import Heartbeat
from alarmgw.steady import steady
from alarmgw.workstation.bundle import load_bundle
from alarmgw.workstation.link import Link
from alarmgw.workstation.mirror import LinkState


@click.command()
@bundle_option
@click.option("--since", type=click.IntRange(0), metavar="N", help="Begin after entry N.")
@json_option
def watch(bundle: Path, since: int | None, as_json: bool) -> None:
    """Print what a workstation hears, live, until Ctrl-C.

    It begins with what is open, or with --since after that entry.
    """
    reactor = _reactor()
    listener = Printer(say_json if as_json else _say, reactor.stop)
    link = Link(load_bundle(bundle), reactor, listener, cursor=since, client="alarmgw watch")
    reactor.callWhenRunning(link.start)
    reactor.addSystemEventTrigger("before", "shutdown", link.stop)
    reactor.run()
    if listener.broken is not None:
        raise listener.broken


@click.command()
@click.argument("alarm")
@click.argument("name")
@bundle_option
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to write it; an existing file is replaced.",
)
def picture(alarm: str, name: str, bundle: Path, target: Path) -> None:
    """Fetch one picture or file of an alarm, as the console does."""
    reactor = _reactor()
    waiting = Waiting()
    link = Link(load_bundle(bundle), reactor, waiting, client="alarmgw picture")

    async def fetched() -> int:
        link.start()
        try:
            await waiting.linked
            return await write_whole(link, alarm, name, target)
        finally:
            await link.stop()

    click.echo(f"{target}, {size_text(_run(reactor, fetched))}")


#: What is known of the gateway before its first heartbeat on a link.
UNHEARD: dict[str, Any] = {"gateway": None, "reasons": []}


class Printer:
    """Prints what the link hears, each thing at once; a `LinkListener`."""

    def __init__(self, say: Callable[[dict[str, Any]], None], stop: Callable[[], object]) -> None:
        self._say, self._stop = say, stop
        self._link = LinkState()
        self._gateway: dict[str, Any] = UNHEARD
        #: Why nothing can be printed any more.
        self.broken: BrokenPipeError | None = None

    def entries(self, entries: list[dict[str, Any]], up_to: int) -> None:
        """The next entries: a line for each."""
        for entry in entries:
            self._print(entry)

    def state(self, state: LinkState) -> None:
        """The link stands otherwise: a ``state`` line."""
        self._link = state
        if state.state != "current":
            self._gateway = UNHEARD
        self._print_state()

    def heartbeat(self, heartbeat: Heartbeat) -> None:
        """A ``state`` line where something else is wrong with the gateway than before."""
        before = self._gateway["reasons"]
        self._gateway = {"gateway": heartbeat.state, "reasons": heartbeat.reasons}
        if heartbeat.reasons != before:
            self._print_state()

    def _print_state(self) -> None:
        self._print({"type": "state", **attrs.asdict(self._link), **self._gateway})

    def _print(self, value: dict[str, Any]) -> None:
        if self.broken is not None:
            return
        try:
            self._say(value)
        except BrokenPipeError as error:
            self.broken = error
            self._stop()


class Waiting:
    """Waits for the first word of a link: there, or not to be had; a `LinkListener`."""

    def __init__(self) -> None:
        #: Fires when there is a link, fails with `Failed` when there will be none.
        self.linked: Deferred[None] = Deferred()

    def entries(self, entries: list[dict[str, Any]], up_to: int) -> None:
        """Nobody reads them here."""

    def heartbeat(self, heartbeat: Heartbeat) -> None:
        """Nothing is drawn here."""

    def state(self, state: LinkState) -> None:
        """A journal's name means that the gateway has answered."""
        if self.linked.called:
            return
        if state.journal is not None:
            self.linked.callback(None)
        elif state.state in ("lost", "refused"):
            self.linked.errback(Failed(f"no link to the gateway: {state.reason}"))


async def write_whole(link: Link, alarm: str, name: str, target: Path) -> int:
    """Fetches into ``target``, which appears complete or not at all; answers the size."""
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            async for piece in link.fetch(alarm, name):
                file.write(piece)
            size = file.tell()
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return size


def _say(value: dict[str, Any]) -> None:
    """Entries and states as sentences."""
    if value["type"] != "state":
        click.echo(sentence(value))
        return
    if value["gateway"] is not None:
        click.echo(f"gateway {value['gateway']}: {'; '.join(value['reasons']) or 'all is well'}")
        return
    reason = f": {value['reason']}" if value["reason"] else ""
    node = f" ({value['node']}, entry {value['head']})" if value["node"] else ""
    click.echo(f"link {value['state']}{node}{reason}")


def _reactor() -> Any:
    """The process's reactor: these commands are roots."""
    from twisted.internet import reactor

    return steady(reactor)


def _run(reactor: Any, work: Callable[[], Coroutine[Deferred[Any], Any, int]]) -> int:
    """Runs the reactor for as long as ``work`` takes; its result, or what it raised."""
    outcomes: list[int | Failure] = []

    def begin() -> None:
        done: Deferred[Any] = Deferred.fromCoroutine(work())
        done.addBoth(outcomes.append).addBoth(lambda _: reactor.stop())

    reactor.callWhenRunning(begin)
    reactor.run()
    if not outcomes:
        raise Failed("interrupted")
    [outcome] = outcomes
    if isinstance(outcome, Failure):
        outcome.raiseException()
        raise AssertionError("unreachable")
    return outcome
