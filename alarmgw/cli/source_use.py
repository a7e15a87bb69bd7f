"""``alarmgw source disable``, ``enable`` and ``certificate``: whether and how a source may send."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from alarmgw.certificates import load_pair, new_client, write_private
from alarmgw.cli.home import open_reader, perform, whole_home
from alarmgw.cli.options import home_option
from alarmgw.cli.speech import Failed
from alarmgw.model import normal_address, utc_now
from alarmgw.store import accounts

#: What fits into a certificate's common name.
NAME_CHARACTERS = 64


@click.command()
@click.argument("address")
@home_option
def disable(address: str, home: Path) -> None:
    """Take a source out of use: its mails are kept, and stand in no queue."""
    perform(home, "source disable", {"address": address})
    click.echo(f"{normal_address(address)} disabled")


@click.command()
@click.argument("address")
@home_option
def enable(address: str, home: Path) -> None:
    """Use a disabled source again."""
    perform(home, "source enable", {"address": address})
    click.echo(f"{normal_address(address)} enabled")


@click.command()
@click.argument("address")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="A new folder for the certificate and its key.",
)
@home_option
def certificate(address: str, folder: Path, home: Path) -> None:
    """Make a client certificate for a device; it proves the source's login, at SMTP only.

    The listener must say client_certificates = "accepted".
    """
    home = whole_home(home)
    with open_reader(home).reading() as connection:
        found = accounts.source(connection, normal_address(address))
    name = found.login or found.address if found else normal_address(address)
    authority = load_pair(home / "tls", "ca")
    identity = new_client(authority, name[:NAME_CHARACTERS], utc_now())
    if folder.exists():
        raise Failed(f"{folder} exists; name a new folder for the certificate")
    folder.mkdir(mode=0o700, parents=True)
    try:
        write_private(folder / "key.pem", identity.key_pem)
        write_private(folder / "certificate.pem", identity.certificate_pem)
        write_private(folder / "ca.pem", authority.certificate_pem)
        asked = {"address": address, "fingerprint": identity.fingerprint}
        perform(home, "source certify", asked)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    click.echo(f"certificate for {name} written to {folder}; key.pem is its password")
