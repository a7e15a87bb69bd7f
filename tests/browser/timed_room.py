"""A control room that is real: a gateway, workstations, and a Chromium in front of each.

Nothing here is in memory: mails come over SMTP, entries over TLS, pages over HTTP.  The
clock of the sender and that of the pages is the machine's own.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import chromium
from tests.browser.desk import WAIT_SECONDS, Screen
from tests.live import BIN, LiveGateway, run
from tests.pace import allowed

PASSWORD = "correct horse battery"

#: As many rows of the list can be seen at once as nobody has to scroll for.
WINDOW = (1920, 1080)

_HERE = Path(__file__).parent


class Seat(Screen):
    """A workstation's process, and the browser that shows its console."""

    def __init__(self, room: ControlRoom, bundle: Path, name: str, chrome: Chrome) -> None:
        super().__init__(chrome)
        self.name = name
        self._bundle = bundle
        self._calls = bundle / "played"
        self._log = room.gateway.folder / f"{bundle.name}.log"
        with (bundle / "bundle.toml").open("a", encoding="utf-8") as settings:
            settings.write(_recorder(self._calls))

    def open(self) -> Seat:
        """Start the process, open its page and sign on."""
        address = self._bundle / "console-url"
        words = ("twistd", "-n", "--pidfile=", "alarmgw-workstation", "--bundle", self._bundle)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen((BIN / words[0], *words[1:]), stdout=log, stderr=log)
        deadline = time.monotonic() + allowed(WAIT_SECONDS)
        while not (address.exists() and address.read_text().endswith("\n")):
            assert self.process.poll() is None and time.monotonic() < deadline, self.log
            time.sleep(0.02)
        self.chrome.get(address.read_text().strip())
        self.until(lambda: self.chrome.find_element("id", "link").get_attribute("data-link"))
        self.until(lambda: self.at("link").get_attribute("data-link") == "current")
        self.at("sign-on-name").send_keys(self.name)
        self.at("sign-on-password").send_keys(PASSWORD, Keys.ENTER)
        self.until(lambda: self.text("seat-name").startswith(self.name))
        self.chrome.execute_script((_HERE / "eyewitness.js").read_text(encoding="utf-8"))
        return self

    def has_rows(self, count: int) -> None:
        """Wait until the list has so many rows, drawn or not."""
        script = """return document.querySelector(".row")?.getAttribute("aria-setsize")"""
        self.until(lambda: self.chrome.execute_script(script) == str(count))

    @property
    def log(self) -> str:
        """What the process has logged so far."""
        return self._log.read_text(errors="replace")

    @property
    def resident(self) -> int:
        """The process's memory, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        return int(line.split()[1]) * 1024

    def played(self) -> list[tuple[float, str]]:
        """The player's calls: when, and which tone."""
        if not self._calls.exists():
            return []
        words = (line.split(maxsplit=1) for line in self._calls.read_text().splitlines())
        return [(float(moment), Path(file).stem) for moment, file in words]

    def close(self) -> None:
        """End the process; the browser stays."""
        self.chrome.get("about:blank")
        self.process.kill()
        self.process.wait()


class ControlRoom:
    """The gateway with so many sites, one source each, and a seat for each of ``operators``."""

    def __init__(self, sites: int, operators: tuple[str, ...] = ("anna",)) -> None:
        self._sites, self._operators = sites, operators
        self._stack = ExitStack()

    def __enter__(self) -> ControlRoom:
        with contextlib.ExitStack() as stack:
            self.gateway = stack.enter_context(LiveGateway())
            self._fill()
            self.seats = [stack.enter_context(self._seat(n)) for n in range(len(self._operators))]
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            for seat in self.seats:
                sys.stderr.write(f"{seat.name}'s workstation said:\n{seat.log[-2000:]}\n")
        self._stack.__exit__(kind, error, traceback)

    def _fill(self) -> None:
        home, folder = self.gateway.home, self.gateway.folder
        rows = [f"{address(n)};Tor {n};{site(n)}\n" for n in range(self._sites)]
        (folder / "sources.csv").write_text("".join(["address;name;site\n", *rows]))
        run("source", "import", folder / "sources.csv", "--home", home)
        (folder / "password").write_text(PASSWORD)
        for name in self._operators:
            run("operator", "add", name, "--password-file", folder / "password", "--home", home)

    @contextlib.contextmanager
    def _seat(self, number: int) -> Iterator[Seat]:
        bundle = self.gateway.bundle
        if number:
            bundle = self.gateway.folder / f"desk{number}"
            port = str(self.gateway.port + 3 + number)
            run("workstation", "add", bundle.name, "--to", bundle, "--console-port", port,
                "--home", self.gateway.home)  # fmt: skip
        profile = self.gateway.folder / f"chromium{number}"
        with chromium(profile, WINDOW) as chrome:
            seat = Seat(self, bundle, self._operators[number], chrome).open()
            try:
                yield seat
            finally:
                seat.close()


def site(number: int) -> str:
    """The number of a site, of which none begins as another does."""
    return str(10_000 + number)


def address(number: int) -> str:
    """The address of that site's source, to which its mails go."""
    return f"bq{number}@ebues.internal"


def _recorder(calls: Path) -> str:
    """A player that writes down when it was called, and with which file."""
    words = ["/bin/sh", "-c", f'echo "$(date +%s.%N) $0" >> {calls}', "{file}"]
    quoted = ", ".join("'" + word + "'" for word in words)
    return f"player = [{quoted}]\n"
