"""A desk: a console in a process of its own, and the browser that shows it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

ROOT = Path(__file__).parent.parent.parent
WAIT_SECONDS = 15


class Screen:
    """A console as somebody reads it and types at it."""

    def __init__(self, chrome: Chrome) -> None:
        self.chrome = chrome

    def until(self, happened: Callable[[], Any]) -> Any:
        """Waits until ``happened`` returns something true, and returns that."""
        wait = WebDriverWait(self.chrome, WAIT_SECONDS, 0.05, [StaleElementReferenceException])
        return wait.until(lambda _: happened())

    def at(self, name: str) -> WebElement:
        """The element of that id."""
        return self.chrome.find_element(By.ID, name)

    def text(self, name: str) -> str:
        """What can be read there now."""
        return self.at(name).text

    def titles(self) -> list[str]:
        """The titles of the rows that are drawn, from the top."""
        return self.column(".row-title")

    def column(self, selector: str) -> list[str]:
        """That part of each row that is drawn, from the top."""
        script = """
            const top = (row) => row.getBoundingClientRect().top;
            return [...document.querySelectorAll(".row")].sort((a, b) => top(a) - top(b))
                .map((row) => row.querySelector(arguments[0])?.textContent ?? "")"""
        return list(self.chrome.execute_script(script, selector))

    def part(self, selector: str) -> str:
        """What can be read in the first such part of the page; nothing if there is none."""
        script = """
            const part = document.querySelector(arguments[0]);
            return part?.checkVisibility() ? part.innerText : "" """
        return str(self.chrome.execute_script(script, selector))

    def says(self, selector: str, words: str) -> None:
        """Waits until these words can be read there."""
        self.until(lambda: words in self.part(selector))

    def offered(self) -> list[str]:
        """The actions that can be chosen now, by their names."""
        script = """return [...document.querySelectorAll("#incident .bar button:enabled")]
            .map((button) => button.dataset.action)"""
        return list(self.chrome.execute_script(script))

    def can_close(self) -> None:
        """Waits until the incident on the screen may be closed."""
        self.until(lambda: "close" in self.offered())

    def keys(self, *keys: str) -> None:
        """Keys, to whatever is in focus."""
        self.chrome.switch_to.active_element.send_keys(*keys)

    def chord(self, held: str, key: str) -> None:
        """A key while another is held down."""
        ActionChains(self.chrome).key_down(held).send_keys(key).key_up(held).perform()

    def press(self, *keys: str) -> None:
        """Keys, with the list in focus."""
        self.at("list").send_keys(*keys)


class Desk(Screen):
    """A console, the browser that shows it, and what its gateway does."""

    def __init__(self, chrome: Chrome, folder: Path) -> None:
        super().__init__(chrome)
        self.file = folder / "console-url"
        self.address = self.start(0)
        chrome.get(self.address)
        self.until(lambda: self.text("workstation"))

    def manned(self) -> Desk:
        """Connected, with somebody signed on."""
        self.gateway("connect")
        self.gateway("sign_on", "anna")
        self.until(lambda: self.text("seat-name").startswith("anna"))
        return self

    def start(self, port: int) -> str:
        """Starts a workstation process; returns its console's address."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.served", str(self.file.parent), str(port)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        deadline = time.monotonic() + WAIT_SECONDS
        while not self.file.exists():
            assert self.process.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        return self.file.read_text().strip()

    def restart(self) -> str:
        """Ends the workstation process and starts the next one on the same port."""
        self.close()
        self.file.unlink()
        return self.start(int(self.address.partition("/?")[0].rpartition(":")[2]))

    def gateway(self, command: str, value: Any = None) -> None:
        """Something happens on the link (`served`)."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps({command: value}).encode() + b"\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == b"done\n"

    def close(self) -> None:
        """Ends the workstation process."""
        self.process.kill()
        self.process.communicate()
