"""Diagnosis: which sentence explains a conversation.

A conversation that did not go well has left several traces: the refusal, then
what the device did about it.  The tables stand in the order in which the
cause is looked for, so that the first hit is what an installer can change.
The sentences for each code are in ``diagnoses.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping

from alarmgw.conversation import Conversation

#: What the first bytes of a peer that speaks no SMTP mean.
_SPOKEN = {"tls": "tls_on_plain_port", "http": "http", "binary": "binary"}

#: How a TLS handshake failed (`Conversation.tls_failure`).
_TLS = {
    "plain": "plain_on_tls_port",
    "too_old": "tls_too_old",
    "no_common_cipher": "tls_no_common_cipher",
    "certificate_rejected": "tls_certificate_rejected",
    "client_certificate": "tls_client_certificate",
    "never_began": "tls_never_began",
    "broken_off": "tls_broken_off",
}

#: Ends that explain themselves.
_ENDINGS = {
    "too_many_connections": "too_many_connections",
    "endless_line": "not_smtp_lines",
    "shutting_down": "shutting_down",
    "bug": "not_stored",
}

#: Causes of error replies, the most telling first.
_REFUSALS: Mapping[str, str] = {
    "no_space": "not_stored",
    "store_failed": "not_stored",
    "journal_failed": "not_stored",
    "busy": "not_stored",
    "bug": "not_stored",
    "bytes_before_tls": "bytes_before_tls",
    "too_large": "too_large",
    "unknown_source": "unknown_recipient",
    "too_many_recipients": "too_many_recipients",
    "tls_required": "auth_needs_tls",
    "auth_failed": "auth_wrong_password",
    "too_many_logins": "auth_must_wait",
    "bad_credentials": "auth_unreadable",
    "cancelled": "auth_cancelled",
    "unknown_mechanism": "auth_mechanism",
    "auth_required": "auth_required",
    "empty_recipient": "empty_recipient",
    "bad_address": "bad_address",
    "no_recipient": "no_recipient",
    "line_too_long": "not_smtp_lines",
    "starttls_not_offered": "starttls_not_offered",
    "bad_sequence": "wrong_order",
    "unknown_command": "unknown_commands",
    "not_smtp": "unknown_commands",
}

#: A stored mail, by how the conversation ended after it.
_STORED = {"closed": "stored_closed", "reset": "stored_reset", "too_slow": "stored_silent"}

#: After these nothing is to be changed.
HARMLESS = frozenset(("stored", "stored_test", *_STORED.values()))

#: No mail and nothing refused, by how it ended.
_NOTHING = {"quit": "quit_without_mail", "too_slow": "silent", "open": "talking"}


def diagnosis(found: Conversation) -> str:
    """The code of the sentence that explains how this conversation went."""
    return (
        _SPOKEN.get(found.spoken)
        or _of_tls(found)
        or _ENDINGS.get(found.ending)
        or _of_transfer(found)
        or _of_refusals(found)
        or _of_mails(found)
        or _of_silence(found)
    )


def _of_tls(found: Conversation) -> str | None:
    failure = found.tls_failure
    if failure is None or found.stored:  # what breaks after a mail breaks nothing
        return None
    return _TLS.get(failure, "tls_failed")


def _of_transfer(found: Conversation) -> str | None:
    if not found.in_mail:
        return None
    return {"too_slow": "mail_too_slow", "open": "talking"}.get(found.ending, "mail_broken_off")


def _of_refusals(found: Conversation) -> str | None:
    refused = set(found.refusals)
    code = next((code for cause, code in _REFUSALS.items() if cause in refused), None)
    if code == "auth_wrong_password" and found.auth == "unknown_name":
        return "auth_unknown_name"
    if code is None and found.ending == "too_many_errors":
        return "unknown_commands"
    return code


def _of_mails(found: Conversation) -> str | None:
    if not found.mails:
        return None
    last = found.mails[-1]
    if not last.sources:
        return "stored_unassigned"
    if last.kind == "test":
        return "stored_test"
    return _STORED.get(found.ending, "stored")


def _of_silence(found: Conversation) -> str:
    if found.asked and found.ending != "open":
        return "auth_broken_off"
    if found.ending in _NOTHING:
        return _NOTHING[found.ending]
    return "closed_without_mail" if found.last_verb else "said_nothing"


#: Every code that `diagnosis` can give.
CODES = frozenset(
    {
        *_SPOKEN.values(),
        *_TLS.values(),
        *_ENDINGS.values(),
        *_REFUSALS.values(),
        *_STORED.values(),
        *_NOTHING.values(),
        *("tls_failed", "mail_too_slow", "mail_broken_off", "auth_unknown_name"),
        *("stored", "stored_test", "stored_unassigned"),
        *("auth_broken_off", "closed_without_mail", "said_nothing"),
    }
)
