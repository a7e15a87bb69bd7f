"""What the verbs hand to the intake."""

from __future__ import annotations

from alarmgw.codec.smtp import Command
from alarmgw.ingest.smtp_dialog import VERBS, Dialog
from tests.dialog import SETTINGS, Conversation, Wire, listener
from tests.fakes import MemoryIntake


def envelope_after(*lines: bytes) -> MemoryIntake:
    """The intake after these commands and a mail of one line."""
    intake = MemoryIntake()
    factory, clock = listener(intake)
    talk = Conversation(factory, clock, Wire("10.8.0.7"))
    talk.send(b"".join(line + b"\r\n" for line in (*lines, b"DATA", b"x", b".")))
    return intake


def test_envelope_is_what_was_said() -> None:
    """Peer, name, sender, recipients, login and TLS reach the intake as they were said."""
    intake = envelope_after(b"EHLO RT-IPC", b"MAIL FROM:<A@b>", b"RCPT TO:<C@d>", b"RCPT TO:<e@f>")
    envelope = intake.mails[0].envelope
    assert (envelope.peer, envelope.helo, envelope.sender) == ("10.8.0.7", "RT-IPC", "A@b")
    assert (envelope.recipients, envelope.login, envelope.tls) == (("C@d", "e@f"), None, None)


def test_mail_id_is_made_at_mail_and_stands_in_the_reply() -> None:
    """The id that the intake stores by is the one that it gave out at MAIL."""
    intake = envelope_after(b"MAIL FROM:<>", b"RSET", b"MAIL FROM:<>", b"RCPT TO:<a@b>")
    assert intake.mails[0].mail_id.endswith("2")


def test_peers_name_is_bounded_and_printable() -> None:
    """A name of 2 KB with control characters becomes 255 harmless ones."""
    intake = envelope_after(b"EHLO \x1b[2J\0" + b"x" * 1900, b"MAIL FROM:<>", b"RCPT TO:<a@b>")
    helo = intake.mails[0].envelope.helo
    assert len(helo) == 255
    assert helo.isprintable()


def test_verb_returns_and_writes_nothing() -> None:
    """A verb is a function from an argument to a reply; writing is the loop's."""
    dialog = Dialog(None, SETTINGS, MemoryIntake(), None, None, None)  # type: ignore[arg-type]
    assert Command("NOOP", b"").verb in VERBS
    running = VERBS["NOOP"](dialog, b"").__await__()
    try:
        next(running)
    except StopIteration as ended:
        assert ended.value.code == 250
