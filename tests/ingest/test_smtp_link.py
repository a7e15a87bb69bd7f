"""The two ways in which a connection ends its dialog."""

from __future__ import annotations

from alarmgw.ingest.smtp_link import Stopped
from alarmgw.ingest.smtp_replies import reply


def test_stop_carries_its_last_word() -> None:
    """A stop names its cause, and the reply that tells the peer, if one does."""
    stopped = Stopped("too_slow", reply("too_slow"))
    assert str(stopped) == "too_slow"
    assert stopped.answer is not None
    assert stopped.answer.closes
    assert Stopped("not_smtp", None).answer is None
