"""One mail from its 354 to the answer to its dot."""

from __future__ import annotations

import pytest

from alarmgw.errors import Cause, TryLater
from tests.dialog import Conversation, Wire, listener
from tests.fakes import MIDNIGHT, FailingIntake

ENVELOPE = b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"


@pytest.fixture
def intake() -> FailingIntake:
    """An intake that does as it is told."""
    return FailingIntake()


@pytest.fixture
def talk(intake: FailingIntake) -> Conversation:
    """A conversation in which the mail may begin."""
    factory, clock = listener(intake)
    begun = Conversation(factory, clock, Wire("10.8.0.7"))
    begun.send(ENVELOPE)
    begun.unread = b""
    return begun


def test_bytes_are_handed_on_as_they_come(talk: Conversation, intake: FailingIntake) -> None:
    """Nothing of a mail waits for its end."""
    for piece in (b"one", b" two\r\n", b"three"):
        talk.send(piece)
    assert intake.begun[0].data == b"one two\r\nthree"


def test_end_of_mail_is_when_the_dot_was_read(talk: Conversation, intake: FailingIntake) -> None:
    """The commit is told when the dot was read, not when it was worked on."""
    talk.send(b"x\r\n.\r\n")
    eom = intake.mails[0].eom
    assert eom is not None
    assert eom > MIDNIGHT


def test_full_delivery_stops_its_socket(talk: Conversation, intake: FailingIntake) -> None:
    """A delivery above its bound pauses its socket at once; room lets it go on."""
    intake.fills_up = True
    talk.send(b"A" * 1000)
    assert talk.wire.producerState == "paused"
    intake.fills_up = False
    intake.begun[0].drain()
    talk.send(b"\r\n.\r\n")
    assert talk.wire.producerState == "producing"
    assert len(intake.mails) == 1


def test_failed_write_is_the_answer_to_the_dot(talk: Conversation, intake: FailingIntake) -> None:
    """What a write raised is answered after the dot; until then all is swallowed."""
    intake.errors["write"] = TryLater(Cause.NO_SPACE, "full")
    talk.send(b"x\r\nNOOP\r\n" * 100)
    assert talk.unread == b""
    talk.send(b".\r\n")
    assert talk.reply()[0].startswith("452 4.3.1")
    assert intake.aborted[0].aborted == "full"


def test_refusal_is_told_with_the_size_that_came(talk: Conversation, intake: FailingIntake) -> None:
    """The system entry says how much of the mail had come."""
    intake.errors["commit"] = TryLater(Cause.JOURNAL_FAILED, "no journal")
    talk.send(b"12345\r\n.\r\n")
    assert [(told[1].cause, told[2]) for told in intake.refusals] == [(Cause.JOURNAL_FAILED, 7)]


def test_given_up_delivery_is_not_waited_for(talk: Conversation, intake: FailingIntake) -> None:
    """Once a mail is given up its delivery has no say: the rest is read to the dot."""
    intake.errors["write"] = TryLater(Cause.STORE_FAILED, "broken")
    talk.send(b"x\r\n")
    intake.errors.clear()
    intake.begun[0].paused = True
    talk.send(b"y\r\n.\r\n")
    assert talk.reply()[0].startswith("451 4.3.0")
