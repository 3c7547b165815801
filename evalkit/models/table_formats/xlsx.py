"""Tables as a workbook: numbers as numbers, words as words, never a formula."""

from __future__ import annotations

import io

import pandas as pd

from evalkit.models.table_format import TableFormat

SHEET = 31  # letters that a sheet's name may have


def _content(name: str, table: pd.DataFrame) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has a sheet"
    sheet.title = name[:SHEET]
    sheet.append([str(column) for column in table])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    whole = table.astype(object).where(table.notna(), None)
    for row in whole.itertuples(index=False):
        sheet.append(list(row))
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


FORMAT = TableFormat("xlsx", _content)
