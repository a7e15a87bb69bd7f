"""Fields: found by their headings in both languages, and written down."""

from __future__ import annotations

import re

import pytest

from alarmgw.arguments import Arguments
from alarmgw.errors import Refused
from alarmgw.fields import FIELDS, field_of_heading, key_of
from alarmgw.model import Source
from alarmgw.store.sites import Customer, Site
from tests.sources import ROOT


@pytest.mark.parametrize(
    ("kind", "heading", "name"),
    [
        ("source", "Bildquelle", "address"),
        ("source", " KLASSE ", "priority"),
        ("source", "class", "priority"),
        ("source", "pre-alarm pictures", "pre_alarm_pictures"),
        ("source", "Objektnummer", "site"),
        ("site", "Objektnummer", "number"),
        ("site", "Adresse", "address"),
        ("customer", "Kundennummer", "number"),
        ("source", "Farbe", None),
    ],
)
def test_a_heading_means_a_field(kind: str, heading: str, name: str | None) -> None:
    """English or German, in any case; one that means nothing is not guessed."""
    assert field_of_heading(kind, heading) == name


@pytest.mark.parametrize("kind", FIELDS)
def test_no_heading_means_two_fields(kind: str) -> None:
    """Else a column would fill the wrong one."""
    for name, field in FIELDS[kind].items():
        assert {field_of_heading(kind, heading) for heading in (name, *field.headings)} == {name}


@pytest.mark.parametrize(
    ("kind", "made"), [("source", Source), ("site", Site), ("customer", Customer)]
)
def test_every_field_is_one_of_its_record(kind: str, made: type) -> None:
    """And the first one is what it is known by."""
    names = {attribute.name for attribute in made.__attrs_attrs__}
    assert set(FIELDS[kind]) == names - {"disabled"}
    assert key_of(kind) == ("address" if kind == "source" else "number")


def test_every_field_is_documented_with_its_headings() -> None:
    """docs/records.rst has a table for each kind."""
    text = (ROOT / "docs" / "records.rst").read_text(encoding="utf-8")
    for kind, fields in FIELDS.items():
        [section] = re.findall(rf"\n{kind.title()}s\n-+\n(.*?)(?=\n\w+\n---|\Z)", text, re.DOTALL)
        assert re.findall(r"^``(\w+)``", section, re.MULTILINE) == list(fields), kind
        for field in fields.values():
            assert not [heading for heading in field.headings if heading not in section]


def window(text: str) -> object:
    """What is read of a source's window for late pictures."""
    name = "late_pictures_seconds"
    return FIELDS["source"][name].read(Arguments("source change", {name: text}, [name]), name)


def test_late_pictures_have_a_window_of_seconds() -> None:
    """Empty says that they never join."""
    assert [window(text) for text in ("", "1", "600")] == [None, 1, 600]


@pytest.mark.parametrize("text", ["0", "601", "-1", "a minute"])
def test_a_window_for_late_pictures_has_bounds(text: str) -> None:
    """No longer than what the gateway remembers."""
    with pytest.raises(Refused):
        window(text)


def test_a_postal_address_of_two_lines_becomes_one() -> None:
    """Spreadsheets have street and town in two lines of one cell."""
    arguments = Arguments("site import", {"address": "Weg 1, \r\n89073 Ulm\n"}, ("address",))
    assert FIELDS["site"]["address"].read(arguments, "address") == "Weg 1, 89073 Ulm"
