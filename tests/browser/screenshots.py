"""Pictures of every view of the console, to look at and for the documentation.

    python -m tests.browser.screenshots FOLDER [--only MOMENT]

Each moment of `tour` in 1920x1080 and 1280x800, light and dark, German and English.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from pathlib import Path

from selenium.common.exceptions import WebDriverException

from tests.browser.chromium import chromium
from tests.browser.scenes import Scene, scene
from tests.browser.tour import LANGUAGES, SCHEMES, View, lit, look, moments

SIZES = ((1920, 1080), (1280, 800))


def shoot(room: Scene, views: tuple[View, ...], prefix: str, folder: Path) -> None:
    """Every view, as this size, light and language show it."""
    for view in views:
        look(room, view)
        room.place.chrome.save_screenshot(str(folder / f"{prefix}-{view.name}.png"))
        view.leave(room)


def sized(room: Scene, width: int, height: int) -> None:
    """The page has exactly this room."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    room.place.chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def walk(room: Scene, folder: Path, only: str | None) -> None:
    """The whole tour."""
    for moment, views in moments(room):
        if only not in (None, moment):
            continue
        for (width, height), scheme, language in itertools.product(SIZES, SCHEMES, LANGUAGES):
            sized(room, width, height)
            lit(room, scheme, language)
            if moment == "storm":
                room.offer()
            shoot(room, views, f"{moment}-{width}-{scheme}-{language}", folder)
        lit(room, "light", "de")


def main(folder: Path, only: str | None) -> None:
    """All of them into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as profile,
        chromium(Path(profile), SIZES[0]) as chrome,
        scene(chrome) as room,
    ):
        try:
            walk(room, folder, only)
        except (AssertionError, WebDriverException):
            chrome.save_screenshot(str(folder / "failed.png"))
            raise
        finally:
            for line in chrome.get_log("browser"):
                sys.stderr.write(f"{line['level']} {line['message']}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", help="this moment alone")
    given = parser.parse_args()
    main(given.folder, given.only)
