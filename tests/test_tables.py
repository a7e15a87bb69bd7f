"""`alarmgw.tables`: strict reading of TOML tables."""

from __future__ import annotations

from alarmgw.errors import Complaint
from alarmgw.tables import Table, whole_number


def test_all_complaints_are_collected() -> None:
    """A wrong value, a missing one and an unknown key are all told, and reading goes on."""
    complaints: list[Complaint] = []
    table = Table("f", "t.", {"size": "x", "sise": 1}, complaints)
    assert table.value("size", whole_number(1, 9), 5) == 5
    assert table.word("colour", ("red",), "red") == "red"
    table.value("need", str, "", needed=True)
    table.finish()
    assert [complaint.key for complaint in complaints] == ["t.size", "t.need", "t.sise"]


def test_truth_is_no_number() -> None:
    """TOML's true is not taken for 1."""
    complaints: list[Complaint] = []
    Table("f", "", {"size": True}, complaints).value("size", whole_number(0, 9), 0)
    assert len(complaints) == 1


def test_missing_table_is_told_once() -> None:
    """A missing table brings one complaint, not one more for each of its keys."""
    complaints: list[Complaint] = []
    missing = Table("f", "", {}, complaints).table("gateway")
    missing.value("name", str, "", needed=True)
    assert [complaint.key for complaint in complaints] == ["gateway"]


def test_tables_are_counted_from_one() -> None:
    """The key of a list's element is written as people count."""
    complaints: list[Complaint] = []
    for table in Table("f", "", {"listener": [{}, {"x": 1}]}, complaints).tables("listener"):
        table.finish()
    assert [complaint.key for complaint in complaints] == ["listener[2].x"]
