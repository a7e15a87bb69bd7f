"""``alarmgw send``: the test alarm generator."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from pathlib import Path

import click

from alarmgw.cli.options import host_port, json_option, password_option, read_password
from alarmgw.cli.speech import Failed, printable, say_json
from alarmgw.cli.testmail import Answer, Target, alarm_mail, send_mail
from alarmgw.model import utc_now


@click.command()
@click.option("--to", metavar="HOST:PORT", callback=host_port, required=True, help="The listener.")
@click.option("--from", "sender", required=True, metavar="ADDRESS", help="The source's address.")
@click.option("--rcpt", multiple=True, metavar="ADDRESS", help="Recipient  [default: the sender]")
@click.option(
    "--picture",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Attach it; may be given several times.",
)
@click.option("--login", metavar="NAME", help="AUTH with this name.")
@password_option
@click.option("--starttls", is_flag=True, help="STARTTLS before anything else.")
@click.option("--tls", is_flag=True, help="TLS from the first byte.")
@click.option(
    "--ca",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Accept only this authority (HOME/tls/ca.pem).  Without it no certificate is verified.",
)
@click.option("--every", type=click.FloatRange(0), metavar="S", help="A mail every S seconds.")
@click.option("--count", type=click.IntRange(1), metavar="N", help="So many mails.")
@json_option
def send(
    to: tuple[str, int],
    sender: str,
    rcpt: tuple[str, ...],
    picture: tuple[Path, ...],
    login: str | None,
    password_file: Path | None,
    starttls: bool,
    tls: bool,
    ca: Path | None,
    every: float | None,
    count: int | None,
    as_json: bool,
) -> None:
    """Send test alarms as a camera does and say what the gateway answers.

    One mail; with --every and no --count, mails until Ctrl-C.
    """
    _refuse_contradictions(starttls, tls, login, password_file)
    target = Target(
        host=to[0],
        port=to[1],
        sender=sender,
        recipients=rcpt or (sender,),
        login=login,
        password=read_password(password_file),
        tls="implicit" if tls else "starttls" if starttls else "none",
        authority=ca,
    )
    wanted = count or (None if every is not None else 1)
    _fail_if_any(_sent(target, picture, wanted, every or 0.0, as_json))


def _refuse_contradictions(
    starttls: bool, tls: bool, login: str | None, password_file: Path | None
) -> None:
    if starttls and tls:
        raise click.UsageError("--starttls and --tls exclude each other")
    if (login is None) != (password_file is None):
        raise click.UsageError("--login and --password-file belong together")


def _sent(
    target: Target, pictures: Sequence[Path], count: int | None, every: float, as_json: bool
) -> list[Answer]:
    """Sends and tells; answers what was not taken."""
    failed = []
    began = time.monotonic()
    for number in itertools.count(1) if count is None else range(1, count + 1):
        # By the clock, not by pauses: a slow answer does not shift the mails after it.
        time.sleep(max(0.0, began + (number - 1) * every - time.monotonic()))
        answer = send_mail(target, alarm_mail(target, pictures, number, utc_now))
        if as_json:
            say_json(answer.as_json())
        elif answer.code == 250:
            click.echo(f"{printable(str(answer))}  ({answer.ms:.1f} ms)")
        if answer.code != 250:
            failed.append(answer)
    return failed


def _fail_if_any(failed: Sequence[Answer]) -> None:
    if len(failed) == 1:
        raise Failed(printable(str(failed[0])))
    if failed:
        raise Failed(f"{len(failed)} mails were not taken; the last: {printable(str(failed[-1]))}")
