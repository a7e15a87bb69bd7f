"""Spreadsheets: what was looked up, as CSV that a spreadsheet program opens by itself.

UTF-8 with a mark at its beginning and semicolons, as German programs expect.
A text of a device never becomes a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from alarmgw.errors import Cause, TryLater
from alarmgw.workstation.json_page import Download

#: Rows of a history at most; whoever needs more asks for a shorter time.
MOST = 10_000

#: Rows that the gateway tells at once.
AT_ONCE = 100

#: A cell that begins so would be a formula to a spreadsheet program.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_HISTORY = (
    *("seq", "time", "type", "alarm", "incident", "source", "site", "kind", "event", "state"),
    *("channel", "camera", "subject", "priority", "handling", "outcome", "cause", "operator"),
    *("workstation", "note", "pictures"),
)
_SOURCES = ("address", "name", "site", "false", "incidents")
_HOURS = ("hour", "alarms", "incidents")
#: The time to acceptance: so many incidents took from so long to less than so long.
_BINS = ("from_s", "to_s", "accepted")
_MARKS = ("accepted", "median_s", "p90_s")

Ask = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]


async def history(ask: Ask, given: Mapping[str, Any]) -> Download:
    """The entries that are found, page by page, the newest first."""
    rows: list[dict[str, Any]] = []
    left_out: list[list[list[str]]] = []
    wanted = {**given, "limit": str(AT_ONCE)}
    while len(rows) < MOST:
        answer = _good(await ask("history", wanted))
        rows += answer["rows"]
        left_out = _left_out(answer.get("meant") or {})
        if answer.get("before") is None:
            break
        wanted["before"] = str(answer["before"])
    return _download("history.csv", [_table(_HISTORY, rows[:MOST]), *left_out])


async def numbers(ask: Ask, given: Mapping[str, Any]) -> Download:
    """What the page draws, one table after the other with a line between them.

    Alarms by hour, the time to acceptance, and sources by false alarms.
    """
    answer = _good(await ask("numbers", dict(given)))
    acceptance = answer["acceptance"]
    tables = [
        _table(_HOURS, answer["hours"]),
        _table(_MARKS, [{**acceptance, "accepted": acceptance["n"]}]),
        _table(_BINS, ({**one, "accepted": one["n"]} for one in acceptance["bins"])),
        _table(_SOURCES, answer["sources"]),
    ]
    return _download("numbers.csv", tables)


def safe(value: Any) -> str:
    """A cell that is shown as it is: a text that looks like a formula begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, list):
        return safe(", ".join(map(str, value)))
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


#: By name: what makes the file ``NAME.csv``.
SHEETS: Mapping[str, Callable[[Ask, Mapping[str, Any]], Awaitable[Download]]] = {
    "history": history,
    "numbers": numbers,
}


def _good(answer: dict[str, Any]) -> dict[str, Any]:
    if answer.get("ok") is False:
        raise TryLater(Cause.BUSY, str(answer.get("error")))
    return answer


def _left_out(meant: Mapping[str, Any]) -> list[list[list[str]]]:
    """What the file lacks: a word fits more sources or sites than are searched."""
    names = ("not all", "found", "searched")
    cut = [
        {"not all": name, **found}
        for name, found in meant.items()
        if found and found["found"] > found["searched"]
    ]
    return [_table(names, cut)] if cut else []


def _table(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    return [list(names), *([safe(row.get(name)) for name in names] for row in rows)]


def _download(name: str, tables: Sequence[list[list[str]]]) -> Download:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";")
    for number, table in enumerate(tables):
        if number:
            writer.writerow([])
        writer.writerows(table)
    return Download(name, "text/csv; charset=utf-8", file.getvalue().encode("utf-8-sig"))
