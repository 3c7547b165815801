"""Read a roster file: CSV or XLSX with the columns population, site, organisation, alias, name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, Problem, error
from evalkit.study.roster_rows import RosterRow

COLUMNS = ("population", "site", "organisation", "alias", "name")
REQUIRED = ("population", "site")
_DELIMITERS = ",;\t"


def read_roster_file(file: Path) -> tuple[RosterRow, ...]:
    """Read the rows of a roster file. Several sites of one row are separated by `;` or `|`.

    Parameters
    ----------
    file : a CSV (comma, semicolon or tab; UTF-8 or Windows-1252) or an XLSX of one sheet.

    Returns
    -------
    The rows in the order of the file; rows without any content are passed over.

    Raises
    ------
    ProblemsFound : the file cannot be read or is empty; columns that are missing, unknown, or there twice.
    """
    try:
        if file.suffix.lower() in (".xlsx", ".xlsm"):
            lines = _sheet_lines(file)
        else:
            lines = _csv_lines(file.read_bytes())
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise ProblemsFound([error("store.unreadable_file", Place(file=str(file)), reason=reason)]) from None
    except (csv.Error, BadZipFile, KeyError, UnicodeDecodeError):
        raise ProblemsFound([error("roster.not_a_table", Place(file=str(file)))]) from None
    if not lines:
        raise ProblemsFound([error("roster.empty_file", Place(file=str(file)))])
    header = [name.strip().lower() for name in lines[0]]
    problems = [*_header_problems(header, Place(file=str(file), row=None))]
    problems += _width_problems(lines[1:], len(header), str(file))
    if problems:
        raise ProblemsFound(problems)
    rows = tuple(_rows(header, lines[1:]))
    if not rows:
        raise ProblemsFound([error("roster.empty_file", Place(file=str(file)))])
    return rows


def _csv_lines(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What a spreadsheet program of Windows writes in French or English.
        text = content.decode("cp1252")
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    return [
        line for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if line
    ]


def _sheet_lines(file: Path) -> list[list[str]]:
    from openpyxl import load_workbook

    book = load_workbook(file, read_only=True, data_only=True)
    try:
        if len(book.worksheets) != 1:
            names = ", ".join(book.sheetnames)
            raise ProblemsFound([error("roster.several_sheets", Place(file=str(file)), names=names)])
        return [[_cell(value) for value in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    finally:
        book.close()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _header_problems(header: Sequence[str], place: Place) -> Iterator[Problem]:
    for name in sorted({name for name in header if header.count(name) > 1 and name}):
        yield error("roster.column_twice", place, column=name)
    for name in header:
        if name and name not in COLUMNS:
            yield error("roster.unknown_column", place, column=name, known=", ".join(COLUMNS))
    for name in REQUIRED:
        if name not in header:
            yield error("roster.missing_column", place, column=name)


def _width_problems(lines: Iterable[Sequence[str]], width: int, file: str) -> Iterator[Problem]:
    for number, line in enumerate(lines, start=1):
        if any(cell.strip() for cell in line[width:]):
            yield error("roster.too_many_cells", Place(file=file, row=number))


def _rows(header: Sequence[str], lines: Iterable[Sequence[str]]) -> Iterator[RosterRow]:
    for number, line in enumerate(lines, start=1):
        cells: Mapping[str, str] = {name: cell.strip() for name, cell in zip(header, line, strict=False)}
        if any(cells.values()):
            parts = (part.strip() for part in cells.get("site", "").replace("|", ";").split(";"))
            sites = tuple(dict.fromkeys(part for part in parts if part))
            organisation, alias, name = (cells.get(column) or None for column in COLUMNS[2:])
            yield RosterRow(cells.get("population", ""), sites, organisation, alias, name, number)
