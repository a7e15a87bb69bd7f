"""What gateway and workstation say to each other: every message both ways, and bad ones."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmgw.codec.wire import (
    BATCH_BYTES,
    BATCH_ROOM,
    Batch,
    Drawn,
    Fault,
    Heartbeat,
    Hello,
    Mode,
    Request,
    Subscribed,
    pack,
    pack_batch,
    unpack,
    unpack_batch,
    unpack_piece,
)
from alarmgw.entries import numbered
from alarmgw.errors import Refused

MESSAGES = [
    Hello(version=1, client="alarmgw-workstation 0.1"),
    Request(journal="abc", cursor=12),
    Request(),
    Subscribed(journal="abc", node="gw1", first=1, head=9, mode=Mode.RESUME),
    Subscribed(journal="abc", node="gw1", first=1, head=9, mode=Mode.SNAPSHOT, open_total=700),
    Subscribed(
        journal="abc",
        node="gw1",
        first=1,
        head=9,
        mode=Mode.SNAPSHOT,
        last_alarm="2026-11-21T20:45:02Z",
    ),
    Heartbeat(journal="abc", head=9, time="2026-11-21T20:45:02.123Z", state="ok"),
    Drawn(drawn=4),
    Drawn(),
]


@pytest.mark.parametrize("message", MESSAGES, ids=repr)
def test_a_message_arrives_as_it_was_sent(message: object) -> None:
    """Packing and unpacking give the same value."""
    assert unpack(type(message), pack(message)) == message  # type: ignore[arg-type]


def test_what_a_newer_peer_says_more_is_left_out() -> None:
    """An unknown field does not make a message unreadable."""
    assert unpack(Drawn, b'{"drawn":3,"mood":"good"}') == Drawn(drawn=3)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b"[" * 1000,
        b'{"cursor":-1}',
        b'{"cursor":true}',
        b'{"cursor":1.0}',
        b'{"cursor":NaN}',
        b'{"cursor":9223372036854775808}',
        b'{"cursor":"1"}',
        b'{"journal":7}',
        b'{"journal":"a\\nb"}',
        b'{"journal":"%s"}' % (b"j" * 65),
        b'{"cursor":1,"x":"%s"}' % (b"x" * 1024),
        "text",
        None,
        7,
    ],
    ids=lambda data: repr(data)[:30],
)
def test_a_bad_request_is_refused(data: object) -> None:
    """Whatever is not the message raises Refused, whatever its kind of wrong."""
    with pytest.raises(Refused):
        unpack(Request, data)


@given(st.binary(max_size=100))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    """Whatever bytes arrive, reading them gives the message or Refused."""
    for kind in (Hello, Request, Subscribed, Batch, Heartbeat, Drawn):
        with contextlib.suppress(Refused):
            unpack(kind, data)


def entry(seq: int) -> bytes:
    """An encoded entry of that number."""
    return numbered(seq, b'{"type":"system"}')


def test_a_batch_is_its_entries_and_where_they_stand() -> None:
    """Encoded entries travel as they are, and `up_to` may be beyond the last."""
    batch = unpack_batch(pack_batch(3, 9, [entry(4), entry(7)]))
    assert (batch.after, batch.up_to) == (3, 9)
    assert batch.entries == [{"seq": 4, "type": "system"}, {"seq": 7, "type": "system"}]


def test_an_empty_batch_moves_the_number_on() -> None:
    """A batch without entries says that nothing up to its number is for this reader."""
    assert unpack_batch(pack_batch(3, 9, [])) == Batch(after=3, up_to=9, entries=[])


def test_a_full_batch_fits() -> None:
    """A batch's room full of entries and their frame are accepted, more than 256 KB are not."""
    full = numbered(1, json.dumps({"text": "x" * (BATCH_ROOM - 23)}).encode())
    assert unpack_batch(pack_batch(2**63 - 1, 2**63 - 1, [full])).entries
    with pytest.raises(Refused):
        unpack_batch(pack_batch(0, 1, [full + b" " * (BATCH_BYTES - BATCH_ROOM)]))


@pytest.mark.parametrize(
    "entries",
    [[entry(5), entry(4)], [entry(4), entry(4)], [entry(10)], [b"{}"], [b"7"], [entry(0)]],
    ids=["falling", "twice", "beyond", "unnumbered", "no object", "zero"],
)
def test_a_batch_out_of_order_is_refused(entries: list[bytes]) -> None:
    """Numbers rise within a batch and stay within its `up_to`."""
    with pytest.raises(Refused):
        unpack_batch(pack_batch(0, 9, entries))


def test_a_request_for_a_piece_names_alarm_file_and_place() -> None:
    """Alarm and name are texts, the place a number from 0."""
    assert unpack_piece(("gw1-1", "01-a.jpg", 65536)) == ("gw1-1", "01-a.jpg", 65536)


@pytest.mark.parametrize(
    "given_",
    [(), ("a", "b"), ("a", "b", -1), ("a", "b", "0"), (b"a", "b", 0), ("a" * 600, "b", 0)],
    ids=lambda given_: repr(given_)[:30],
)
def test_a_bad_request_for_a_piece_is_refused(given_: tuple[object, ...]) -> None:
    """Anything else is refused before a disk hears of it."""
    with pytest.raises(Refused):
        unpack_piece(given_)


def test_every_fault_is_documented() -> None:
    """docs/wire.rst lists each text that may cross the wire."""
    page = (Path(__file__).parents[2] / "docs" / "wire.rst").read_text("utf-8")
    listed = {line[2:] for line in page.splitlines() if line.startswith("* ")}
    assert {fault.value for fault in Fault} <= listed
