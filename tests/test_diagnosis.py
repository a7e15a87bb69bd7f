"""`alarmgw.diagnosis`: which sentence explains a conversation."""

from __future__ import annotations

import re
from typing import Any

import pytest

from alarmgw.conversation import Conversation
from alarmgw.diagnosis import CODES, diagnosis
from tests.sources import ROOT
from tests.talks import BQ3, conversation, delivered, mail

#: What no dialog in memory can show: TLS itself, the network, what a mail meant.
CASES: dict[str, Conversation] = {
    "plain_on_tls_port": conversation(tls_failure="plain", ending="closed"),
    "tls_too_old": conversation(tls_failure="too_old", ending="closed"),
    "tls_no_common_cipher": conversation(tls_failure="no_common_cipher"),
    "tls_certificate_rejected": conversation(tls_failure="certificate_rejected"),
    "tls_client_certificate": conversation(tls_failure="client_certificate"),
    "tls_failed": conversation(tls_failure="other"),
    "too_many_connections": conversation(ending="too_many_connections"),
    "shutting_down": conversation(ending="shutting_down"),
    "talking": conversation(ending="open", ended=None),
    "stored_test": delivered(mails=(mail(BQ3, kind="test"),)),
    "stored_unassigned": delivered(),
}


@pytest.mark.parametrize("code", sorted(CASES))
def test_case(code: str) -> None:
    """What no dialog can show is explained as well."""
    assert diagnosis(CASES[code]) == code


def test_every_code_is_produced() -> None:
    """Each code comes out of a dialog in tests/dialogs or of a case here."""
    dialogs = (ROOT / "tests" / "dialogs" / "smtp").glob("*.txt")
    texts = [path.read_text("latin-1") for path in dialogs]
    played = {code for text in texts for code in re.findall(r"^DIAGNOSIS (\w+)$", text, re.M)}
    assert played | CASES.keys() == CODES


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"refusals": ("tls_required", "auth_required")}, "auth_needs_tls"),
        ({"refusals": ("auth_failed", "auth_required"), "auth": "wrong_password"},
         "auth_wrong_password"),
        ({"refusals": ("unknown_source", "no_recipient")}, "unknown_recipient"),
        ({"refusals": ("unknown_command",), "ending": "too_many_errors"}, "unknown_commands"),
        ({"refusals": ("bad_value",), "ending": "too_many_errors"}, "unknown_commands"),
        ({"in_mail": True, "ending": "shutting_down"}, "shutting_down"),
        ({"ending": "bug"}, "not_stored"),
    ],
)  # fmt: skip
def test_cause_goes_before_its_consequences(changes: dict[str, Any], code: str) -> None:
    """What an installer can change is named, not what the device did about it."""
    assert diagnosis(conversation(**changes)) == code


def test_what_breaks_after_a_mail_breaks_nothing() -> None:
    """A TLS error behind a stored mail does not make it a failure."""
    assert diagnosis(delivered(BQ3, tls_failure="other", ending="reset")) == "stored_reset"
