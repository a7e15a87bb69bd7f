"""Debian's Chromium without a screen, in German, driven by selenium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver

BROWSER, DRIVER = "chromium", "chromedriver"


def missing() -> str | None:
    """What has to be installed before anything here works."""
    found = shutil.which(BROWSER) and shutil.which(DRIVER)
    return None if found else "chromium and chromium-driver are not installed"


@contextmanager
def chromium(profile: Path, size: tuple[int, int]) -> Iterator[webdriver.Chrome]:
    """A browser with a profile of its own and a window of this size."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which(BROWSER) or BROWSER
    for word in ("headless=new", "no-sandbox", "disable-gpu", f"user-data-dir={profile}"):
        options.add_argument(f"--{word}")
    options.add_experimental_option("prefs", {"intl.accept_languages": "de-DE,de"})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(shutil.which(DRIVER) or DRIVER)
    with webdriver.Chrome(options, service) as chrome:
        chrome.set_window_size(*size)
        yield chrome
