"""Whatever a peer sends, in whatever pieces, it gets whole replies, and the same ones."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.error import ConnectionDone
from twisted.logger import capturedLogs

from tests.dialog import Conversation, Wire, listener
from tests.fakes import MemoryIntake

#: What makes conversations go somewhere.  STARTTLS is left out: there pieces do matter.
WORDS = [
    b"EHLO cam\r\n", b"HELO\n", b"MAIL FROM:<a@b>\r\n", b"MAIL FROM: x SIZE=9\r\n",
    b"RCPT TO:<c@d>\r\n", b"RCPT TO:<>\r\n", b"DATA\r\n", b"DATA\n", b".\r\n", b".\n", b"..\r\n",
    b"AUTH LOGIN\r\n", b"AUTH PLAIN AGEAYg==\r\n", b"YQ==\r\n", b"*\r\n", b"RSET\r\n", b"QUIT\r\n",
    b"NOOP\r\n", b"\r\n", b"\r", b"\n", b"A" * 2100, b"\0\xff", b"\x16\x03\x01",
    b"GET / HTTP/1.0\r\n",
]  # fmt: skip

CONVERSATIONS = st.lists(st.sampled_from(WORDS) | st.binary(max_size=8), max_size=30).map(b"".join)
REPLIES = re.compile(rb"(?:(?:\d{3}-[ -~]+\r\n)*\d{3} [ -~]+\r\n)*\Z")


def outcome(pieces: list[bytes]) -> tuple[bytes, list[bytes], int]:
    """All replies, all stored mails, and how many mails were broken off."""
    intake = MemoryIntake()
    factory, clock = listener(intake)
    talk = Conversation(factory, clock, Wire("10.8.0.7"))
    with capturedLogs() as events:
        talk.run()
        for piece in pieces:
            talk.send(piece)
        talk.lose(ConnectionDone())
    assert not [event for event in events if "log_failure" in event]
    assert clock.getDelayedCalls() == []
    assert factory.connections.open == 0
    return talk.unread, [bytes(mail.data) for mail in intake.mails], len(intake.aborted)


@settings(deadline=None)
@given(CONVERSATIONS, st.lists(st.integers(0, 500), max_size=20))
def test_pieces_change_nothing(sent: bytes, places: list[int]) -> None:
    """Replies are whole, nothing escapes, no timer stays, and chunking changes nothing."""
    edges = [0, *sorted(place % (len(sent) + 1) for place in places), len(sent)]
    pieces = [sent[start:end] for start, end in pairwise(edges)]
    whole = outcome([sent])
    assert REPLIES.match(whole[0])
    assert outcome(pieces) == whole
