"""Conversations as values, for tests: a camera's that went well, and changes to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alarmgw.conversation import Conversation, TracedMail
from tests.places import MORNING

BQ3 = "bq3@ebues.internal"


def mail(*sources: str, **changes: Any) -> TracedMail:
    """A stored mail of these sources."""
    facts: dict[str, Any] = {"id": "gw1-20261121-063000-00000000aa", "size": 2048, "kind": "alarm"}
    return TracedMail(**{**facts, "sources": sources, **changes})


def conversation(**changes: Any) -> Conversation:
    """A camera's conversation without a mail; ``changes`` replace what is given here."""
    facts: dict[str, Any] = {
        "began": MORNING,
        "ended": MORNING + timedelta(seconds=1),
        "peer": "10.1.2.3",
        "port": 40123,
        "listener": "listener[1]",
        "helo": "cam",
        "last_verb": "EHLO",
        "ending": "quit",
        "lines": ((0.0, "S", "220 alarmgw ESMTP ready"), (0.1, "C", "EHLO cam")),
    }
    return Conversation(**{**facts, **changes})


def delivered(*sources: str, **changes: Any) -> Conversation:
    """A conversation that has stored one mail for these sources."""
    facts: dict[str, Any] = {"mails": (mail(*sources),), "stored": 1, "sources": sources}
    return conversation(**{**facts, **changes})
