"""The words: values that cannot be made wrong, and the contract's form of each."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmgw import model
from tests.journals import MOMENT, part, randomness

moments = st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.sampled_from([timezone.utc]))


def times(**changes: Any) -> model.Times:
    """The times of one mail."""
    facts: dict[str, Any] = dict.fromkeys(("connected", "data", "eom", "synced"), MOMENT)
    return model.Times(**{**facts, **changes})


def test_the_clock_is_aware_and_in_utc() -> None:
    """Nothing in the gateway has local time."""
    assert model.utc_now().utcoffset() == timedelta(0)


@given(moments)
def test_a_moment_survives_its_text(moment: datetime) -> None:
    """Microseconds are kept."""
    assert model.utc_moment(model.utc_text(moment, 6)) == moment


def test_times_are_written_in_utc() -> None:
    """A time of another zone is converted; milliseconds unless six digits are asked for."""
    moment = datetime(2026, 11, 21, 21, 45, 2, 123456, timezone(timedelta(hours=1)))
    assert model.utc_text(moment) == "2026-11-21T20:45:02.123Z"
    assert model.utc_text(moment, 6) == "2026-11-21T20:45:02.123456Z"


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-11-21T20:45:02", "2026-11-21T20:45:02+01:00"]
)
def test_a_text_that_is_no_time_in_utc_is_refused(text: str) -> None:
    """Local times and guesses never become moments."""
    with pytest.raises(ValueError, match=r".+"):
        model.utc_moment(text)


def test_a_mails_id_names_node_and_time() -> None:
    """And has the form that everybody looks for."""
    mail = model.new_mail_id("gw1", MOMENT, randomness)
    assert mail == "gw1-20261121-204502-0708090a0b"
    assert model.MAIL_ID_PATTERN.match(mail)
    assert model.ALARM_ID_PATTERN.match(model.alarm_id(mail, 12))


@pytest.mark.parametrize("number", ["0", "01", "x", "12345", "1\n", ""])
def test_an_alarms_id_has_a_number_from_one(number: str) -> None:
    """Whatever else stands there is no alarm's id, and no path is made of it."""
    assert not model.ALARM_ID_PATTERN.match(f"gw1-20261121-204502-0708090a0b-{number}")


def test_addresses_are_compared_in_lower_case() -> None:
    """Devices write them as they like."""
    assert model.normal_address(" BQ3@Ebues.Internal ") == "bq3@ebues.internal"
    assert model.Source(address="BQ3@x").address == "bq3@x"


def test_times_have_a_zone() -> None:
    """A naive time would be read as local one day."""
    with pytest.raises(ValueError, match="eom has no time zone"):
        times(eom=datetime(2026, 11, 21, 20, 45))


@pytest.mark.parametrize(
    ("maker", "wrong"),
    [
        (model.Event, {"event": "x", "state": "middle"}),
        (model.Part, {**part("x").as_json(), "size": -1}),
        (model.Part, {**part("x").as_json(), "sha256": "A" * 64}),
        (model.MailFacts, {"id": "../x", "size": 1, "sha256": "a" * 64}),
        (model.Meaning, {"kind": "party", "events": (model.Event(event="x"),)}),
        (model.Meaning, {"kind": "alarm", "events": ()}),
        (model.Handling, {"priority": 6, "handling": "queue", "rule": "x"}),
        (model.Handling, {"priority": 1, "handling": "lost", "rule": "x"}),
        (model.Source, {"address": " "}),
        (model.Source, {"address": "a@b", "networks": ("10.1.2.3/8",)}),
    ],
)  # fmt: skip
def test_a_wrong_value_cannot_be_made(maker: Any, wrong: dict[str, Any]) -> None:
    """The constructor refuses it; nobody behind it has to ask."""
    with pytest.raises(ValueError, match=r".+"):
        maker(**wrong)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\0b"])
def test_a_parts_name_is_a_file_in_its_folder(name: str) -> None:
    """A name on disk never leads elsewhere."""
    with pytest.raises(ValueError, match="name"):
        part(name)


def test_a_login_does_not_show_what_it_knows() -> None:
    """Salt and digest are in no log line."""
    assert repr(model.Login(name="cam", salt=b"s", digest=b"d")) == "Login(name='cam')"


def test_the_contracts_objects_have_its_keys() -> None:
    """The names that others read."""
    envelope = model.Envelope(peer="p", helo="h", sender="s", recipients=("a", "b"))
    assert envelope.as_json() == {
        "peer": "p", "helo": "h", "from": "s", "rcpt": ["a", "b"], "login": None, "tls": None,
    }  # fmt: skip
    assert set(times().as_json()) == {"connected", "data", "eom", "synced", "clock_offset_s"}
    assert set(part("x").as_json()) == {"name", "label", "media_type", "size", "sha256"}
