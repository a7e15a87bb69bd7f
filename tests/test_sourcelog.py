"""What a device said last: from memory and from disk, each conversation once."""

from __future__ import annotations

from datetime import timedelta

from alarmgw.sourcelog import TOLD, source_log
from alarmgw.store.traces import Traces
from tests.places import MORNING
from tests.questions import AskingCase
from tests.rooms import SOURCE
from tests.talks import BQ3, conversation, delivered


def test_the_newest_comes_first_and_says_what_to_change() -> None:
    """In both languages; a conversation that is in memory and on disk is one."""
    old = delivered(BQ3)
    new = conversation(began=MORNING + timedelta(hours=1), refusals=("auth_failed",))
    told = source_log([new], [old, new])
    assert [one["time"] for one in told["conversations"]] == [
        "2026-11-21T07:30:00.000Z",
        "2026-11-21T06:30:00.000Z",
    ]
    assert told["text_de"] == told["conversations"][0]["summary_de"] != told["text_en"]
    assert told["conversations"][1]["lines"][1] == "  0.10 C: EHLO cam"


def test_who_was_not_heard_has_no_text() -> None:
    """Nothing is invented."""
    assert source_log([], []) == {"conversations": [], "text_de": None, "text_en": None}


def test_so_many_are_told_and_gaps_are_seen() -> None:
    """The newest ones; what was left out of the lines is counted."""
    many = [
        conversation(began=MORNING + timedelta(minutes=at), left_out=3) for at in range(TOLD + 5)
    ]
    told = source_log(many, [])
    assert len(told["conversations"]) == TOLD
    assert told["conversations"][0]["lines"][-1] == "(3 …)"


class SourceLog(AskingCase):
    """Anna has an installer on the telephone."""

    def test_memory_and_disk_are_told_together(self) -> None:
        """After a restart of the gateway as well."""
        earlier = delivered(SOURCE, began=MORNING - timedelta(hours=1))
        Traces(self.home).append([earlier], MORNING)
        self.conversations.ended(None, delivered(SOURCE))  # type: ignore[arg-type]
        told = self.ask("source_log", name=SOURCE.upper())
        assert [one["time"] for one in told["conversations"]] == [
            "2026-11-21T06:30:00.000Z",
            "2026-11-21T05:30:00.000Z",
        ]
        assert self.ask("source_log", name="nobody@gw")["conversations"] == []
