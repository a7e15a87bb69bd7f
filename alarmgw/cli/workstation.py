"""``alarmgw workstation``: the machines in front of operators."""

from __future__ import annotations

from pathlib import Path

import click

from alarmgw.cli.bundle import BundleFacts, new_bundle
from alarmgw.cli.home import perform, whole_home
from alarmgw.cli.options import home_option, host_port
from alarmgw.config import bound_to, load

#: What fits into a certificate's common name.
NAME_CHARACTERS = 64

EVERYWHERE = ("", "0.0.0.0", "::")


@click.group()
def workstation() -> None:
    """Workstations: machines, each known by its own certificate."""


@workstation.command()
@click.argument("name")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="A new folder for its bundle.",
)
@click.option(
    "--gateway", metavar="HOST:PORT", callback=host_port, help="How it reaches the gateway."
)
@click.option("--console-port", type=click.IntRange(1, 65535), metavar="N")
@home_option
def add(
    name: str, folder: Path, gateway: tuple[str, int] | None, console_port: int | None, home: Path
) -> None:
    """Enrol a workstation and write its bundle; carry that folder to the machine."""
    if not 0 < len(name) <= NAME_CHARACTERS or not name.isprintable():
        raise click.UsageError(f"a name has 1 to {NAME_CHARACTERS} printable characters")
    home = whole_home(home)
    host, port = gateway or _own_address(home)
    shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    facts = BundleFacts(name=name, gateway=shown, console_port=console_port or port + 1)
    with new_bundle(folder, facts, home / "tls") as identity:
        arguments = {"name": name, "fingerprint": identity.fingerprint}
        perform(home, "workstation add", arguments)
    click.echo(f"""\
workstation {name} enrolled; its bundle is {folder}
carry that folder to the machine (it is a key), and there:
  twistd -n --pidfile= alarmgw-workstation --bundle {folder.name}""")


@workstation.command()
@click.argument("name")
@home_option
def revoke(name: str, home: Path) -> None:
    """Lock a workstation out, now; a link that stands is cut."""
    perform(home, "workstation revoke", {"name": name})
    click.echo(f"workstation {name} revoked")


def _own_address(home: Path) -> tuple[str, int]:
    """Where the configuration says that workstations connect."""
    host, port = bound_to(load(home).workstations)
    if host in EVERYWHERE or port == 0:
        raise click.UsageError(
            "the gateway listens on several addresses; say which with --gateway HOST:PORT"
        )
    return host, port
