"""What a mail costs with ten sources, and with ten thousand.

It is the gateway's processor time that is compared: waits depend on whatever
else the machine does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.benches.figures import Figure
from tests.benches.importing import write_sources
from tests.benches.mails import connected, one_wait
from tests.live import LiveGateway, run

#: One costs what the other costs; the rest is chance.
RATIO = 1.25

#: The two gateways are asked in turns, so that what the machine does hits both.
TURN = 20

#: Mails before anything is counted.
WARM = 20


def cost_of_thousands(few: int = 10, many: int = 10_000, mails: int = 600) -> Iterator[Figure]:
    """The processor time of a known source's mail, with few and with many sources."""
    with ExitStack() as stack:
        gateways = [stack.enter_context(_gateway(count)) for count in (few, many)]
        clients = [stack.enter_context(connected(gateway.port)) for gateway in gateways]
        costs = [0.0, 0.0]
        for number in range(-WARM, mails, TURN):
            for place in (0, 1):
                begun = _processor_seconds(gateways[place])
                for _ in range(TURN):
                    one_wait(clients[place], "bq7@ebues.internal")
                if number >= 0:
                    costs[place] += _processor_seconds(gateways[place]) - begun
    each = 1000 * costs[0] / mails
    name = f"a mail with {many} sources against {few} ({each:.2f} ms of processor)"
    yield Figure(name, costs[1] / costs[0], "", RATIO)


def _processor_seconds(gateway: LiveGateway) -> float:
    assert gateway.process is not None
    facts = Path(f"/proc/{gateway.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")


def _gateway(count: int) -> LiveGateway:
    gateway = LiveGateway()
    write_sources(gateway.folder / "sources.csv", count)
    run("source", "import", gateway.folder / "sources.csv", "--home", gateway.home)
    return gateway
