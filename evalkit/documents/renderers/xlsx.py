"""Write the tables of a document as a workbook: a sheet each, numbers as numbers, never a formula."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from evalkit.documents.blocks import Column, Document, Table
from evalkit.documents.fixed_archive import dateless
from evalkit.documents.renderer import Renderer
from evalkit.documents.shared_tables import shared_tables
from evalkit.documents.speaking import (
    column_weights,
    file_title,
    grid_of,
    hides,
    language_tag,
    printed_rows,
    spoken,
    ui,
)
from evalkit.texts.text import Language

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

SHEET = 31  # letters that a sheet's name may have
HEAD = 4  # the row of a sheet that holds the heads: above stand caption and banner
INK, QUIET, WASH, LINE, AMBER = "1D2B36", "4C5A65", "E6EEF0", "0E5A63", "5A3D00"
WIDEST = 60  # letters of the text on the first sheet


def render(document: Document, lang: Language) -> bytes:
    """Return the workbook of a document in one language.

    Parameters
    ----------
    document : any document.
    lang : one of its languages.

    Returns
    -------
    XLSX (ISO/IEC 29500): contents first, then a sheet for each table on the pages or behind a picture, its
    numbers rounded as the pages print them. It tells no date: the same document gives the same bytes.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.properties.title, book.properties.creator = file_title(document, lang), "evalkit"
    book.properties.language = language_tag(lang)
    names = [ui("contents", lang)]
    tables = shared_tables(document)
    for number, table in enumerate(tables, 1):
        names.append(_sheet_name(number, spoken(table.caption, lang)))
        _write_table(book.create_sheet(names[-1]), table, document, lang)
    _write_contents(book, document, tables, names, lang)
    file = io.BytesIO()
    book.save(file)
    return dateless(file.getvalue())


def _sheet_name(number: int, caption: str) -> str:
    """Return a name that Excel takes: short, without its own signs, and unique by its number."""
    return re.sub(r"[\[\]:*?/\\]|'$", " ", f"{number} {caption}"[:SHEET].strip()).strip()


def _write_contents(
    book: Workbook, document: Document, tables: tuple[Table, ...], names: list[str], lang: Language
) -> None:
    from openpyxl.styles import Alignment
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet = book.worksheets[0]
    sheet.title = names[0]
    sheet.sheet_view.showGridLines = False
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 12, WIDEST
    title = [document.title, document.subtitle, document.headline]
    for row, (words, size) in enumerate(zip(title, (11, 11, 16), strict=True), 1):
        _put(sheet, row, 1, spoken(words, lang), bold=row != 2, size=size)
    if document.banner is not None:
        _put(sheet, 4, 1, spoken(document.banner, lang), bold=True, colour=AMBER)
    _put_heads(sheet, 6, (ui("sheet", lang), ui("shows", lang)))
    for row, (table, name) in enumerate(zip(tables, names[1:], strict=True), 7):
        link = _put(sheet, row, 1, f"{row - 6}", colour="005A8F")
        quoted = name.replace("'", "''")
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{quoted}'!A1")
        caption = _put(sheet, row, 2, spoken(table.caption, lang))
        caption.alignment = Alignment(wrap_text=True, vertical="top")
    if any(hides(table) for table in tables):
        _put(sheet, 8 + len(tables), 1, ui("hidden_cells_note", lang), colour=QUIET)


def _write_table(sheet: Worksheet, table: Table, document: Document, lang: Language) -> None:
    grid = grid_of(table, lang)
    _put(sheet, 1, 1, spoken(table.caption, lang), bold=True, size=13)
    if document.banner is not None:
        _put(sheet, 2, 1, spoken(document.banner, lang), bold=True, colour=AMBER)
    _put_heads(sheet, HEAD, grid[0])
    for row, name in enumerate(printed_rows(table), HEAD + 1):
        _put(sheet, row, 1, spoken(table.row_heads[name], lang))
        for place, column in enumerate(table.columns, 2):
            _put_cell(sheet, row, place, table, name, column, lang)
    sheet.freeze_panes = f"B{HEAD + 1}"
    for letter, width in zip(_letters(len(grid[0])), column_weights(grid, room=4), strict=True):
        sheet.column_dimensions[letter].width = width
    _set_print(sheet, document, lang)


def _put_cell(
    sheet: Worksheet, row: int, place: int, table: Table, name: str, column: Column, lang: Language
) -> None:
    """Write a number as the page rounds it, or the words of a cell that has none."""
    from openpyxl.styles import Alignment

    value = table.data.number(name, column.id)
    if value is None:
        state = "hidden" if table.data.hidden(name, column.id) else "absent"
        _put(sheet, row, place, ui(f"{state}_short", lang), colour=QUIET).alignment = Alignment(
            horizontal="right", wrap_text=True
        )
        return
    cell = sheet.cell(row, place, round(value, column.digits + 2 * column.share))
    cell.number_format = number_format(column)


def number_format(column: Column) -> str:
    """Return how Excel shows the numbers of a column; decimal mark and spaces are those of the reader.

    Examples
    --------
    >>> from evalkit.texts.text import text_of
    >>> number_format(Column("c", text_of("Change"), digits=1, signed=True))
    '+#,##0.0;-#,##0.0;#,##0.0'
    """
    plain = "#,##0" + ("." + "0" * column.digits if column.digits else "") + ("%" if column.share else "")
    return f"+{plain};-{plain};{plain}" if column.signed and not column.share else plain


def _put_heads(sheet: Worksheet, row: int, heads: tuple[str, ...]) -> None:
    from openpyxl.styles import Alignment, Border, PatternFill, Side

    for place, words in enumerate(heads, 1):
        cell = _put(sheet, row, place, words, bold=True)
        cell.fill = PatternFill("solid", fgColor=WASH)
        cell.border = Border(bottom=Side("medium", LINE))
        side = "left" if place == 1 or row != HEAD else "right"
        cell.alignment = Alignment(horizontal=side, vertical="bottom", wrap_text=True)


def _put(
    sheet: Worksheet,
    row: int,
    place: int,
    words: str,
    *,
    bold: bool = False,
    size: int = 11,
    colour: str = INK,
) -> Any:
    """Write words as words, even where they begin like a formula."""
    from openpyxl.styles import Font

    cell: Any = sheet.cell(row, place)
    cell.value, cell.data_type = words, "s"
    cell.font = Font(bold=bold, size=size, color=colour)
    return cell


def _set_print(sheet: Any, document: Document, lang: Language) -> None:
    """Fit a sheet to the width of a page that names its document and repeats the heads."""
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"1:{HEAD}"
    sheet.oddFooter.left.text = file_title(document, lang).replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"


def _letters(columns: int) -> list[str]:
    from openpyxl.utils import get_column_letter

    return [get_column_letter(place) for place in range(1, columns + 1)]


RENDERER = Renderer("xlsx", render)
