"""`alarmgw demo`: what `make run` starts, shows and ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from attrs import frozen

from alarmgw import config
from alarmgw.cli.children import taken
from alarmgw.cli.demo import _move_ports
from alarmgw.cli.init import make_home
from alarmgw.cli.speech import Failed
from tests.live import BIN, free_base_port, run

pytestmark = [pytest.mark.sockets, pytest.mark.slow]


@frozen
class Running:
    """A demo that has said where its console is."""

    home: Path
    port: int
    process: subprocess.Popen[str]
    address: str
    password: str

    @property
    def bundle(self) -> Path:
        """The bundle of its workstation."""
        return self.home / "workstations" / "console"

    def alarm(self) -> str:
        """The id of the alarm that it has sent."""
        [line] = [
            line
            for line in run("journal", "--json", "--home", self.home).stdout.splitlines()
            if json.loads(line)["type"] == "alarm"
        ]
        return str(json.loads(line)["alarm"])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One demo for all tests of this file that do not end it."""
    home, port = tmp_path_factory.mktemp("demo") / "var", free_base_port()
    command = [BIN / "alarmgw", "demo", "--home", home, "--base-port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if line.startswith("  console  "):
            address = line.split()[1]
        if "sign on as demo" in line:
            yield Running(home, port, process, address, line.split()[-1])
            break
    else:
        raise AssertionError("".join(said))
    process.kill()
    process.wait()
    process.stdout.close()


def test_console_is_where_it_was_said_to_be(demo: Running) -> None:
    """Whoever opens the printed address gets a page."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(demo.address, timeout=10) as page:
        assert page.status == 200 and b"<html" in page.read().lower()


def test_whoever_reads_the_lines_can_sign_on(demo: Running) -> None:
    """With the name and the password that stand beside the address."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    opener.open(demo.address, timeout=10).close()
    request = urllib.request.Request(
        demo.address.partition("?")[0] + "sign-on",
        json.dumps({"name": "demo", "password": demo.password}).encode(),
        {"Content-Type": "application/json"},
    )
    with opener.open(request, timeout=20) as answer:
        assert json.load(answer) == {"ok": True, "operator": "demo", "role": "operator"}


def test_first_alarm_has_its_picture(demo: Running, tmp_path: Path) -> None:
    """The alarm that was sent is fetched over the link, bit for bit."""
    target = tmp_path / "gate.jpg"
    run("picture", demo.alarm(), "01-gate.jpg", "--bundle", demo.bundle, "--to", target)
    assert target.read_bytes() == (resources.files("alarmgw.cli") / "gate.jpg").read_bytes()


def test_picture_that_is_not_there_is_one_line(demo: Running, tmp_path: Path) -> None:
    """A wrong name fails with exit code 1, and no file is made."""
    words = ("picture", demo.alarm(), "no.jpg", "--bundle", demo.bundle, "--to", tmp_path / "x")
    done = run(*words, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert not list(tmp_path.iterdir())


def test_watch_prints_what_is_open_and_ends_with_exit_code_0(demo: Running) -> None:
    """`watch --json` begins with the open alarm, says that it is current, and ends on SIGTERM."""
    watch = subprocess.Popen(
        [BIN / "alarmgw", "watch", "--bundle", demo.bundle, "--json"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert watch.stdout is not None
    heard = []
    for line in watch.stdout:
        heard.append(json.loads(line))
        if heard[-1].get("state") == "current":
            break
    watch.send_signal(signal.SIGTERM)
    assert watch.wait(10) == 0
    watch.stdout.close()
    assert demo.alarm() in [one.get("alarm") for one in heard]
    assert heard[0] == {**heard[0], "type": "state", "state": "connecting"}


def test_watch_since_leaves_out_what_is_known(demo: Running) -> None:
    """`watch --since N` begins with entry N + 1, whatever type it has."""
    first = run("journal", "--json", "--limit", "2", "--home", demo.home).stdout.splitlines()[1]
    watch = subprocess.Popen(
        [BIN / "alarmgw", "watch", "--bundle", demo.bundle, "--since", "1", "--json"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert watch.stdout is not None
    entries = (line for line in watch.stdout if '"type":"state"' not in line)
    assert next(entries) == f"{first}\n"
    watch.kill()
    watch.wait()
    watch.stdout.close()


def test_second_demo_in_the_same_home_is_refused(demo: Running) -> None:
    """A home in use is told in one line, whatever the ports."""
    port = str(free_base_port())
    done = run("demo", "--home", demo.home, "--base-port", port, check=False)
    assert done.returncode == 1 and "already" in done.stderr


def test_taken_port_is_told_plainly(tmp_path: Path) -> None:
    """A port that another program has is named, with what to type instead."""
    port = free_base_port()
    with socket.create_server(("127.0.0.1", port + 2)):
        done = run("demo", "--home", tmp_path / "var", "--base-port", str(port), check=False)
    assert done.returncode == 1
    assert f"port {port + 2} is taken" in done.stderr and "make run PORT=" in done.stderr
    assert not (tmp_path / "var").exists()


def test_home_that_nobody_edited_moves_to_other_ports(tmp_path: Path) -> None:
    """`make run PORT=…` after `make run` works; bundle and listeners move together."""
    make_home(tmp_path / "var", 4000)
    _move_ports(tmp_path / "var", 5000)
    assert config.bound_to(config.load(tmp_path / "var").workstations)[1] == 5002
    bundle = tmp_path / "var" / "workstations" / "console" / "bundle.toml"
    assert "127.0.0.1:5002" in bundle.read_text() and "5003" in bundle.read_text()


def test_edited_home_is_left_alone(tmp_path: Path) -> None:
    """A configuration with somebody's own words in it is not overwritten."""
    make_home(tmp_path / "var", 4000)
    path = tmp_path / "var" / "alarmgw.toml"
    path.write_text(path.read_text() + "# mine\n")
    with pytest.raises(Failed, match="PORT=4000"):
        _move_ports(tmp_path / "var", 5000)
    assert path.read_text().endswith("# mine\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_all_of_it(tmp_path: Path, number: signal.Signals) -> None:
    """SIGTERM and Ctrl-C end gateway and console; the exit code is 0 and the ports are free."""
    port = free_base_port()
    process = subprocess.Popen(
        [BIN / "alarmgw", "demo", "--home", tmp_path / "var", "--base-port", str(port)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Ctrl-C"):
            break
    process.send_signal(number)
    assert process.wait(30) == 0
    process.stdout.close()
    assert not [one for one in range(port, port + 5) if taken(one)]
