"""Whatever bytes arrive, in whatever pieces, the reader returns events and holds little."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alarmgw.codec.smtp import (
    COMMAND_BYTES,
    Command,
    CommandTooLong,
    DataChunk,
    DataEnd,
    Endless,
    Event,
    Line,
    NotSmtp,
    SmtpReader,
)

#: The bytes that matter to SMTP, and a few that do not.
SMTP_BYTES = st.lists(
    st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.", b"\r\n.\r\n", b"\n.\n", b"a", b"\0"]),
    max_size=40,
).map(b"".join)


def events(pieces: Sequence[bytes], *, data_at: str = "DATA") -> list[Event]:
    """All events of these pieces; a mail begins after the verb ``data_at``, its chunks joined."""
    reader, found = SmtpReader(), list[Event]()
    for piece in pieces:
        reader.feed(piece)
        while (event := reader.next_event()) is not None:
            if isinstance(event, Command) and event.verb == data_at:
                reader.begin_data()
            if isinstance(event, DataChunk) and isinstance(found[-1], DataChunk):
                event = DataChunk(found.pop().data + event.data)  # type: ignore[union-attr]
            found.append(event)
    return found


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    """``data`` in pieces, cut at these places."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


def reference(stream: bytes) -> tuple[bytes, bytes] | None:
    """A mail and what follows it, read line by line as RFC 5321 says; None if it does not end."""
    content = b""
    while b"\r\n" in stream:
        line, _, stream = stream.partition(b"\r\n")
        if line == b".":
            return content, stream
        content += (line[1:] if line.startswith(b".") else line) + b"\r\n"
    return None


@given(st.binary(max_size=400), st.lists(st.integers(0, 400)))
def test_garbage_in_any_chunking_gives_the_same_events(data: bytes, places: list[int]) -> None:
    """Arbitrary bytes never raise, and how they are cut changes nothing."""
    assert events(cut(data, places)) == events([data])


@given(SMTP_BYTES, st.lists(st.integers(0, 200)), st.sampled_from([b"\r\n", b"\n"]))
@example(b".\r\n", [], b"\r\n")
@example(b"..\r\n.\r\r\n.\r\n", [3, 4, 5, 6], b"\r\n")
def test_mail_in_any_chunking_is_the_same(body: bytes, places: list[int], end: bytes) -> None:
    """Dots, CRs and LFs in any order and any pieces give the same mail."""
    stream = b"DATA" + end + body + b"\r\n.\r\n"
    assert events(cut(stream, places)) == events([stream])


@given(SMTP_BYTES)
def test_mail_is_what_the_rfc_says(body: bytes) -> None:
    """In a CRLF conversation a mail is what reading it line by line gives."""
    wanted = reference(body + b"\r\n.\r\n")
    assert wanted is not None
    found = events([b"DATA\r\n" + body + b"\r\n.\r\n"])
    data = found[1].data if isinstance(found[1], DataChunk) else b""
    assert data == wanted[0]
    assert DataEnd() in found


@pytest.mark.parametrize(
    "ending", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n\0.\r\n", b"\n\n.\n\n"]
)
def test_only_crlf_dot_crlf_ends_a_mail(ending: bytes) -> None:
    """No other ending ends a mail of a CRLF conversation: nothing can be smuggled behind it."""
    assert DataEnd() not in events([b"DATA\r\nx" + ending + b"MAIL FROM:<a@b>\r\n"])


def test_lf_conversation_is_decided_by_the_first_command_once() -> None:
    """A first command with CRLF makes every later LF.LF content, and the other way round."""
    assert DataEnd() not in events([b"HELO x\r\nDATA\nx\n.\n"])
    assert events([b"HELO x\nDATA\r\n..x\n.\n"])[-2:] == [DataChunk(b".x\n"), DataEnd()]


def test_commands_are_parted_and_stripped() -> None:
    """Verbs are upper case, arguments keep theirs, blanks around both are gone."""
    found = events([b"mail FROM:<A@b> \r\n  Quit \r\n\r\nHELO \r\n"])
    assert found == [
        Command("MAIL", b"FROM:<A@b>"),
        Command("QUIT", b""),
        Command("", b""),
        Command("HELO", b""),
    ]


def test_answer_is_read_as_a_line_once() -> None:
    """After `begin_line` one line is an answer, the next a command again."""
    reader = SmtpReader()
    reader.begin_line()
    reader.feed(b" c2VjcmV0\r\nNOOP\r\n")
    assert reader.next_event() == Line(b" c2VjcmV0")
    assert reader.next_event() == Command("NOOP", b"")


def test_overlong_line_is_one_event_and_is_skipped() -> None:
    """A line of 2,048 bytes is a command, a longer one an error, and the next one is read."""
    fits = b"A" * (COMMAND_BYTES - 2) + b"\r\n"
    assert isinstance(events([fits])[0], Command)
    assert events([b"A" + fits, b"NOOP\r\n"]) == [CommandTooLong(), Command("NOOP", b"")]


def test_endless_line_is_told_and_never_held() -> None:
    """30 MB without a line end leave nothing in the buffer."""
    reader = SmtpReader()
    found = []
    for _ in range(30 * 16):
        reader.feed(b"A" * 65536)
        found += [event for event in iter(reader.next_event, None)]
        assert reader.waiting <= 65536
    assert found[0] == CommandTooLong()
    assert set(found[1:]) == {Endless()}


def test_mail_is_never_held_back_but_for_four_bytes() -> None:
    """What has come of a mail is handed on at once, whatever its line length."""
    reader = SmtpReader()
    reader.feed(b"DATA\r\n")
    reader.next_event()
    reader.begin_data()
    reader.feed(b"A" * 100_000 + b"\r\n.\r")
    assert reader.next_event() == DataChunk(b"A" * 100_000)
    assert reader.next_event() is None
    assert reader.waiting == 4


@pytest.mark.parametrize(
    ("data", "spoken"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", "tls"),
        (b"GET / HTTP/1.1\r\n", "http"),
        (b"\x03\x00\x00\x2a", "binary"),
        (b"\x80\x2e\x01\x03", "binary"),
    ],
)
def test_other_protocols_are_recognized(data: bytes, spoken: str) -> None:
    """TLS, HTTP and binary data as the first bytes are named, not read as commands."""
    assert events([data])[0] == NotSmtp(spoken)
    assert events([data[index : index + 1] for index in range(len(data))])[0] == NotSmtp(spoken)


def test_later_garbage_is_only_an_unknown_command() -> None:
    """Once a conversation has begun, odd bytes are one unknown command."""
    assert events([b"NOOP\r\n\xff\xfe x\r\n"])[1] == Command("\\xff\\xfe", b"x")


def test_reading_a_mail_is_far_from_being_the_bottleneck() -> None:
    """15 MB in 64 KB pieces take no more than 50 ms of CPU (300 MB/s)."""
    pieces = [b"A" * 76 + b"\r\n"] * 200_000
    body = b"".join(pieces)
    chunks = [body[start : start + 65536] for start in range(0, len(body), 65536)]

    def once() -> float:
        reader = SmtpReader()
        reader.begin_data()
        begun = time.process_time()
        for chunk in chunks:
            reader.feed(chunk)
            while reader.next_event() is not None:
                pass
        return time.process_time() - begun

    assert min(once() for _ in range(5)) < len(body) / 300e6
