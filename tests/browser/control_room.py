"""A control room: a real gateway, real workstations, and the browsers in front of them."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from selenium.webdriver import Chrome

from tests.browser.desk import WAIT_SECONDS, Screen
from tests.live import BIN, LiveGateway, run

PASSWORD = "ein langes Passwort"
ENTER, TAB = "\ue007", "\ue004"


class Workplace(Screen):
    """A workstation of a gateway, its player's calls, and the browser that shows its console."""

    def __init__(self, gateway: LiveGateway, chrome: Chrome, name: str | None = None) -> None:
        """``name``: a further one; without it, the one that the gateway was made with."""
        super().__init__(chrome)
        self.bundle = gateway.folder / name if name else gateway.bundle
        self.calls = gateway.folder / f"{self.bundle.name}-calls"
        if name:
            run("workstation", "add", name, "--to", self.bundle, "--home", gateway.home)
        config = self.bundle / "bundle.toml"
        kept = [line for line in config.read_text().splitlines() if "console_port" not in line]
        script = 'echo "$(date +%s.%N) $1" >> "$2"'
        words = ["sh", "-c", script, "sh", "{file}", str(self.calls)]
        config.write_text("\n".join([*kept, "console_port = 0", f"player = {words!r}"]))
        self.process = subprocess.Popen(
            [BIN / "twistd", "-n", "--pidfile=", "alarmgw-workstation", "--bundle", self.bundle],
            cwd=gateway.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        chrome.get(self._address(self.bundle / "console-url"))
        self.until(lambda: self.text("link-word") == "Verbunden")

    def _address(self, file: Path) -> str:
        deadline = time.monotonic() + WAIT_SECONDS
        while not file.exists():
            assert self.process.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        return file.read_text().strip()

    def sign_on(self, operator: str) -> Workplace:
        """Somebody sits down, with the keyboard alone."""
        self.at("sign-on-name").click()
        self.keys(operator, TAB, PASSWORD, ENTER)
        self.until(lambda: self.text("seat-name").startswith(operator))
        return self

    def tones(self) -> list[str]:
        """What the player was called for, so far."""
        return [tone for _, tone in self.played()]

    def played(self) -> list[tuple[float, str]]:
        """The player's calls: when (seconds since 1970), and for which tone."""
        if not self.calls.exists():
            return []
        calls = (line.split(maxsplit=1) for line in self.calls.read_text().splitlines())
        return [(float(moment), Path(file).stem) for moment, file in calls]

    def close(self) -> None:
        """Ends the workstation process."""
        self.process.kill()
        self.process.wait()
        self.chrome.get("about:blank")


def people(gateway: LiveGateway, *operators: str) -> None:
    """These may sign on, each with `PASSWORD`."""
    file = gateway.folder / "password"
    file.write_text(PASSWORD)
    for operator in operators:
        run("operator", "add", operator, "--password-file", file, "--home", gateway.home)
