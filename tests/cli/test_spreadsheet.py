"""Spreadsheets: read as they are written by the usual programs, and complained of by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from alarmgw.cli.speech import Failed
from alarmgw.cli.spreadsheet import read_rows, written
from alarmgw.model import Contact
from alarmgw.records import facts
from alarmgw.store.sites import Site


def read(folder: Path, data: bytes, kind: str = "source") -> list[tuple[int, dict[str, str]]]:
    """The rows of a file with these bytes."""
    (folder / "file.csv").write_bytes(data)
    return [(row["line"], row["values"]) for row in read_rows(folder / "file.csv", kind)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_files_of_all_spreadsheets_are_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    """Whatever they put between cells, and however they write umlauts."""
    text = f"Bildquelle{delimiter}Bezeichnung\r\na@x{delimiter}Tür Süd\r\n"
    assert read(tmp_path, text.encode(encoding)) == [(2, {"address": "a@x", "name": "Tür Süd"})]


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    """Through cells of several lines and empty lines; short rows end with empty cells."""
    data = b'number;action_text;name\n1;"eins\nzwei";x\n\n2\n'
    assert read(tmp_path, data, "site") == [
        (2, {"number": "1", "action_text": "eins\nzwei", "name": "x"}),
        (5, {"number": "2", "action_text": "", "name": ""}),
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty"),
        (b"address;Farbe\na@x;rot\n", "line 1: column 2: 'Farbe' is no field"),
        (b"address;Adresse\n", "line 1: column 2: 'Adresse' means address"),
        (b"name\nTor\n", "no column is headed address"),
        (b'address\nb@x\n"a@x\n', "line 3: a cell that begins with a quotation mark is not closed"),
        (b"PK\x03\x04 a workbook", "save it in the spreadsheet as CSV"),
        ("address\na@x\n".encode("utf-16"), "save it in the spreadsheet as CSV"),
        (b"\x89PNG\r\n\x81\x8d", "neither UTF-8 nor Windows-1252"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, data: bytes, told: str) -> None:
    """With line, column and reason where there is one."""
    with pytest.raises(Failed) as caught:
        read(tmp_path, data)
    assert told in caught.value.message


def test_a_cell_without_a_heading_is_known_by_its_column(tmp_path: Path) -> None:
    """An import complains of it beside all other complaints; empty ones do no harm."""
    rows = read(tmp_path, b"address;name\na@x;Tor;;rot\nb@x;Tor;;\n")
    assert rows == [
        (2, {"address": "a@x", "name": "Tor", "column 4": "rot"}),
        (3, {"address": "b@x", "name": "Tor"}),
    ]


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    """Quotes, semicolons and line ends included; a spreadsheet sees that it is UTF-8."""
    one = Site(
        number="1",
        name='Werk "Süd"; Tor',
        contacts=(Contact(name="A, B", phone="1"), Contact(name="C", phone="2")),
        action_text="eins\nzwei",
    )
    data = written("site", [facts(one)]).encode()
    assert data.startswith(b"\xef\xbb\xbf")
    [(line, values)] = read(tmp_path, data, "site")
    assert line == 2 and values["contacts"] == "A, B, 1 | C, 2"
    assert (values["name"], values["action_text"]) == (one.name, one.action_text)


def test_a_password_is_read_for_sources_only(tmp_path: Path) -> None:
    """Under its German heading too."""
    assert read(tmp_path, b"address;Passwort\na@x;s\n") == [
        (2, {"address": "a@x", "password": "s"})
    ]
    with pytest.raises(Failed):
        read(tmp_path, b"number;password\n1;s\n", "site")
