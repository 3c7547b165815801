"""Answers as the text of cells, as an importer reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from evalkit.instruments.instrument import AbsentReason, Instrument, Item
from evalkit.responses.answer_table import ANSWERED, REASON_CODE, AnswerTable

Written = Mapping[AbsentReason, str]


def answer_cells(
    table: AnswerTable, form: Instrument, item: Item, words: Written | None = None
) -> dict[str, pd.Series]:
    """Return the columns of one item, by name.

    Parameters
    ----------
    words : what stands for a reason in this item, where it is not the questionnaire's code.

    Returns
    -------
    Columns of n texts, None in blank cells: one, or one an option of a `multiple` item, or one a partner
    of an item that repeats.
    """
    said: dict[AbsentReason, str] = {kind: str(code) for kind, code in form.absent_codes.items()}
    said |= words or {}
    if item.repeat is not None:
        return _by_partner(table, item, said)
    if item.type != "multiple":
        return {item.id: text_cells(table, item.id, _text, said)}
    codes = [option.value for option in form.options_of(item)]
    return {f"{item.id}_{code}": text_cells(table, item.id, _chosen(code), said) for code in codes}


def text_cells(table: AnswerTable, item_id: str, write: Callable[[Any], str], reasons: Written) -> pd.Series:
    """Return one column of n texts: each different answer is written once.

    Parameters
    ----------
    write : what an answer becomes.
    reasons : what a reason becomes; a cell whose reason has no text is blank.
    """
    values, states = table.values[item_id], table.reasons[item_id].to_numpy()
    cells = np.full(len(table), None, dtype=object)
    answered = states == ANSWERED
    distinct = {value: write(value) for value in dict.fromkeys(values[answered])}
    cells[answered] = [distinct[value] for value in values[answered]]
    for reason, text in reasons.items():
        cells[states == REASON_CODE[reason]] = text
    return pd.Series(cells, index=values.index, dtype=object)


def _chosen(code: int) -> Callable[[Any], str]:
    """Return what writes whether an option is among the chosen ones."""
    return lambda chosen: "1" if code in chosen else "0"


def _by_partner(table: AnswerTable, item: Item, said: Written) -> dict[str, pd.Series]:
    values = table.values[item.id]
    ties = [ties if isinstance(ties, dict) else {} for ties in values]
    columns = {}
    for partner in sorted({partner for row in ties for partner in row}):
        cells = [_tie(row[partner], item, said) if partner in row else None for row in ties]
        columns[f"{item.id}.{partner}"] = pd.Series(cells, index=values.index, dtype=object)
    return columns


def _tie(value: Any, item: Item, said: Written) -> str | None:
    # In answers about partners the name of a reason stands where the answer would.
    if value in REASON_CODE and item.type != "text":
        return said.get(value)
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, float):
        # repr gives back the same double when it is read again.
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)
