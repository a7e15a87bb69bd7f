"""`alarmgw.operators`: who may sign on, and what becomes of it when that changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alarmgw import operators
from alarmgw.administration import prepared
from alarmgw.errors import Cause
from alarmgw.model import utc_text
from alarmgw.store import accounts, incidents, passwords, shifts
from alarmgw.store.journal import Journal
from alarmgw.workflow_shift import sign_on
from tests import desk
from tests.commanding import CONTEXT, Do, doing, refusal, told
from tests.journals import done, started


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal with its writer running."""
    journal = started(tmp_path / "journal.sqlite3")
    yield journal
    journal.close()


@pytest.fixture
def do(journal: Journal) -> Do:
    """Carries out one command as a running gateway does."""
    return doing(journal)


def signed_on(journal: Journal) -> None:
    """Anna works at a workstation, and has accepted an incident."""
    done(journal.submit(lambda ledger: ledger.append(desk.line(*sign_on("f" * 64, desk.stamp())))))
    done(journal.submit(lambda ledger: desk.ring(ledger, 1)))
    done(journal.submit(lambda ledger: desk.do(ledger, desk.alarm_id(1), "accept")))


def test_an_operator_can_sign_on_with_what_was_printed(do: Do, journal: Journal) -> None:
    """The password is invented unless one was given; the name is in lower case."""
    result = do("operator add", name="Max", role="shift_leader")
    with journal.reading() as connection:
        found = accounts.operator(connection, "max")
    assert found is not None and found.role == "shift_leader"
    assert found.digest == passwords.operator_digest(found.salt, result["password"])
    assert "another name" in refusal(do, "operator add", name="MAX").text


def test_an_operators_password_has_eight_characters(do: Do) -> None:
    """It is chosen by a person."""
    assert "8 characters" in refusal(do, "operator add", name="max", password="short").text
    assert do("operator add", name="max", password="long enough")["password"] is None
    assert "8 characters" in refusal(do, "operator change", name="max", password="short").text


def test_the_list_says_who_works_where(do: Do, journal: Journal) -> None:
    """All who may sign on, by name; no digest of a password."""
    do("operator add", name="bert", role="shift_leader")
    do("operator add", name="anna")
    signed_on(journal)
    assert do("operator list") == [
        {"name": "anna", "role": "operator", "workstations": ["platz-1"]},
        {"name": "bert", "role": "shift_leader", "workstations": []},
    ]


def test_a_changed_role_keeps_the_password(do: Do, journal: Journal) -> None:
    """One is changed without the other; what is told has no password in it."""
    secret = do("operator add", name="max")["password"]
    assert do("operator change", name="max", role="shift_leader")["password"] is None
    with journal.reading() as connection:
        found = accounts.operator(connection, "max")
    assert found is not None and found.role == "shift_leader"
    assert found.digest == passwords.operator_digest(found.salt, secret)
    assert told(journal)[-1]["new_password"] is False


def test_a_changed_password_keeps_the_role(do: Do, journal: Journal) -> None:
    """The old one opens nothing any more."""
    do("operator add", name="max", role="shift_leader", password="long enough")
    invented = do("operator change", name="max", invent=True)["password"]
    with journal.reading() as connection:
        found = accounts.operator(connection, "max")
    assert found is not None and found.role == "shift_leader"
    assert found.digest == passwords.operator_digest(found.salt, invented)
    assert told(journal)[-1]["new_password"] is True
    assert "nothing would change" in refusal(do, "operator change", name="max").text


def test_whoever_is_removed_is_signed_off_at_once(do: Do, journal: Journal) -> None:
    """What he had accepted is back in the queue in the same transaction."""
    do("operator add", name="anna")
    signed_on(journal)
    assert do("operator remove", name="ANNA") == {"name": "anna", "workstations": ["platz-1"]}
    kinds = [(entry["type"], entry.get("why"), entry.get("event")) for entry in told(journal)][-3:]
    assert kinds == [
        ("returned", "signed_off", None),
        ("signed_off", "removed", None),
        ("config", None, "operator_removed"),
    ]
    with journal.reading() as connection:
        assert shifts.sessions(connection) == []
        [incident] = incidents.open_incidents(connection)
        assert accounts.operator(connection, "anna") is None
    assert (incident.state, incident.holder) == ("new", None)
    assert refusal(do, "operator remove", name="anna").cause is Cause.NOT_FOUND
    assert refusal(do, "operator change", name="anna", role="operator").cause is Cause.NOT_FOUND


def test_whoever_was_removed_may_come_back(do: Do, journal: Journal) -> None:
    """With the password and the role that he is given then."""
    do("operator add", name="max", role="shift_leader", password="long enough")
    do("operator remove", name="max")
    do("operator add", name="max", password="another one")
    with journal.reading() as connection:
        found = accounts.operator(connection, "max")
    assert found is not None and found.role == "operator"
    assert found.digest == passwords.operator_digest(found.salt, "another one")


def test_a_revoked_workstation_has_nobody_signed_on(do: Do, journal: Journal) -> None:
    """Its session ends in the transaction in which it is revoked."""
    do("workstation add", name="platz-1", fingerprint="f" * 64)
    signed_on(journal)
    do("workstation revoke", name="platz-1")
    assert [(entry["type"], entry["why"]) for entry in told(journal)[-3:-1]] == [
        ("returned", "lost"),
        ("signed_off", "revoked"),
    ]
    with journal.reading() as connection:
        assert shifts.sessions(connection) == []


@pytest.mark.parametrize("command", ["operator add", "operator change"])
def test_an_operators_password_is_hashed_outside_the_writer(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """scrypt takes its time while the command is prepared, not while mails wait for a commit."""
    hashed: list[str] = []
    monkeypatch.setattr(
        operators.passwords,
        "operator_digest",
        lambda salt, password: hashed.append(password) or b"d",
    )
    prepared(command, {"name": "max", "password": "long enough"}, CONTEXT)
    assert hashed == ["long enough"]


def test_an_entry_bears_the_time_of_the_command(do: Do, journal: Journal) -> None:
    """Not that of the sign-on."""
    do("operator add", name="anna")
    signed_on(journal)
    do("operator remove", name="anna")
    assert told(journal)[-2]["time"] == utc_text(CONTEXT.now())
