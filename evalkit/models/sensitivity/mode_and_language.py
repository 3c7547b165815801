"""Answers as if everybody had been asked in the same ways and languages."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.models.grouping import group_codes
from evalkit.models.reestimating import on_rows
from evalkit.models.variation import MainResult, Sensitivity, Variant
from evalkit.texts.phrases import Phrase, phrase

WORDS = "sensitivity.mode_and_language"
ASKED = ("mode", "language")
NOT_SAID = "not said"
CELL = ("site", "wave")
NOTHING = 1e-9  # what is left of a column that its site and wave tell

Array = npt.NDArray[np.float64]


def run(main: MainResult) -> tuple[Variant, ...] | Phrase:
    """Ask again of answers from which the part of mode and language is taken.

    How much a mode or a language moves an answer is told by people of one site in one wave, so that nothing
    of what sites or waves differ by is taken away; it is taken as known in what follows.
    """
    rows = main.rows[main.rows[main.outcome].notna() & main.rows["site"].notna()]
    columns = asked_columns(rows)
    if not columns.shape[1]:
        return phrase(f"{WORDS}.never_differs")
    cells = group_codes(rows.assign(**{name: rows[name].astype(str) for name in CELL}), CELL).codes
    adjusted = adjusted_within(rows[main.outcome].to_numpy(dtype=float), columns, np.asarray(cells))
    if adjusted is None:
        return phrase(f"{WORDS}.told_by_site")
    found = on_rows(main, rows.assign(**{main.outcome: adjusted}))
    if not found:
        return phrase(f"{WORDS}.absent")
    return (Variant(phrase(f"{WORDS}.name"), found, phrase(f"{WORDS}.row")),)


def asked_columns(rows: pd.DataFrame) -> Array:
    """Return a column of ones and zeros for each mode and language but the first of each."""
    known = [rows[name].astype(object).where(rows[name].notna(), NOT_SAID) for name in ASKED if name in rows]
    parts = [pd.get_dummies(column.astype(str), drop_first=True, dtype=float) for column in known]
    return np.column_stack([np.empty((len(rows), 0)), *(part.to_numpy() for part in parts)])


def adjusted_within(values: Array, columns: Array, cells: npt.NDArray[np.intp]) -> Array | None:
    """Take from values what columns tell of them within cells; the mean of all values stays.

    Parameters
    ----------
    values : (n,). columns : (n, k). cells : (n,), position of each row's cell.

    Returns
    -------
    (n,), or None when no column varies within a cell.

    Examples
    --------
    >>> cells = np.array([0, 0, 1, 1])
    >>> by_telephone = np.array([[0.0], [1.0], [1.0], [1.0]])
    >>> adjusted_within(np.array([1.0, 3.0, 5.0, 5.0]), by_telephone, cells).round(9).tolist()
    [2.5, 2.5, 4.5, 4.5]
    """
    counts = np.bincount(cells)

    def within(column: Array) -> Array:
        return np.asarray(column - (np.bincount(cells, column) / counts)[cells])

    inside = np.apply_along_axis(within, 0, columns)
    telling = np.abs(inside).max(axis=0) > NOTHING
    if not telling.any():
        return None
    slopes = np.linalg.lstsq(inside[:, telling], within(values), rcond=None)[0]
    apart = columns[:, telling] - columns[:, telling].mean(axis=0)
    return np.asarray(values - apart @ slopes)


SENSITIVITY = Sensitivity(run)
