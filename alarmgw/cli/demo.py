"""``alarmgw demo``: gateway and console under one parent, with one picture alarm (`make run`)."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import resources
from pathlib import Path
from types import FrameType

import click

from alarmgw import config
from alarmgw.cli.bundle import BundleFacts, write_facts
from alarmgw.cli.children import Child, greeted, taken
from alarmgw.cli.home import JOURNAL_NAME, control_connection, perform
from alarmgw.cli.init import base_port_option, make_home
from alarmgw.cli.speech import Failed
from alarmgw.cli.testmail import Answer, Target, alarm_mail, send_mail
from alarmgw.model import utc_now
from alarmgw.store import accounts
from alarmgw.store.journal import JournalReader
from alarmgw.workflow_entries import OPERATOR as ROLE

CAMERA = "camera1@demo.alarmgw.internal"

OPERATOR = "demo"


class _Stopped(Exception):
    """SIGTERM, SIGHUP or Ctrl-C: time to end everything."""


@click.command()
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    required=True,
    help="Made if it is not there yet.",
)
@base_port_option
def demo(home: Path, base_port: int) -> None:
    """Run gateway and console, send one picture alarm, and stay until Ctrl-C."""
    home = home.absolute()
    try:
        with _stopping():
            _prepare(home, base_port)
            password = _operator(home)
            with ExitStack() as children:
                gateway, console = _start(home, base_port, children)
                click.echo(_welcome(home, base_port, _first_alarm(base_port), password))
                _watch_over(gateway, console)
    except (_Stopped, KeyboardInterrupt):
        click.echo("ended")


@contextmanager
def _stopping() -> Iterator[None]:
    """Turns the signals that end a program into `_Stopped`, so that the children end first."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _Stopped

    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield
    finally:
        for number, action in zip(numbers, before, strict=True):
            signal.signal(number, action)


def _prepare(home: Path, base_port: int) -> None:
    """A home on these ports, with one camera in it."""
    if (home / "run").is_dir() and (running := control_connection(home)) is not None:
        running.close()
        raise Failed(f"a gateway runs in {home} already; end it first")
    for port in range(base_port, base_port + 4):
        if taken(port):
            raise Failed(
                f"port {port} is taken by another program;"
                f" take others, for example: make run PORT={base_port + 1000}"
            )
    if not (home / config.CONFIG_NAME).exists():
        click.echo(f"making {home} ...")
        make_home(home, base_port)
    _move_ports(home, base_port)
    with JournalReader(home / JOURNAL_NAME).reading() as connection:
        known = accounts.source(connection, CAMERA) is not None
    if not known:
        perform(home, "source add", {"address": CAMERA, "name": "Gate", "site": "1001"})


def _operator(home: Path) -> str:
    """The password of somebody who may sign on at the console; a new one at every start."""
    with JournalReader(home / JOURNAL_NAME).reading() as connection:
        known = accounts.operator(connection, OPERATOR) is not None
    arguments: dict[str, object] = {"name": OPERATOR}
    if known:
        made = perform(home, "operator change", {**arguments, "invent": True})
    else:
        made = perform(home, "operator add", {**arguments, "role": ROLE})
    return str(made["password"])


def _move_ports(home: Path, base_port: int) -> None:
    """Brings a home that nobody edited to other ports.  Raises `Failed` for an edited one."""
    path = home / config.CONFIG_NAME
    configured = config.load(home)
    _, port = config.bound_to(configured.listeners[0].endpoint)
    if port == base_port:
        return
    if path.read_text(encoding="utf-8") != config.template(port):
        raise Failed(f"{path} was edited and listens on port {port}: make run PORT={port}")
    path.unlink()
    config.write_default(home, base_port)
    facts = BundleFacts(
        name="console", gateway=f"127.0.0.1:{base_port + 2}", console_port=base_port + 3
    )
    write_facts(home / "workstations" / "console", facts)


def _start(home: Path, base_port: int, children: ExitStack) -> tuple[Child, Child]:
    """Both processes, ready; ``children`` ends them in the opposite order."""
    bundle = home / "workstations" / "console"
    address = bundle / "console-url"
    address.unlink(missing_ok=True)
    gateway = Child("alarmgw", ["--home", str(home)], home / "run" / "gateway.log")
    children.callback(gateway.stop)
    gateway.wait_until(lambda: greeted(base_port))
    log = home / "run" / "console.log"
    console = Child("alarmgw-workstation", ["--bundle", str(bundle)], log)
    children.callback(console.stop)
    console.wait_until(lambda: address.exists() and address.read_bytes().endswith(b"\n"))
    return gateway, console


def _first_alarm(base_port: int) -> Answer:
    """One picture alarm, as a camera with STARTTLS sends it."""
    target = Target(
        host="127.0.0.1", port=base_port, sender=CAMERA, recipients=(CAMERA,), tls="starttls"
    )
    picture = resources.files("alarmgw.cli") / "gate.jpg"
    with resources.as_file(picture) as path:
        answer = send_mail(target, alarm_mail(target, [path], 1, utc_now))
    if answer.code != 250:
        raise Failed(f"the gateway did not take the first alarm: {answer}")
    return answer


def _welcome(home: Path, base_port: int, answer: Answer, password: str) -> str:
    address = (home / "workstations" / "console" / "console-url").read_text().strip()
    return f"""\
alarmgw runs in {home}

  SMTP     127.0.0.1:{base_port} (STARTTLS), 127.0.0.1:{base_port + 1} (TLS)
  alarm    {answer.id}, taken in {answer.ms} ms
  logs     {home}/run/gateway.log, console.log
  console  {address}
           sign on as {OPERATOR} with the password {password}

Another alarm:  {sys.argv[0]} send --to 127.0.0.1:{base_port} --from {CAMERA}
Ctrl-C ends all of it."""


def _watch_over(*children: Child) -> None:
    """Stays until a child ends by itself, which none of them should."""
    while True:
        for child in children:
            if child.ended:
                raise Failed(f"{child.name} ended by itself; its last words are in {child.log}")
        time.sleep(0.2)
