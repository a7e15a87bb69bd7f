"""What the list on the page needs of an alarm: one short row each.

The whole entry can be 64 KB; a list of thousands is sent as rows, and the
entry follows when it is looked at.  Every text in a row has an end, so a list
has one too, whatever a device wrote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: Longer texts end in the row with an ellipsis; the entry has them whole.
ROW_TEXT = 200


def row_of(
    entry: dict[str, Any], joined: Sequence[dict[str, Any]] = (), resends: int = 0
) -> dict[str, Any]:
    """The row of an alarm entry.  A missing or odd field is null: a list shows what it can.

    The pictures of alarms that ``joined`` it are counted with its own, and the first of all is
    shown: it is that of alarm ``picture_of``.
    """
    event = _first(entry.get("events"))
    shown = [(one["alarm"], part) for one in (entry, *joined) for part in one.get("pictures") or []]
    picture_of, picture = shown[0] if shown else (None, {})
    return {
        "alarm": entry["alarm"],
        "seq": entry.get("seq", 0),
        "time": received(entry),
        "priority": entry.get("priority"),
        "pictures": len(shown),
        "picture": picture.get("name"),
        "picture_of": picture_of,
        "resends": resends,
        "sender": short(sender_of(entry)),
        **{
            name: short(entry.get(name))
            for name in ("source", "site", "kind", "subject", "handling", "origin")
        },
        **{
            name: short(event.get(name))
            for name in ("event", "event_raw", "state", "channel", "camera")
        },
    }


def received(entry: dict[str, Any]) -> str | None:
    """When an alarm's mail was complete, by the gateway's clock."""
    moment: str | None = (entry.get("times") or {}).get("eom") or entry.get("time")
    return moment


def sender_of(entry: Mapping[str, Any]) -> str | None:
    """Who sent an alarm's mail: by its envelope, else by its network address."""
    envelope = entry.get("envelope") or {}
    sender: str | None = envelope.get("from") or envelope.get("peer")
    return sender


def file_of(entry: dict[str, Any], name: str) -> dict[str, Any] | None:
    """The picture or file of that name, if the entry lists one."""
    listed = [*(entry.get("pictures") or []), *(entry.get("files") or [])]
    return next((part for part in listed if part.get("name") == name), None)


def _first(rows: list[dict[str, Any]] | None) -> dict[str, Any]:
    return rows[0] if rows else {}


def short(text: Any) -> Any:
    """A text as a row shows it; anything else as it is."""
    if isinstance(text, str) and len(text) > ROW_TEXT:
        return text[: ROW_TEXT - 1] + "…"
    return text
