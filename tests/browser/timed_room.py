"""A control room whose mails and pages are timed: the sender's clock is the pages' clock.

Nothing here is in memory: mails come over SMTP, entries over TLS, pages over HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType

from selenium.webdriver import Chrome

from tests.browser.chromium import chromium
from tests.browser.control_room import Workplace, people
from tests.live import LiveGateway, run

#: A control room's screen.
WINDOW = (1920, 1080)

_EYEWITNESS = Path(__file__).with_name("eyewitness.js")


class Seat(Workplace):
    """A workplace at which somebody is signed on, and whose page is watched from inside."""

    def __init__(
        self, gateway: LiveGateway, chrome: Chrome, operator: str, name: str | None
    ) -> None:
        super().__init__(gateway, chrome, name)
        self.sign_on(operator)
        chrome.execute_script(_EYEWITNESS.read_text(encoding="utf-8"))

    def has_rows(self, count: int) -> None:
        """Wait until the list has so many rows, drawn or not."""
        script = """return document.querySelector(".row")?.getAttribute("aria-setsize")"""
        self.until(lambda: self.chrome.execute_script(script) == str(count))

    @property
    def resident(self) -> int:
        """The memory of the workstation's process, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        return int(line.split()[1]) * 1024


class ControlRoom:
    """The gateway with so many sites, one source each, and a seat for each of ``operators``."""

    def __init__(self, sites: int, operators: tuple[str, ...] = ("anna",)) -> None:
        self._sites, self._operators = sites, operators
        self._stack = ExitStack()

    def __enter__(self) -> ControlRoom:
        with ExitStack() as stack:
            self.gateway = stack.enter_context(LiveGateway())
            self._import_sources()
            people(self.gateway, *self._operators)
            self.seats = [stack.enter_context(self._seat(n)) for n in range(len(self._operators))]
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, traceback)

    def _import_sources(self) -> None:
        rows = [f"{address(n)};Tor {n};{site(n)}\n" for n in range(self._sites)]
        file = self.gateway.folder / "sources.csv"
        file.write_text("".join(["address;name;site\n", *rows]))
        run("source", "import", file, "--home", self.gateway.home)

    @contextmanager
    def _seat(self, number: int) -> Iterator[Seat]:
        profile = self.gateway.folder / f"chromium-{number}"
        name = f"platz-{number + 1}" if number else None
        with chromium(profile, WINDOW) as chrome:
            seat = Seat(self.gateway, chrome, self._operators[number], name)
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
