"""Tables of records as spreadsheets write and read them: CSV with a line of headings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from alarmgw.cli.speech import Failed
from alarmgw.fields import FIELDS, field_of_heading, key_of

#: A password is taken when a login is new, and never given out.
PASSWORD = "password"
_PASSWORD_HEADINGS = (PASSWORD, "passwort")

DELIMITERS = ";,\t"

#: How workbooks (.xlsx and .ods, .xls) and texts in UTF-16 begin.
NOT_CSV = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"\xfe\xff")

#: A spreadsheet takes a file for UTF-8 if it begins with this.
BYTE_ORDER_MARK = "\ufeff"


def read_rows(path: Path, kind: str) -> list[dict[str, Any]]:
    """The file's rows as `alarmgw.importing` takes them.  Raises `Failed` with line and column.

    UTF-8 (with or without a byte order mark) or else Windows-1252; semicolons, commas or tabs,
    whatever the headings have most of.  Empty lines are left out.
    """
    text = _text(path)
    if not text.strip():
        raise Failed(f"{path} is empty: its first line names the columns")
    first = text.lstrip().splitlines()[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, columns = [], list[str]()
    begun = 1
    try:
        for cells in reader:
            line, begun = begun, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _columns(path, line, cells, kind)
                continue
            rows.append({"line": line, "values": _values(columns, cells)})
    except csv.Error as error:
        said = "a cell that begins with a quotation mark is not closed, or goes on after it"
        raise Failed(f"{path}: line {begun}: {said} ({error})") from error
    return rows


def _text(path: Path) -> str:
    data = path.read_bytes()
    if data.startswith(NOT_CSV):
        raise Failed(f"{path} is no CSV: save it in the spreadsheet as CSV, best as CSV UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Five octets of Windows-1252 mean nothing; then it is something else, a picture perhaps.
        pass
    try:
        return data.decode("windows-1252")
    except UnicodeDecodeError as error:
        raise Failed(f"{path} is neither UTF-8 nor Windows-1252 text") from error


def _columns(path: Path, line: int, headings: list[str], kind: str) -> list[str]:
    columns = list[str]()
    for number, heading in enumerate(headings, 1):
        secret = kind == "source" and heading.strip().casefold() in _PASSWORD_HEADINGS
        name = PASSWORD if secret else field_of_heading(kind, heading)
        where = f"{path}: line {line}: column {number}"
        if name is None:
            known = ", ".join(FIELDS[kind])
            raise Failed(f"{where}: {heading.strip()!r} is no field of a {kind}: it has {known}")
        if name in columns:
            raise Failed(f"{where}: {heading.strip()!r} means {name}, which is there already")
        columns.append(name)
    if key_of(kind) not in columns:
        raise Failed(f"{path}: line {line}: no column is headed {key_of(kind)}")
    return columns


def _values(columns: list[str], cells: list[str]) -> dict[str, str]:
    """By field; a cell without a heading by its column, for `alarmgw.importing` to complain of."""
    surplus = enumerate(cells[len(columns) :], len(columns) + 1)
    filled = [*cells, *[""] * len(columns)]
    unheaded = {f"column {number}": cell for number, cell in surplus if cell.strip()}
    return {**dict(zip(columns, filled, strict=False)), **unheaded}


def written(kind: str, records: Iterable[Mapping[str, Any]]) -> str:
    """The records (as `alarmgw.records.facts` has them) as a file that `read_rows` takes."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(FIELDS[kind])
    for record in records:
        writer.writerow([field.write(record[name]) for name, field in FIELDS[kind].items()])
    return BYTE_ORDER_MARK + file.getvalue()
