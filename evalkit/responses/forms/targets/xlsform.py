"""XLSForm, for KoboToolbox and ODK: survey, choices, settings, and entities that follow people over waves."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Sequence

from evalkit.instruments.instrument import Option
from evalkit.responses.forms.absent_dates import absent_dates
from evalkit.responses.forms.form import FormFile, FormOrder, FormTarget, WrittenForm
from evalkit.responses.forms.xlsform_rows import LANGUAGE, PLATFORM, Row, survey_of


def _write(order: FormOrder) -> WrittenForm:
    survey = survey_of(order)
    sheets = {"survey": survey.rows, "choices": survey.choices, "settings": [_settings(order)]}
    if not order.is_log:
        sheets["entities"] = [_entities(order)]
    files = [FormFile(f"{order.name}.xlsx", _workbook(sheets))]
    if order.people and not order.is_log:
        files.append(FormFile(f"{order.form.population}.csv", _people(order)))
    return WrittenForm(tuple(files), (*survey.problems, *absent_dates(order.form, PLATFORM)))


def _settings(order: FormOrder) -> Row:
    first = order.languages[0]
    return {
        "form_title": f"{order.form.title.say(first)} ({order.wave.id})",
        "form_id": order.name,
        "version": order.form.version,
        "default_language": LANGUAGE[first],
        "instance_name": "concat(${respondent}, ' ', ${wave})",
    }


def _entities(order: FormOrder) -> Row:
    """Return the record that the next wave opens: written once, then brought up to date."""
    known = {"entity_id": "${record_id}"} if order.people else {"label": "${respondent}"}
    return {"list_name": order.form.population, **known}


def _people(order: FormOrder) -> bytes:
    """Return the roster as a list of entities: codes and sites, never a name."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(["name", "label", "code", "site"])
    for person in order.people:
        key = uuid.uuid5(uuid.NAMESPACE_OID, person.code)
        rows.writerow([str(key), person.code, person.code, person.site or ""])
    return out.getvalue().encode("utf-8")


def _workbook(sheets: dict[str, list[Row]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        for cells in (columns, *([row.get(column, "") for column in columns] for row in rows)):
            sheet.append(_text_cells(sheet, cells))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cells(sheet: object, texts: Sequence[str]) -> list[object]:
    """Return cells of text: a label that starts with an equals sign is no formula."""
    from openpyxl.cell import WriteOnlyCell

    cells: list[object] = []
    for text in texts:
        cell = WriteOnlyCell(sheet, text or None)  # type: ignore[arg-type]
        if text:
            cell.data_type = "s"
        cells.append(cell)
    return cells


def _code(option: Option) -> str:
    return str(option.value)


FORM = FormTarget(PLATFORM, _write, _code)
