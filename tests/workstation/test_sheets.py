"""Spreadsheets of what was looked up."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from alarmgw.workstation.sheets import MOST, safe
from tests.workstation.memory_browser import MemoryBrowser, Response


def cells(response: Response) -> list[list[str]]:
    """The rows of a CSV answer."""
    text = response.body.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def pages(given: dict[str, Any]) -> dict[str, Any]:
    """A history of 250 entries, told as the gateway tells it."""
    newest = int(given.get("before", 251)) - 1
    oldest = max(1, newest - int(given["limit"]) + 1)
    rows = [{"seq": seq, "subject": "=1+1"} for seq in range(newest, oldest - 1, -1)]
    return {"ok": True, "rows": rows, "before": oldest if oldest > 1 else None, "scanned": 9}


def test_a_history_is_fetched_to_its_end() -> None:
    """Page by page with the same filters; the file opens in a spreadsheet program by itself."""
    browser = MemoryBrowser()
    browser.room.questions["history"] = pages
    response = browser.get("/ask/history.csv?site=4711")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="history.csv"'
    assert response.body.startswith(b"\xef\xbb\xbfseq;time;type;")
    head, *rows = cells(response)
    assert [row[0] for row in rows] == [str(seq) for seq in range(250, 0, -1)]
    assert rows[0][head.index("subject")] == "'=1+1"
    asked = [one for one in browser.room.asked if one.name == "history"]
    assert len(asked) == 3 and {one.given["site"] for one in asked} == {"4711"}


def test_a_history_has_an_end() -> None:
    """However much is found."""
    browser = MemoryBrowser()
    endless = {"ok": True, "rows": [{"seq": 1}] * 100, "before": 7}
    browser.room.questions["history"] = lambda _: endless
    assert len(cells(browser.get("/ask/history.csv"))) == MOST + 1


def test_a_file_says_what_it_lacks() -> None:
    """A word that fits more sources than are searched; one that fits few is nothing to tell."""
    browser = MemoryBrowser()
    meant: dict[str, Any] = {"source": {"found": 60, "searched": 50}, "site": None}
    answer = {"ok": True, "rows": [{"seq": 1}], "before": None, "meant": meant}
    browser.room.questions["history"] = lambda _: answer
    assert cells(browser.get("/ask/history.csv?source=tor"))[2:] == [
        [],
        ["not all", "found", "searched"],
        ["source", "60", "50"],
    ]
    meant["source"] = {"found": 3, "searched": 3}
    assert len(cells(browser.get("/ask/history.csv?source=tor"))) == 2


def test_numbers_are_the_tables_that_the_page_draws() -> None:
    """Hours, the time to acceptance and sources, with an empty line between them."""
    browser = MemoryBrowser()
    hours = [{"hour": "2026-11-21T20:00:00Z", "alarms": 3, "incidents": 1}]
    sources = [{"address": "a@x", "name": "@Tor", "site": None, "false": 2, "incidents": 5}]
    bins = [{"from_s": 0, "to_s": 900, "n": 4}, {"from_s": 900, "to_s": None, "n": 1}]
    acceptance = {"n": 5, "median_s": 12, "p90_s": 950, "bins": bins, "marks": [30]}
    answer = {"ok": True, "hours": hours, "sources": sources, "acceptance": acceptance}
    browser.room.questions["numbers"] = lambda _: answer
    assert cells(browser.get("/ask/numbers.csv?days=7")) == [
        ["hour", "alarms", "incidents"],
        ["2026-11-21T20:00:00Z", "3", "1"],
        [],
        ["accepted", "median_s", "p90_s"],
        ["5", "12", "950"],
        [],
        ["from_s", "to_s", "accepted"],
        ["0", "900", "4"],
        ["900", "", "1"],
        [],
        ["address", "name", "site", "false", "incidents"],
        ["a@x", "'@Tor", "", "2", "5"],
    ]


def test_what_cannot_be_had_is_no_file() -> None:
    """Without a link, without anybody signed on, and of anything else."""
    browser = MemoryBrowser()
    assert browser.get("/ask/people.csv").code == 400
    browser.room.questions["numbers"] = lambda _: {"ok": False, "error": "not_signed_on"}
    assert browser.get("/ask/numbers.csv").code == 503
    browser.wire.lose()
    assert browser.get("/ask/history.csv").code == 503
    browser.console.seat.session = None
    assert browser.get("/ask/history.csv").code == 403


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=cmd()", "'=cmd()"),
        ("+49 30", "'+49 30"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\t=1", "'\t=1"),
        (-1, "-1"),
        (None, ""),
        (["-a", "b"], "'-a, b"),
        ("Tor; 3", "Tor; 3"),
    ],
)
def test_a_text_never_becomes_a_formula(value: Any, cell: str) -> None:
    """Numbers stay numbers."""
    assert safe(value) == cell
