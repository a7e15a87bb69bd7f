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

#: The longest waits of mails beside an import suffer first from whatever else the machine does.
WAITS = {"final dot to 250": 4.0, "p99": 6.0, "longest": 6.0}


@pytest.mark.parametrize(
    ("bench", "margins"),
    [
        (longest_hold, {}),
        (partial(import_beside_mails, 2000, rounds=3), WAITS),
        (partial(cost_of_thousands, 10, 3000, mails=200), {}),
        (partial(reconnecting, 300, rounds=2), {}),
        (partial(installers_view, 500), {}),
    ],
    ids=["hold", "import", "thousands", "reconnecting", "installers-view"],
)
def test_what_is_promised_holds(
    bench: Callable[[], Iterator[Figure]], margins: dict[str, float]
) -> None:
    """Each figure stays below its bound."""
    for figure in bench():
        begun = [name for name in margins if figure.name.strip().startswith(name)]
        margin = margins[begun[0]] if begun else MARGIN
        assert figure.value < margin * allowed(figure.bound), str(figure)
