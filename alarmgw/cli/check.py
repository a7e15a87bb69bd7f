"""``alarmgw check``: would the gateway start, and what should be known about it."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click

from alarmgw.certificates import load_certificate
from alarmgw.cli.home import JOURNAL_NAME
from alarmgw.cli.options import home_option
from alarmgw.cli.speech import Failed
from alarmgw.config import LEGACY_WARNING, Configuration, load
from alarmgw.descriptors import MAIL_FILES, files_wanted, shares
from alarmgw.errors import BadConfig
from alarmgw.model import utc_now
from alarmgw.store.journal import JournalReader
from alarmgw.store.timezones import is_utc

#: So long before a certificate ends it is time to do something.
NOTICE = timedelta(days=60)

#: A line of the report: OK or WARN, what it is about, what there is to say.
Line = tuple[str, str, str]


@click.command()
@home_option
def check(home: Path) -> None:
    """Check configuration, certificates and limits; say everything that is wrong at once."""
    home = home.absolute()
    try:
        configuration = load(home)
    except BadConfig as error:
        for complaint in error.complaints:
            click.echo(f"BAD   {complaint}")
        count = len(error.complaints)
        raise Failed(f"would not start: {count} complaint{'s' * (count != 1)}") from error
    for state, subject, text in report(configuration, utc_now()):
        click.echo(f"{state:<5} {subject:<13} {text}")


def report(configuration: Configuration, now: datetime) -> Iterator[Line]:
    """One line for each thing that was looked at."""
    yield (
        "OK",
        "configuration",
        f"{configuration.home / 'alarmgw.toml'}, node {configuration.name}",
    )
    yield _time_zone(configuration)
    yield from _listeners(configuration)
    yield ("OK", "workstations", configuration.workstations)
    yield from _certificates(configuration, now)
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield open_files(configuration.limits.connections, allowed)
    yield _journal(configuration.home)


def _time_zone(configuration: Configuration) -> Line:
    """Hardly a camera's clock is in UTC: then all of them would look wrong."""
    if is_utc(configuration.time_zone):
        text = "UTC; if devices write another local time, set gateway.time_zone"
        return ("WARN", "time zone", text)
    return ("OK", "time zone", f"{configuration.time_zone}, where a site has none of its own")


def _listeners(configuration: Configuration) -> Iterator[Line]:
    for number, listener in enumerate(configuration.listeners, 1):
        subject = f"listener {number}"
        yield ("OK", subject, f"{listener.endpoint}, tls {listener.tls}")
        if listener.tls_profile == "legacy":
            yield ("WARN", subject, LEGACY_WARNING)
        if any(network.prefixlen == 0 for network in listener.trusted_networks):
            yield ("WARN", subject, "everybody is trusted: whoever reaches it may send alarms")


def _certificates(configuration: Configuration, now: datetime) -> Iterator[Line]:
    for name in ("ca", "server", "server-rsa"):
        path = configuration.tls / f"{name}.pem"
        if not path.exists():
            continue
        end = load_certificate(path).not_valid_after_utc
        state = "OK" if end - now > NOTICE else "WARN"
        text = "ended" if end < now else "valid until"
        yield (state, "certificate", f"tls/{name}.pem {text} {end:%Y-%m-%d}")


def open_files(connections: int, allowed: int) -> Line:
    """Whether so many devices can be connected, and all of them send at the same time."""
    wanted = files_wanted(connections)
    if allowed == resource.RLIM_INFINITY or allowed >= wanted:
        return ("OK", "limits", f"{connections} connections, {wanted} open files")
    parts = shares(allowed)
    held = min(connections, parts.connections)
    sending = (parts.devices - held) // MAIL_FILES
    text = (
        f"{allowed} open files are allowed, {wanted} wanted: of {connections} devices {held} are "
        f"taken at a time, and {min(sending, held)} of them can send together; others are told to "
        "try again.  Raise LimitNOFILE or ulimit -n"
    )
    return ("WARN", "limits", text)


def _journal(home: Path) -> Line:
    path = home / JOURNAL_NAME
    if not path.exists():
        return ("WARN", "journal", f"{path} does not exist; the first start makes an empty one")
    return ("OK", "journal", f"{JOURNAL_NAME}, last entry {JournalReader(path).bounds()[1]}")
