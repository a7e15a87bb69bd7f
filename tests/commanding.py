"""Commands of administration in tests, on a real journal."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from alarmgw.administration import perform
from alarmgw.commands import Context
from alarmgw.errors import Refused
from alarmgw.store.journal import Journal
from tests.journals import done, now

CONTEXT = Context(now=now, node="gw1", randomness=os.urandom)

Do = Callable[..., Any]


def doing(journal: Journal) -> Do:
    """What carries out one command as a running gateway does."""

    def carry_out(command: str, **given: object) -> Any:
        return done(journal.submit(lambda ledger: perform(ledger, command, given, CONTEXT)))

    return carry_out


def told(journal: Journal) -> list[dict[str, Any]]:
    """Every entry of the journal."""
    return [json.loads(public) for _, public in journal.read(0, 100_000, 1 << 30)]


def refusal(do: Do, command: str, **given: object) -> Refused:
    """What the command answers when it is refused."""
    with pytest.raises(Refused) as caught:
        do(command, **given)
    return caught.value
