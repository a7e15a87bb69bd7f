"""The figures of `make bench`, smaller, with the margin that a shared machine needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.benches.figures import Figure
from tests.benches.importing import import_beside_mails, longest_hold
from tests.benches.overhead import installers_view
from tests.benches.reconnecting import reconnecting
from tests.benches.thousands import cost_of_thousands
from tests.pace import allowed

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

#: What runs beside these tests may hold them up so much.
MARGIN = 2.0


@pytest.mark.parametrize(
    "bench",
    [
        longest_hold,
        partial(import_beside_mails, 2000, rounds=1),
        partial(cost_of_thousands, 10, 3000, mails=200),
        partial(reconnecting, 300, rounds=2),
        partial(installers_view, 500),
    ],
    ids=["hold", "import", "thousands", "reconnecting", "installers-view"],
)
def test_what_is_promised_holds(bench: Callable[[], Iterator[Figure]]) -> None:
    """Each figure stays below its bound."""
    for figure in bench():
        assert figure.value < MARGIN * allowed(figure.bound), str(figure)
