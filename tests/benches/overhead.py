"""What the installer's view costs each conversation: noting its lines and keeping it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from attrs import frozen

from alarmgw.codec.smtp import Command, Line
from alarmgw.conversation import Conversation
from alarmgw.conversations import Conversations
from alarmgw.directory import Directory
from alarmgw.ingest.smtp_replies import reply
from alarmgw.ingest.smtp_trace import Trace
from alarmgw.intake import Receipt
from alarmgw.model import Source
from tests.benches.figures import Figure
from tests.journals import mail_id
from tests.places import MORNING, session

#: In the reactor, where everybody waits for it.
CONVERSATION_MICROSECONDS = 100.0

SOURCE = Source(address="bq3@ebues.internal", login="cam")
SESSION = session()
RECEIPT = Receipt(mail_id(1), (f"{mail_id(1)}-1",), ("bq3@ebues.internal",), "alarm")
LINES = tuple(
    (heard, reply(answer))
    for heard, answer in (
        (Command("EHLO", b"cam"), "ok"),
        (Command("AUTH", b"LOGIN"), "ask_name"),
        (Line(b"Y2Ft"), "ask_password"),
        (Line(b"c2VjcmV0"), "authenticated"),
        (Command("MAIL", b"FROM:<cam@site.example>"), "sender_ok"),
        (Command("RCPT", b"TO:<bq3@ebues.internal>"), "recipient_ok"),
        (Command("DATA", b""), "send_data"),
        (Command("QUIT", b""), "bye"),
    )
)


def installers_view(conversations: int = 5000) -> Iterator[Figure]:
    """The median cost of a conversation with AUTH and one mail."""
    directory = Directory.of([SOURCE])
    kept = Conversations(lambda: directory, lambda: MORNING)
    costs = [_one(kept) for _ in range(conversations)]
    cost = 1e6 * statistics.median(costs)
    yield Figure(
        "the installer's view, for each conversation", cost, "µs", CONVERSATION_MICROSECONDS
    )


def _one(kept: Conversations) -> float:
    """Seconds for all that is noted of one conversation; what happens meanwhile is not in them."""
    begun = time.perf_counter()
    talk = _Talk(Trace(time.monotonic))
    kept.begun(talk)
    for heard, answer in LINES:
        talk.trace.heard(heard)
        talk.trace.said(answer)
    talk.trace.tried("cam", "accepted", in_clear=True)
    talk.trace.stored(RECEIPT, 200_000, "cam", None)
    talk.trace.end("quit")
    kept.ended(talk, talk.conversation())
    cost = time.perf_counter() - begun
    kept.take()
    return cost


@frozen(eq=False)
class _Talk:
    """A connection as far as the installer's view knows it."""

    trace: Trace

    def conversation(self) -> Conversation:
        """What it was up to now."""
        return self.trace.value(SESSION, None, MORNING)
