"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from alarmgw.cli.speech import Failed

home_option = click.option(
    "--home",
    type=click.Path(path_type=Path),
    envvar="ALARMGW_HOME",
    default=".",
    metavar="HOME",
    help="The gateway's home  [default: $ALARMGW_HOME, then the current folder]",
)

json_option = click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a line instead of text."
)

bundle_option = click.option(
    "--bundle",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="The workstation's folder, as `workstation add` wrote it.",
)

password_option = click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Its first line is the password.",
)


def read_password(path: Path | None) -> str | None:
    """The first line of a password file, or None without a file.  Raises `Failed`."""
    if path is None:
        return None
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Failed(f"{path} is not UTF-8 text") from error
    if not lines or not lines[0]:
        raise Failed(f"{path} has no password in its first line")
    return lines[0]


def host_port(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> tuple[str, int] | None:
    """``HOST:PORT`` as an option's value; an IPv6 address stands in brackets."""
    if value is None:
        return None
    host, colon, port = value.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise click.BadParameter(f"{value} is not HOST:PORT")
    return host.removeprefix("[").removesuffix("]"), int(port)
