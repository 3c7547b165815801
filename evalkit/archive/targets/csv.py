"""A wave as CSV: codes as stored, the three absent kinds by their codes, and a codebook beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from evalkit.archive.target import ExportOptions, Target
from evalkit.instruments.instrument import Instrument, Item
from evalkit.responses.answer_table import ANSWERED, REASON_CODE, AnswerTable
from evalkit.texts.text import Language

KEYS = ("respondent", "site", "language", "mode", "interviewer", "started", "ended")


def write(table: AnswerTable, form: Instrument, file: Path, options: ExportOptions) -> tuple[Path, ...]:
    """Write a wave and its codebook.

    Parameters
    ----------
    table : the answers.
    form : their questionnaire.
    file : where the answers go; the codebook stands beside it.
    options : labels and free text.

    Returns
    -------
    Both files. Importing the first one again without a map gives the same answers, when free text is
    asked for: `multiple` as codes separated by spaces, items that repeat over partners as `item.CODE`.
    """
    codebook = file.with_name(f"{file.stem}-codebook.csv")
    answers_frame(table, form, options).to_csv(file, index=False, encoding="utf-8")
    codebook_frame(form, options.lang).to_csv(codebook, index=False, encoding="utf-8")
    return file, codebook


def answers_frame(table: AnswerTable, form: Instrument, options: ExportOptions) -> pd.DataFrame:
    """Return the answers as text cells, one column an item (and a label column when asked for)."""
    columns = {key: table.keys[key].astype(object) for key in KEYS}
    for item in form.items:
        if item.type == "text" and not options.with_text:
            continue
        for name, cells in _cells(table, form, item):
            columns[name] = cells
            if options.labels and item.options:
                columns[f"{name}_label"] = _labelled(cells, form, item, options.lang)
    return pd.DataFrame(columns)


def codebook_frame(form: Instrument, lang: Language) -> pd.DataFrame:
    """Return the codebook: one row an answer of an item, and one row an item without options."""
    rows = []
    for item in form.items:
        base = {
            "item": item.id,
            "type": item.type,
            "text": item.text.say(lang),
            "asked_if": item.ask_if or "",
        }
        answers = [*form.options_of(item), *(o for o in form.absent_options if o.kind in item.absent)]
        rows += [
            {**base, "code": o.value, "label": o.label.say(lang), "absent": o.kind or ""} for o in answers
        ]
        if not answers:
            rows.append({**base, "code": "", "label": "", "absent": ""})
    return pd.DataFrame(
        rows, columns=["item", "type", "text", "asked_if", "code", "label", "absent"], dtype=object
    )


def _cells(table: AnswerTable, form: Instrument, item: Item) -> Iterator[tuple[str, pd.Series]]:
    values, reasons = table.values[item.id], table.reasons[item.id].to_numpy()
    if item.repeat is not None:
        yield from _repeated(values, item)
        return
    cells = np.full(len(table), None, dtype=object)
    answered = reasons == ANSWERED
    cells[answered] = [_written(value, item) for value in values[answered]]
    for kind, code in form.absent_codes.items():
        cells[reasons == REASON_CODE[kind]] = str(code)
    yield item.id, pd.Series(cells, index=values.index, dtype=object)


def _repeated(values: pd.Series, item: Item) -> Iterator[tuple[str, pd.Series]]:
    partners = sorted({code for ties in values if isinstance(ties, dict) for code in ties})
    for partner in partners:
        cells = [
            _written(ties[partner], item) if isinstance(ties, dict) and partner in ties else None
            for ties in values
        ]
        yield f"{item.id}.{partner}", pd.Series(cells, index=values.index, dtype=object)


def _written(value: object, item: Item) -> str:
    if item.type == "multiple" and isinstance(value, tuple | list):
        return " ".join(str(code) for code in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    # repr gives back the same double when it is read again
    return repr(float(value)) if isinstance(value, float) else str(value)


def _labelled(cells: pd.Series, form: Instrument, item: Item, lang: Language) -> pd.Series:
    labels = {
        str(option.value): option.label.say(lang) for option in (*form.options_of(item), *form.absent_options)
    }
    words = [
        None if cell is None else "; ".join(labels.get(code, code) for code in cell.split()) for cell in cells
    ]
    return pd.Series(words, index=cells.index, dtype=object)


TARGET = Target("csv", write)
