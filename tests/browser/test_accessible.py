"""Every view and every dialog, light and dark, as axe and a keyboard meet it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [pytest.mark.sockets, pytest.mark.slow]


def test_no_view_breaks_a_rule_of_axe(chromium: Chrome, tmp_path: Path) -> None:
    """WCAG 2.1 A and AA in light, the contrast again in dark, at every moment of a night."""
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    from tests.browser import accessible, tour
    from tests.browser.scenes import scene

    tags = {"light": accessible.WCAG_2_1_AA, "dark": accessible.CONTRAST}
    found = []
    with scene(chromium, tmp_path / "room") as room:
        for moment, views in tour.moments(room):
            for view in views:
                tour.look(room, view)
                for scheme in tour.SCHEMES:
                    tour.lit(room, scheme, "de")
                    for broken in accessible.violations(chromium, tags[scheme]):
                        found.append(f"{moment}, {view.name}, {scheme}: {broken}")
                view.leave(room)
    assert found == []
