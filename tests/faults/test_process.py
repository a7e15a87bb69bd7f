"""Faults of the process: memory, descriptors, clock, bugs, and a socket that somebody removes."""

from __future__ import annotations

import contextlib
import resource
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.faults.house import FaultyGateway, House, house, until
from tests.live import LiveGateway, picture_mail, run

ENVELOPE = b"HELO cam\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"


@pytest.fixture(scope="module")
def suffering() -> Iterator[House]:
    """A gateway into which faults are put; each test leaves it well."""
    with house(FaultyGateway()) as there:
        yield there


@pytest.fixture
def gateway(suffering: House) -> Iterator[FaultyGateway]:
    """Where the faults are put; a test that fails leaves none."""
    assert isinstance(suffering.gateway, FaultyGateway)
    yield suffering.gateway
    for fault in suffering.gateway.commands.iterdir():
        fault.unlink()


def test_no_memory_in_one_handler_costs_one_answer(
    suffering: House, gateway: FaultyGateway
) -> None:
    """451 where it happened, and the same connection goes on; nobody else notices."""
    suffering.begin()
    with gateway.smtp() as neighbour, gateway.smtp() as client:
        gateway.put("admit", "MemoryError")
        assert suffering.send(client).startswith("451 4.3.0 Something is wrong")
        gateway.mend("admit")
        client.rset()
        assert suffering.send(client) == ""
        assert suffering.send(neighbour) == ""
    suffering.recovered()
    assert suffering.tracebacks() == 1


def test_no_memory_in_one_connection_ends_that_one(
    suffering: House, gateway: FaultyGateway
) -> None:
    """Its device hears 451 and can try again; the others do not notice."""
    suffering.begin()
    with gateway.smtp() as neighbour, connected(gateway) as broken:
        gateway.put("reader", "MemoryError")
        broken.sendall(b"NOOP\r\n")
        assert broken.recv(100).startswith(b"451 4.3.0")
        assert broken.recv(100) == b""
        gateway.mend("reader")
        assert suffering.send(neighbour) == ""
    suffering.recovered()
    assert suffering.tracebacks() == 1


@contextlib.contextmanager
def connected(gateway: LiveGateway) -> Iterator[socket.socket]:
    """A connection that has been greeted."""
    with socket.create_connection(("127.0.0.1", gateway.port), 20) as sock:
        assert sock.recv(100).startswith(b"220")
        yield sock


def test_no_memory_inside_a_mail_ends_it(suffering: House, gateway: FaultyGateway) -> None:
    """451 and closed: what follows is the rest of a mail, not commands that could be answered."""
    suffering.begin()
    with contextlib.ExitStack() as stack:
        answers, sock = begun(gateway, stack)
        assert answers.readline().startswith(b"354")
        gateway.put("reader", "MemoryError")
        sock.sendall(b"Subject: half\r\n")
        assert [line[:9] for line in answers] == [b"451 4.3.0"]
        gateway.mend("reader")
    suffering.recovered()
    assert suffering.tracebacks() == 1


@pytest.mark.parametrize("bug", ["MemoryError", "ZeroDivisionError"])
def test_a_bug_in_a_pool_thread_costs_its_mail(
    suffering: House, gateway: FaultyGateway, bug: str
) -> None:
    """451, told as a refused mail; however many mails it strikes, the log has it once."""
    suffering.begin()
    known = len(suffering.told("mail_refused"))
    gateway.put("write", bug)
    for _ in range(5):
        assert suffering.send().startswith("451 4.3.0 Something is wrong")
    gateway.mend("write")
    suffering.recovered()
    assert len(suffering.told("mail_refused")) >= known
    assert suffering.tracebacks() == 1


@pytest.mark.parametrize("bug", ["ZeroDivisionError", "SystemExit"])
def test_a_bug_in_the_journals_writer_costs_its_batch(
    suffering: House, gateway: FaultyGateway, bug: str
) -> None:
    """451 and the door closed while it lasts; the thread lives, and works again by itself."""
    suffering.begin()
    known = len(suffering.told("journal_failed"))
    gateway.put("writer", bug)
    assert suffering.send().startswith("451 4.3.0")
    suffering.disturbed("journal cannot be written")
    gateway.mend("writer")
    suffering.recovered()
    assert suffering.told("journal_failed")[known:] == ["start", "end"]
    assert suffering.tracebacks() <= 1


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_is_set_changes_times_and_nothing_else(
    suffering: House, gateway: FaultyGateway, hours: int
) -> None:
    """No connection ends, heartbeats go on, mail is taken; numbers remain the only order."""
    suffering.begin()
    links = len(suffering.heard.links)
    control = gateway.home / "run" / "control"
    with gateway.smtp() as client:
        gateway.put("clock", str(hours * 3600))
        assert suffering.send(client) == ""
        time.sleep(1.0)  # what measures by the time of day stands still now, or is over at once
        control.unlink()
        until("the upkeep goes on", control.is_socket)
        assert suffering.send(client) == ""
        gateway.mend("clock")
        assert suffering.send(client) == ""
    suffering.recovered()
    assert set(suffering.heard.links[links:]) <= {"current"}
    numbers = [entry["seq"] for entry in gateway.journal()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert suffering.tracebacks() == 0


@pytest.mark.parametrize("remove", [Path.unlink, lambda path: shutil.rmtree(path.parent)])
def test_a_control_socket_that_is_gone_is_made_again(suffering: House, remove: object) -> None:
    """Commands reach the gateway again after the next round, and operators hear of it."""
    suffering.begin()
    known = len(suffering.told("control_lost"))
    control = suffering.gateway.home / "run" / "control"
    remove(control)  # type: ignore[operator]
    until("it is there again", control.is_socket)
    assert '"running":true' in run("status", "--json", "--home", suffering.gateway.home).stdout
    suffering.recovered()
    assert suffering.told("control_lost")[known:] == ["start", "end"]
    assert suffering.tracebacks() == 0


def test_without_descriptors_mail_waits_and_nothing_is_lost(
    suffering: House, gateway: FaultyGateway
) -> None:
    """Turned away, or 451, while others hold what there is; when they go, mail is taken again."""
    suffering.begin()
    suffering.whole()  # what is on its way to the archive gives descriptors back
    with few_descriptors(gateway, 20), contextlib.ExitStack() as stack:
        answers = [begun(gateway, stack)[0].readline()[:3] for _ in range(30)]
        assert answers[0] == b"354" and {b"451", b""} & set(answers)
        until("it is told", lambda: suffering.heard.says("Too many open files"))
        for _ in range(20):  # whoever only waits takes what refused mails have given back
            sock = socket.create_connection(("127.0.0.1", gateway.port), 20)
            stack.enter_context(sock).recv(3)
        suffering.disturbed("Too many open files")
    suffering.recovered()
    assert suffering.tracebacks() == 0


@contextlib.contextmanager
def few_descriptors(gateway: LiveGateway, free: int) -> Iterator[None]:
    """The gateway has so many descriptors beyond those that it holds now."""
    process = gateway.process
    assert process is not None
    held = [int(one.name) for one in Path(f"/proc/{process.pid}/fd").iterdir()]
    before = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
    holes = set(range(max(held))) - set(held)
    limit = max(held) + 1 + max(0, free - len(holes))
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (limit, before[1]))
    try:
        yield
    finally:
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, before)


def begun(gateway: LiveGateway, stack: contextlib.ExitStack) -> tuple[BinaryIO, socket.socket]:
    """Begin a mail; the next line is the answer to DATA, or nothing from who is not greeted."""
    sock = stack.enter_context(socket.create_connection(("127.0.0.1", gateway.port), 20))
    answers = stack.enter_context(sock.makefile("rb"))
    if answers.readline().startswith(b"220"):
        sock.sendall(ENVELOPE)
        for _ in range(3):
            answers.readline()
    return answers, sock


#: How many files the poor gateway may open: fewer than a hundred of them are for devices.
FEW = 256

#: What the log of a gateway says that runs out of them.
NO_FILES = ("EMFILE", "Too many open files", "Traceback")

#: Where the workstations' port is, counted from the first one.
WORKSTATIONS = 2


class PoorGateway(FaultyGateway):
    """A gateway that may open few files, and so has few connections."""

    prefix = ("prlimit", f"--nofile={FEW}:{FEW}")


@pytest.fixture(scope="module")
def poor() -> Iterator[House]:
    """A gateway whose connections run out."""
    with house(PoorGateway()) as there:
        yield there


def test_without_connections_devices_are_turned_away_and_that_is_told(poor: House) -> None:
    """421, and the workstation hears it; who was there before goes on."""
    poor.begin()
    with poor.gateway.smtp() as client, contextlib.ExitStack() as stack:
        greetings = [greeting(poor.gateway, stack) for _ in range(FEW)]
        assert {b"220", b"421"} == set(greetings)
        poor.disturbed("Devices are turned away")
        assert poor.send(client) == ""
    poor.recovered()
    assert poor.tracebacks() == 0


def greeting(gateway: LiveGateway, stack: contextlib.ExitStack) -> bytes:
    """The code of the greeting of a device that says nothing and stays."""
    sock = socket.create_connection(("127.0.0.1", gateway.port), 20)
    return stack.enter_context(sock).recv(3)


def test_devices_never_take_the_descriptors_of_others(poor: House) -> None:
    """Some wait, the others are in the middle of a picture: 421 and 451 are all it costs."""
    poor.begin()
    mail, before = poor.mail(), len(poor.gateway.log)
    with contextlib.ExitStack() as stack:
        waiting = [stack.enter_context(connected(poor.gateway)) for _ in range(3)]
        answers, first = begun(poor.gateway, stack)
        first.sendall(mail[:-100])
        assert answers.readline().startswith(b"354")
        assert {greeting(poor.gateway, stack) for _ in range(30)} == {b"220"}
        replies = [crowded(poor.gateway, stack) for _ in range(FEW // 2)]
        assert set(replies) == {b"354", b""}
        late = [begins(sock) for sock in waiting]  # what is left may do for one of them
        assert late[-1] == b"451" and set(late) <= {b"354", b"451"}
        poor.disturbed("Devices are turned away")
        burst(poor.gateway, stack)
        assert '"running":true' in run("status", "--json", "--home", poor.gateway.home).stdout
        first.sendall(mail[-100:] + b".\r\n")
        poor.kept(mail, answers.readline())
    poor.recovered()
    for word in NO_FILES:
        assert word not in poor.gateway.log[before:]


def test_strangers_at_the_workstations_port_take_only_links(poor: House) -> None:
    """However many knock there at once, mail is taken and reaches who is linked already."""
    poor.begin()
    before = len(poor.gateway.log)
    with contextlib.ExitStack() as stack:
        for _ in range(FEW):
            place = ("127.0.0.1", poor.gateway.port + WORKSTATIONS)
            last = stack.enter_context(socket.create_connection(place, 20))
        assert poor.send() == ""
        poor.whole()
        assert heard(last) == b"", "the last ones are hung up on"
    poor.recovered()
    for word in NO_FILES:
        assert word not in poor.gateway.log[before:]


def begins(sock: socket.socket) -> bytes:
    """The code with which a device that was greeted long ago begins its mail, or may not."""
    sock.sendall(ENVELOPE)
    with sock.makefile("rb") as answers:
        _, mail, _, data = (answers.readline()[:3] for _ in range(4))
    return data if mail == b"250" else mail


def crowded(gateway: LiveGateway, stack: contextlib.ExitStack) -> bytes:
    """Begin a mail and send so much of it that its picture is being unpacked; never end it."""
    answers, sock = begun(gateway, stack)
    code = answers.readline()[:3]
    if code == b"354":
        sock.sendall(picture_mail(150_000)[:-1000])
    return code


def burst(gateway: LiveGateway, stack: contextlib.ExitStack) -> None:
    """Many devices at the same moment: each one is told, or hung up on."""
    crowd = [stack.enter_context(socket.socket()) for _ in range(FEW)]
    for sock in crowd:
        sock.setblocking(False)
        sock.connect_ex(("127.0.0.1", gateway.port))
    for sock in crowd:
        sock.settimeout(20)
        assert heard(sock) in (b"421", b"")


def heard(sock: socket.socket) -> bytes:
    """The beginning of what is said there; nothing from who hangs up."""
    try:
        return sock.recv(3)
    except ConnectionError:
        return b""
