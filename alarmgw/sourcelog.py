"""What a device said last, for who has its installer on the telephone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from alarmgw.asking import Result
from alarmgw.conversation import Conversation
from alarmgw.hints import phone_text
from alarmgw.model import utc_text

#: Conversations that are told, the newest ones.
TOLD = 20


def source_log(held: Iterable[Conversation], traced: Iterable[Conversation]) -> Result:
    """The conversations that are in memory and on disk, the newest first, and what to change."""
    known = {(one.peer, one.port, utc_text(one.began)): one for one in (*traced, *held)}
    newest = sorted(known.values(), key=_began, reverse=True)[:TOLD]
    last = newest[0] if newest else None
    return {
        "conversations": [_told(one) for one in newest],
        "text_de": phone_text(last, "de") if last else None,
        "text_en": phone_text(last, "en") if last else None,
    }


def conversations_in(told: dict[str, Any]) -> Collection[Conversation]:
    """The conversations of an answer of `alarmgw.conversations.Conversations.told`."""
    rows = (*told["conversations"], *told["open"])
    return [Conversation.from_json(row) for row in rows]


def _began(one: Conversation) -> datetime:
    return one.began


def _told(one: Conversation) -> Result:
    lines = [f"{seconds:6.2f} {side}: {text}" for seconds, side, text in one.lines]
    if one.left_out:
        lines.append(f"({one.left_out} …)")
    return {
        "time": utc_text(one.began),
        "peer": one.peer,
        "lines": lines,
        "summary_de": phone_text(one, "de"),
        "summary_en": phone_text(one, "en"),
    }
