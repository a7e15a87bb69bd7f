"""Two consoles at one gateway, as processes: who took it, and what a crash leaves behind."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from tests.live import BIN, LiveGateway, picture_mail, run

WAIT_SECONDS = 30


class Console:
    """A workstation process, asked over HTTP as its page asks it."""

    def __init__(self, bundle: Path) -> None:
        self.bundle = bundle
        self._file = bundle / "console-url"
        self.start()

    def start(self) -> None:
        """Start the process; waits until its console is open."""
        self._file.unlink(missing_ok=True)
        with (self.bundle / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    BIN / "twistd",
                    "-n",
                    "--pidfile=",
                    "alarmgw-workstation",
                    "--bundle",
                    self.bundle,
                ],
                stdout=log,
                stderr=log,
                cwd=self.bundle,
            )
        until(lambda: self._file.exists() and self._file.read_text().endswith("\n"))
        address = self._file.read_text().strip()
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor())
        self._opener.open(address, timeout=10).close()
        self._base = address.partition("?")[0]

    def get(self, path: str) -> Any:
        """The JSON there."""
        with self._opener.open(self._base + path, timeout=20) as answer:
            return json.load(answer)

    def post(self, path: str, value: Any) -> Any:
        """The answer to a request, whatever its status."""
        headers = {"Content-Type": "application/json"}
        request = Request(self._base + path, json.dumps(value).encode(), headers)
        try:
            with self._opener.open(request, timeout=20) as answer:
                return json.load(answer)
        except HTTPError as refused:
            return json.load(refused)

    def command(self, row: dict[str, Any], do: str, **keys: Any) -> Any:
        """The answer to a decision about what a row shows."""
        action = {"do": do, **keys}
        told = {"incident": row["incident"], "seen": row["seq"], "action": action}
        return self.post("command", told)

    def rows(self) -> dict[str, dict[str, Any]]:
        """The rows that a page gets when it is opened now."""
        with self._opener.open(self._base + "events", timeout=20) as events:
            for line in events:
                if line.startswith(b"event: incidents"):
                    told = json.loads(next(events).removeprefix(b"data: "))
                    return {row["incident"]: row for row in told["rows"]}
        raise AssertionError("no incidents were told")

    def is_current(self) -> bool:
        """Whether the link stands."""
        return bool(self.get("state")["link"] == "current")


def until(happened: Callable[[], Any]) -> Any:
    """Waits until ``happened`` answers something true, and answers that."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not (found := happened()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return found


@contextlib.contextmanager
def consoles(gateway: LiveGateway) -> Iterator[tuple[Console, Console]]:
    """Anna's and Bert's consoles, both signed on and current."""
    second = gateway.folder / "second"
    run("workstation", "add", "second", "--to", second, "--home", gateway.home)
    bundles = (gateway.bundle, second)
    for bundle in bundles:
        file = bundle / "bundle.toml"
        lines = file.read_text().splitlines()
        kept = [line for line in lines if not line.startswith("console_port")]
        file.write_text("\n".join([*kept, "console_port = 0", ""]))
    both = (Console(bundles[0]), Console(bundles[1]))
    try:
        for console, name in zip(both, ("anna", "bert"), strict=True):
            sign_on(gateway, console, name)
        yield both
    finally:
        for console in both:
            console.process.kill()
            console.process.wait()


def sign_on(gateway: LiveGateway, console: Console, name: str) -> None:
    """Make an operator, who begins to work there."""
    said = run("operator", "add", name, "--home", gateway.home).stdout
    password = said.partition("password")[2].split()[0]
    until(console.is_current)
    answer = console.post("sign-on", {"name": name, "password": password})
    assert answer == {"ok": True, "operator": name, "role": "operator"}
    until(lambda: console.get("state")["seat"])


def test_one_accepts_and_the_other_sees_by_whom() -> None:
    """Exactly one of them wins; the other is told who; signing off gives it back."""
    with LiveGateway() as gateway, consoles(gateway) as (anna, bert):
        gateway.send(picture_mail(5000))
        [row] = until(anna.rows).values()
        until(lambda: row["incident"] in bert.rows())
        answers = [one.command(row, "accept") for one in (anna, bert)]
        assert [one["ok"] for one in answers] == [True, False]
        assert (answers[1]["error"], answers[1]["by"]) == ("taken", "anna")
        seen = until(lambda: bert.rows()[row["incident"]]["holder"])
        told = bert.get(f"incidents/{row['incident']}")
        assert seen == "anna" and told["alarms"][0]["pictures_list"]
        assert anna.post("sign-off", {})["ok"]
        until(lambda: bert.rows()[row["incident"]]["state"] == "new")
        assert bert.command(row, "close", outcome="real")["ok"]
        until(lambda: not bert.rows())
        assert until(lambda: anna.get("state")["counts"]["new"] == 0)


def test_a_killed_gateway_misses_and_repeats_nothing() -> None:
    """Both consoles come back by themselves, who sits there still does, and rows are the same."""
    with LiveGateway() as gateway, consoles(gateway) as (anna, bert):
        gateway.send(picture_mail(5000))
        [row] = until(anna.rows).values()
        assert anna.command(row, "accept")["ok"]
        gateway.kill()
        until(lambda: not anna.is_current() and not bert.is_current())
        gateway.start()
        gateway.send(picture_mail(5000, 2))
        until(lambda: anna.is_current() and bert.is_current())
        until(lambda: bert.rows()[row["incident"]]["count"] == 2)
        until(lambda: anna.rows() == bert.rows())
        held = bert.rows()[row["incident"]]
        assert (held["state"], held["holder"]) == ("accepted", "anna")
        assert anna.get("state")["seat"]["operator"] == "anna"
        steps = [entry["type"] for entry in gateway.journal() if entry.get("incident")]
        assert steps.count("accepted") == 1
        alarms = anna.get(f"incidents/{row['incident']}")["alarms"]
        assert len({alarm["alarm"] for alarm in alarms}) == len(alarms) == 2


def test_a_restarted_console_knows_who_sits_there() -> None:
    """And shows what is open as before; nobody has to sign on again."""
    with LiveGateway() as gateway, consoles(gateway) as (anna, _):
        gateway.send(picture_mail(5000))
        before = until(anna.rows)
        anna.process.kill()
        anna.process.wait()
        anna.start()
        until(lambda: anna.get("state")["seat"])
        assert anna.get("state")["seat"]["operator"] == "anna"
        assert until(lambda: anna.rows().keys() == before.keys())
