"""Small questions about a table of an export: which columns it has, and which rows say something."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.responses.exports.platform import Flags, Rows
from evalkit.responses.foreign.table import ForeignTable


def has(table: ForeignTable, *names: str) -> bool:
    """Tell whether a table has all columns of these names."""
    return set(names) <= set(table.cells.columns)


def first_of(table: ForeignTable, names: Iterable[str]) -> str | None:
    """Return the first of several names that a table has."""
    return next((name for name in names if name in table.cells.columns), None)


def rows_of(table: ForeignTable, rows: npt.NDArray[np.intp]) -> ForeignTable:
    """Return the table of some rows, without the different cells that only other rows have."""
    cells = table.cells.iloc[rows].reset_index(drop=True)
    used = {str(name): cells[name].cat.remove_unused_categories() for name in cells.columns}
    return replace(table, cells=pd.DataFrame(used, copy=False), rows=table.rows[rows])


def where(names: Iterable[str], words: Iterable[str], *, blank: bool = False) -> Rows:
    """Return the rule that takes the rows whose cell is one of some words, or with `blank` is blank.

    Parameters
    ----------
    names : what the column may be called; a table without it has no such rows.
    words : in lower case.
    """
    names, words = tuple(names), frozenset(words)

    def rows(table: ForeignTable) -> Flags:
        name = first_of(table, names)
        if name is None:
            return np.zeros(len(table), dtype=bool)
        cells = table.column(name)
        found = [cell.casefold() in words for cell in cells.distinct]
        return np.asarray(np.array([*found, blank], dtype=bool)[cells.codes])

    return rows


def mode_of_device(device: str) -> str | None:
    """Return how a submission was answered: the tablet's app and the web form name themselves."""
    if device.startswith("ee.") or "enketo" in device:
        return "web"
    return "tablet" if device.startswith("collect:") else None
