"""The workstation's root, and the process that twistd makes of it."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from alarmgw.workstation.bundle import load_bundle
from alarmgw.workstation_tap import ConsoleLife, LinkService, Options, gateway_name, makeService
from tests.workstation.bundles import make_bundle

TWISTD = Path(sys.executable).parent / "twistd"


def options(*words: str) -> Options:
    """The parsed command line."""
    parsed = Options()
    parsed.parseOptions(list(words))
    return parsed


def command(bundle: Path) -> list[str]:
    """The documented command line."""
    return [str(TWISTD), "-n", "--pidfile=", "alarmgw-workstation", "--bundle", str(bundle)]


@contextlib.contextmanager
def running(bundle: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A workstation process whose console is open."""
    with subprocess.Popen(command(bundle), stdout=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 20
            while not (bundle / "console-url").exists():
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.02)
            yield process
        finally:
            process.kill()


def test_missing_bundle_is_one_line() -> None:
    """Without --bundle the start ends with one sentence."""
    with pytest.raises(SystemExit, match="--bundle DIR is missing"):
        makeService(options())


def test_broken_bundle_tells_everything_at_once(tmp_path: Path) -> None:
    """All that is wrong with a bundle is told, one line each, and nothing starts."""
    with pytest.raises(SystemExit) as stopped:
        makeService(options("--bundle", str(tmp_path)))
    lines = str(stopped.value).splitlines()
    assert {Path(line.split(": ")[0]).name for line in lines} == {
        "bundle.toml",
        "key.pem",
        "certificate.pem",
        "ca.pem",
    }


@pytest.mark.parametrize(
    ("gateway", "shown"), [("gw.example:2527", "gw.example:2527"), ("[fd00::1]:2527",) * 2]
)
def test_gateway_is_shown_as_it_was_written(tmp_path: Path, gateway: str, shown: str) -> None:
    """The page names the gateway as the bundle does, IPv6 too."""
    assert gateway_name(load_bundle(make_bundle(tmp_path, gateway))) == shown


def test_the_console_has_its_link_begin_anew(tmp_path: Path) -> None:
    """When there is room for incidents that a snapshot had left out."""
    services = list(makeService(options("--bundle", str(make_bundle(tmp_path)))))  # type: ignore[call-overload]
    [life] = [one for one in services if isinstance(one, ConsoleLife)]
    [link] = [one for one in services if isinstance(one, LinkService)]
    assert life._console.begin_anew == link._link.begin_anew


@pytest.mark.sockets
def test_process_opens_the_console_and_ends_cleanly(tmp_path: Path) -> None:
    """twistd opens the console even without its gateway, and SIGTERM ends it with code 0."""
    bundle = make_bundle(tmp_path)
    with running(bundle) as process:
        address = (bundle / "console-url").read_text().strip()
        browser = build_opener(HTTPCookieProcessor())
        assert b"console.js" in browser.open(address, timeout=10).read()
        state = json.load(browser.open(address.partition("?")[0] + "state", timeout=10))
        assert (state["workstation"], state["gateway"]) == ("desk1", "127.0.0.1:1")
        assert state["link"] in ("connecting", "unreachable")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert not (bundle / "console-url").exists()


@pytest.mark.sockets
def test_taken_port_ends_the_process_in_one_line(tmp_path: Path) -> None:
    """A console port in use: exit 1 and one sentence, no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bundle = make_bundle(tmp_path, console_port=taken.getsockname()[1])
        done = subprocess.run(command(bundle), capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("alarmgw-workstation: the console cannot open: ")
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.sockets
def test_it_starts_without_anything_that_only_posix_has(tmp_path: Path) -> None:
    """Workstations may run on Windows: our code imports and uses nothing that is missing there."""
    bundle = make_bundle(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "tests.workstation.windows_like", str(bundle)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(__file__).parent.parent,
    )
    assert done.stdout == "open\n", done.stdout + done.stderr
