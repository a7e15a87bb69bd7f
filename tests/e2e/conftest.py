"""One running gateway for the tests of a module that do not break it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live import LiveGateway


@pytest.fixture(scope="module")
def gateway() -> Iterator[LiveGateway]:
    """A gateway with its defaults, shared by a module's tests."""
    with LiveGateway() as live:
        yield live
