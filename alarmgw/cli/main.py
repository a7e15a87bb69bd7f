"""``alarmgw``: every command, and how they all fail.

Exit codes: 0 done, 1 it failed and says why in one line on stderr, 2 used
wrongly.
"""

from __future__ import annotations

from typing import Any

import click

from alarmgw.certificates import BadCertificate
from alarmgw.cli.backup import backup
from alarmgw.cli.check import check
from alarmgw.cli.demo import demo
from alarmgw.cli.init import init
from alarmgw.cli.listen import picture, watch
from alarmgw.cli.operator import operator
from alarmgw.cli.record import journal, show
from alarmgw.cli.records import add_records, customer, site
from alarmgw.cli.restore import restore
from alarmgw.cli.rule import rule
from alarmgw.cli.rule_test import test
from alarmgw.cli.send import send
from alarmgw.cli.source import source
from alarmgw.cli.source_use import certificate, disable, enable
from alarmgw.cli.speech import Failed
from alarmgw.cli.status import status
from alarmgw.cli.unassigned import adopt, unassigned
from alarmgw.cli.verify import verify
from alarmgw.cli.workstation import workstation
from alarmgw.errors import BadConfig, Refusal
from alarmgw.store.database import is_store_failure, journal_failed


class Commands(click.Group):
    """The commands; whatever a command raises on purpose becomes one line and exit code 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a newcomer needs them."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            text = _reason(error)
            if text is None:
                raise
            raise Failed(text) from error


def _reason(error: Exception) -> str | None:
    """What is told of an expected failure; None for bugs and for what click tells itself."""
    if isinstance(error, BadConfig):
        return _worded(error)
    if isinstance(error, Refusal | BadCertificate):
        return str(error)
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}"
    return journal_failed(error).text if is_store_failure(error) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="alarmgw")
def main() -> None:
    """The alarm mail gateway: from a camera's alarm mail to an operator's screen."""


def _worded(error: BadConfig) -> str:
    """The first complaint, and how many more there are."""
    first, more = str(error.complaints[0]), len(error.complaints) - 1
    return f"{first} ({more} more: see `alarmgw check`)" if more else first


for command in (
    init,
    check,
    source,
    unassigned,
    site,
    customer,
    rule,
    operator,
    workstation,
    send,
    watch,
    journal,
    show,
    picture,
    status,
    verify,
    backup,
    restore,
    demo,
):
    main.add_command(command)

for command in (adopt, disable, enable, certificate):
    source.add_command(command)
rule.add_command(test)
add_records({"source": source, "site": site, "customer": customer})
