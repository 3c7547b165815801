"""XLSX: one sheet, its first row the names of the columns."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error
from evalkit.responses.foreign.cells import build_table
from evalkit.responses.foreign.importer import Importer, ReadingOptions
from evalkit.responses.foreign.table import ForeignTable

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

_MERGED = re.compile(rb'mergeCell\s+ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_CHUNK = 1 << 20
_LONGEST_MATCH = 64


def read_xlsx(file: Path, options: ReadingOptions) -> ForeignTable:
    """Read one sheet of a workbook. See `read_foreign`.

    Formulas give the value that the spreadsheet program saved; dates are ISO text.
    """
    with _open_book(file) as book:
        return _read_sheet(file, book, _choose_sheet(file, book, options))


def read_sheets(file: Path) -> dict[str, ForeignTable]:
    """Read every sheet of a workbook that has rows under its header, by the sheet's name.

    Raises
    ------
    ProblemsFound : as `read_foreign`.
    """
    with _open_book(file) as book:
        filled = [sheet for sheet in book.worksheets if _has_rows(sheet)]
        return {sheet.title: _read_sheet(file, book, sheet) for sheet in filled}


IMPORTER = Importer((".xlsx", ".xlsm"), read_xlsx)


@contextmanager
def _open_book(file: Path) -> Iterator[Workbook]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        try:
            yield book
        finally:
            book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, SyntaxError) as failure:
        place = Place(file=str(file))
        raise ProblemsFound([error("import.unreadable", place, reason=_reason(failure))]) from None


def _read_sheet(file: Path, book: Workbook, sheet: Any) -> ForeignTable:
    _refuse_merged_header(file, sheet)
    rows = _rows(sheet)
    names = next(rows, [])
    columns: list[list[Any]] = [[] for _ in names]
    for row in rows:
        # Rows of a sheet end at their last cell with content.
        while len(columns) < len(row):
            columns.append([None] * (len(columns[0]) if columns else 0))
        for column, cell in zip(columns, [*row, *[None] * (len(columns) - len(row))], strict=True):
            column.append(cell)
    heads = [*names, *[None] * (len(columns) - len(names))]
    return build_table(file, heads, columns, decimal="either", epoch=book.epoch.date())


def _choose_sheet(file: Path, book: Workbook, options: ReadingOptions) -> Any:
    place = Place(file=str(file))
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    names = ", ".join(f"“{name}”" for name in sheets)
    if options.sheet is not None:
        if options.sheet not in sheets:
            raise ProblemsFound([error("import.unknown_sheet", place, sheet=options.sheet, sheets=names)])
        return sheets[options.sheet]
    filled = [sheet for sheet in sheets.values() if _has_content(sheet)]
    if not filled:
        raise ProblemsFound([error("import.empty_file", place)])
    if len(filled) > 1:
        raise ProblemsFound([error("import.several_sheets", place, sheets=names)])
    return filled[0]


def _has_rows(sheet: Any) -> bool:
    rows = sheet.iter_rows(min_row=2, values_only=True)
    return any(cell is not None for row in rows for cell in row)


def _has_content(sheet: Any) -> bool:
    return any(cell is not None for row in sheet.iter_rows(values_only=True) for cell in row)


def _refuse_merged_header(file: Path, sheet: Any) -> None:
    # A sheet that is read row by row does not tell of its merged cells; its XML does, at the end.
    tail = b""
    with zipfile.ZipFile(file) as archive, archive.open(sheet._worksheet_path) as source:
        while part := source.read(_CHUNK):
            for found in _MERGED.finditer(tail + part):
                if int(found[2]) == 1:
                    cells = f"{found[1].decode()}{int(found[2])}:{found[3].decode()}{int(found[4])}"
                    raise ProblemsFound([error("import.merged_header", Place(file=str(file)), cells=cells)])
            tail = part[-_LONGEST_MATCH:]


def _rows(sheet: Any) -> Iterator[list[Any]]:
    for row in sheet.iter_rows(values_only=True):
        # True equals 1 in Python: as text the two stay apart.
        yield [str(cell).upper() if isinstance(cell, bool) else cell for cell in row]


def _reason(failure: Exception) -> str:
    return str(failure).strip("'\"").split("\n")[0] or type(failure).__name__
