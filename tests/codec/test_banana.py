"""The guard before Perspective Broker, and the few shapes of jelly that we read."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.spread import pb
from twisted.spread.banana import Banana
from twisted.spread.jelly import SecurityOptions, jelly, unjelly

from alarmgw.codec.banana import (
    STRANGER,
    BananaGuard,
    Bounds,
    Overrun,
    Reference,
    arguments,
    failure,
    fault_in,
    plain,
)
from alarmgw.codec.wire import Fault
from alarmgw.errors import Refused


class Sink:
    """Keeps what a Banana writes."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: bytes) -> None:
        """Keep it."""
        self.written += data


def encoded(expression: object) -> bytes:
    """``expression`` as Twisted's own Banana writes it."""
    banana = Banana()
    banana.transport = Sink()
    banana.connectionMade()
    banana._selectDialect(b"pb")
    banana.sendEncoded(expression)
    return banana.transport.written


def fed(data: bytes, bounds: Bounds = STRANGER, step: int = 1 << 20) -> None:
    """All of ``data`` into a fresh guard, ``step`` bytes at a time."""
    guard = BananaGuard(bounds)
    for start in range(0, len(data), step):
        guard.feed(data[start : start + step])


def nested(depth: int) -> object:
    """Lists in lists."""
    return [nested(depth - 1)] if depth else b""


expressions = st.recursive(
    st.binary(max_size=50) | st.integers(-(2**60), 2**60),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=20,
)
wide = Bounds(expression_bytes=1 << 20, depth=100, items=1000)


@given(st.lists(expressions, max_size=5), st.integers(1, 7))
def test_lets_through_what_twisted_sends_in_any_chunking(sent: list[object], step: int) -> None:
    """Whatever Twisted's own Banana encodes passes, and each expression is counted from zero."""
    fed(b"".join(map(encoded, sent)), wide, step)
    longest = max([len(encoded(one)) for one in sent], default=1)
    fed(b"".join(map(encoded, sent)) * 50, Bounds(longest, 100, 1000), step)


@pytest.mark.parametrize("step", [1, 7, 1 << 20])
@pytest.mark.parametrize(
    "attack",
    [
        encoded(nested(9)),
        b"\x00\x00\x01\x80",  # a list of 16,384
        b"\x00\x00\x10\x82",  # a string of 256 KB, announced only
        encoded([1] * 65),
        encoded([b"x" * 8000, b"y" * 8500]),
        encoded([b"x"]) * 10_000,
        b"\x01" * 10,
        b"\x84" + b"\0" * 8,
        b"\x20\x87",
        b"\x90",
    ],
    ids=["deep", "wide", "long", "items", "bytes", "total", "digits", "float", "word", "type"],
)
def test_stops_a_stranger_who_asks_for_too_much(attack: bytes, step: int) -> None:
    """Each way to make Twisted hold or burn more than a greeting is stopped at its bound."""
    with pytest.raises(Overrun):
        fed(attack, step=step)


def test_stops_at_the_announcement_before_the_bytes_come() -> None:
    """A string longer than the bound is refused by its length alone."""
    guard = BananaGuard(STRANGER)
    with pytest.raises(Overrun):
        guard.feed(encoded(b"x" * 20_000)[:4])


@given(st.binary(max_size=200))
def test_any_bytes_are_counted_or_stopped(garbage: bytes) -> None:
    """Whatever bytes arrive, the guard returns or raises Overrun, nothing else."""
    with contextlib.suppress(Overrun):
        fed(garbage)


@pytest.mark.parametrize("value", [b"bytes", 7, -7, None, "ein Täter"])
def test_reads_plain_values_as_jelly_writes_them(value: object) -> None:
    """Bytes, numbers, None and texts arrive as they were sent."""
    assert plain(jelly(value)) == value


def test_reads_a_reference_as_its_number() -> None:
    """An object of the peer's is only a number until a call asks for it."""
    assert arguments([b"tuple", [b"remote", 3]], [b"dictionary"]) == (Reference(3),)


@pytest.mark.parametrize(
    "jellied",
    [
        [b"set", b"a"],
        [b"decimal", 1, 2],
        [b"datetime", b"1 2 3"],
        [b"reference", 1, [b"list", [b"dereference", 1]]],
        [b"persistent", b"a"],
        [b"instance", [b"class", b"os.Path"], [b"dictionary"]],
        [b"function", b"os.system"],
        [b"list", 1],
        [b"unicode", b"\xff"],
        [b"unicode"],
        [b"remote"],
        [b"remote", b"root"],
        [],
        [[]],
    ],
    ids=str,
)
def test_builds_nothing_else(jellied: object) -> None:
    """Every other type of jelly is refused, well formed or not."""
    with pytest.raises(Refused):
        plain(jellied)


@pytest.mark.parametrize("named", [[b"dictionary", [b"a", 1]], [], 7])
def test_takes_no_named_arguments(named: object) -> None:
    """Our calls have positional arguments only."""
    with pytest.raises(Refused):
        arguments([b"tuple"], named)


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_arrives_as_the_same_fault(fault: Fault) -> None:
    """Every fixed text survives the way as a failure."""
    assert fault_in(failure(fault)) is fault


def test_a_fault_is_a_failure_to_a_stock_broker() -> None:
    """Twisted's own Broker builds its CopiedFailure from what we send."""
    security = SecurityOptions()
    security.allowBasicTypes()
    copied = unjelly(failure(Fault.NOT_FOUND), security)
    assert isinstance(copied, pb.CopiedFailure)
    assert copied.getErrorMessage() == Fault.NOT_FOUND.value


@pytest.mark.parametrize("sent", [b"x", [], [b"a", b"b"], [b"a", [b"dictionary", [1]]], 5], ids=str)
def test_an_unknown_failure_is_internal(sent: object) -> None:
    """A failure that is none of ours says nothing more than that there is one."""
    assert fault_in(sent) is Fault.INTERNAL
