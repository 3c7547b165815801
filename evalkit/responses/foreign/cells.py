"""Turn the columns of a file into text cells, each different cell once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, Problem, error
from evalkit.responses.foreign.table import ForeignTable


def build_table(
    file: Path, names: Sequence[Any], columns: Iterable[Iterable[Any]], *, first_row: int = 1, **facts: Any
) -> ForeignTable:
    """Return the table of a file's columns; rows and nameless columns that are all blank are left out.

    Parameters
    ----------
    names : the header, p cells.
    columns : p columns of n values each; taken one after the other, so that they need not all be held.
    first_row : row number of the first row.
    facts : what else a `ForeignTable` holds: labels, encoding and so on.

    Raises
    ------
    ProblemsFound : a column twice, a column without a name, no row with content.
    """
    heads = [cell_text(name) for name in names]
    cells = [encode_column(column) for column in columns]
    blank = [bool((column.codes < 0).all()) for column in cells]
    problems = _name_problems(str(file), heads, blank)
    if problems:
        raise ProblemsFound(problems)
    frame = pd.DataFrame({head: column for head, column in zip(heads, cells, strict=True) if head})
    filled = np.zeros(len(frame), dtype=bool)
    for column in cells:
        filled |= column.codes >= 0
    if not filled.any():
        raise ProblemsFound([error("import.no_rows", Place(file=str(file)))])
    rows = np.flatnonzero(filled)
    if not filled.all():
        frame = frame.iloc[rows].reset_index(drop=True)
    return ForeignTable(str(file), frame, rows + first_row, **facts)


def encode_column(column: Iterable[Any]) -> pd.Categorical:
    """Return a column of cells as texts: what each different cell shows, and a code a row.

    Parameters
    ----------
    column : values of any kind; None, NaN and blank text are blank cells.

    Examples
    --------
    >>> encode_column([1.0, None, " Oui ", 1.0, 2.5]).tolist()
    ['1', nan, 'Oui', '1', '2.5']
    """
    values = column if isinstance(column, np.ndarray) else np.array(list(column) or [None], dtype=object)
    codes, distinct = pd.factorize(values)
    texts = np.array(
        [v.strip() or None if isinstance(v, str) else cell_text(v) for v in distinct], dtype=object
    )
    # Different values may show the same text, such as "1" and 1.
    text_codes, unique = pd.factorize(texts) if len(texts) else (np.empty(0, dtype=np.int64), texts)
    lookup = np.append(text_codes, -1)
    return pd.Categorical.from_codes(lookup[codes], categories=pd.Index(unique, dtype=object))


def cell_text(value: Any) -> str | None:
    """Return what a cell shows, or None when it is blank: whole numbers without a point, dates as ISO 8601.

    Examples
    --------
    >>> cell_text(3.0), cell_text(0.1), cell_text(date(2026, 9, 1)), cell_text("  ")
    ('3', '0.1', '2026-09-01', None)
    """
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, float | np.floating):
        return number_text(float(value))
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value).to_pydatetime()
    if isinstance(value, datetime):
        value = value.date() if value.time() == time() else value.replace(microsecond=0)
    shown = value.isoformat() if isinstance(value, date | time) else str(value)
    return shown.strip() or None


def number_text(value: float) -> str | None:
    """Return a number as text that reads back as the same number; None for NaN."""
    if np.isnan(value):
        return None
    return str(int(value)) if np.isfinite(value) and value == int(value) else repr(value)


def _name_problems(file: str, names: Sequence[str | None], blank: Sequence[bool]) -> list[Problem]:
    problems = []
    for position, name in enumerate(names):
        if name is None and not blank[position]:
            problems.append(error("import.column_without_name", Place(file=file), position=str(position + 1)))
        elif name is not None and name in names[:position]:
            problems.append(error("import.column_twice", Place(file=file, column=name), column=name))
    return problems
