"""``alarmgw init``: a new home, whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from alarmgw import certificates, config
from alarmgw.cli.bundle import BundleFacts, new_bundle
from alarmgw.cli.home import perform_offline
from alarmgw.cli.speech import Failed
from alarmgw.model import utc_now
from alarmgw.store.lock import HomeLock

FOLDERS = ("archive", "spool", "run", "tls", "workstations")

#: N to N+4: SMTP, implicit TLS, workstations, console, metrics.
PORTS = 5

base_port_option = click.option(
    "--base-port",
    type=click.IntRange(1, 65536 - PORTS),
    default=config.TEMPLATE_PORT,
    show_default=True,
    metavar="N",
    help="SMTP on N, implicit TLS N+1, workstations N+2, console N+3, metrics N+4.",
)


@click.command()
@click.argument("home", type=click.Path(path_type=Path))
@base_port_option
def init(home: Path, base_port: int) -> None:
    """Make a new HOME: certificates, alarmgw.toml, an empty store, a first workstation.

    It listens on loopback only, until you edit alarmgw.toml.
    """
    home = home.absolute()
    make_home(home, base_port)
    click.echo(f"""\
{home} is ready.  Next:

  edit     {home}/alarmgw.toml         where to listen, whom to trust
  check    alarmgw check --home {home}
  source   alarmgw source add ADDRESS --home {home}
  gateway  twistd -n --pidfile= alarmgw --home {home}
  console  twistd -n --pidfile= alarmgw-workstation --bundle {home}/workstations/console""")


def make_home(home: Path, base_port: int) -> None:
    """Makes a home; what was begun is removed again if that fails.  Raises `Failed`."""
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Failed(f"{home} exists and is not empty; nothing was changed")
    existed = home.exists()
    try:
        _fill(home, base_port)
    except BaseException:
        _emptied(home)
        if not existed:
            home.rmdir()
        raise


def _fill(home: Path, base_port: int) -> None:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    for name in FOLDERS:
        (home / name).mkdir(mode=0o700)
    config.write_default(home, base_port)
    certificates.create_all(home / "tls", config.read_name(home), utc_now())
    facts = BundleFacts(
        name="console", gateway=f"127.0.0.1:{base_port + 2}", console_port=base_port + 3
    )
    folder = home / "workstations" / "console"
    with HomeLock(home), new_bundle(folder, facts, home / "tls") as identity:
        arguments = {"name": facts.name, "fingerprint": identity.fingerprint}
        perform_offline(home, "workstation add", arguments)


def _emptied(home: Path) -> None:
    for path in home.iterdir() if home.exists() else ():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
