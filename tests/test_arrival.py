"""A mail's arrival cannot be changed once it is known."""

from __future__ import annotations

import pytest
from attrs.exceptions import FrozenInstanceError

from alarmgw.arrival import Arrival
from tests.places import MORNING, envelope, session


def test_an_arrival_stays_what_it_was() -> None:
    """Pool threads read it while the reactor goes on."""
    arrival = Arrival(session(), envelope("bq3@ebues.internal"), MORNING)
    with pytest.raises(FrozenInstanceError):
        arrival.begun = MORNING  # type: ignore[misc]
