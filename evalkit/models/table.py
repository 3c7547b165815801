"""Tables that users bring, as pandas frames of the columns needed, without rows that lack a value."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, Problem, error, note

# Waves and sites named in one note; beyond, those that lose most.
MOST_NAMED = 12


def as_frame(data: Any, needed: Collection[str], also: Collection[str] = ()) -> pd.DataFrame:
    """Return columns of a table as a pandas frame.

    Parameters
    ----------
    data : pandas or polars frame, or a mapping of columns.
    needed : columns that must be there. also : columns taken when they are.

    Raises
    ------
    ProblemsFound
        No table; columns that are not there, or there twice.

    Examples
    --------
    >>> as_frame({"x": [1, 2], "y": [3, 4]}, ["x"]).columns.tolist()
    ['x']
    """
    data = as_table(data)
    there = [str(name) for name in data.columns]
    problems = [
        error("mixed.unknown_column", Place(column=name)) for name in sorted(set(needed) - set(there))
    ]
    problems += [error("mixed.column_twice", Place(column=n)) for n in sorted(needed) if there.count(n) > 1]
    if problems:
        raise ProblemsFound(problems)
    wanted = {*needed, *(name for name in also if there.count(name) == 1)}
    columns = {str(name): _column(data[name]) for name in data.columns if str(name) in wanted}
    return pd.DataFrame(columns, copy=False)


def as_table(data: Any) -> Any:
    """Return a frame of pandas or polars as it is, a lazy one worked out, a mapping as a pandas frame."""
    if isinstance(data, Mapping):
        return pd.DataFrame(dict(data))
    if hasattr(data, "collect"):
        data = data.collect()
    if not hasattr(data, "columns"):
        raise ProblemsFound([error("mixed.no_table", kind=type(data).__name__)])
    return data


def _column(column: Any) -> Any:
    if not isinstance(column, pd.Series):
        levels: Any = getattr(getattr(column, "dtype", None), "categories", None)
        values = column.to_numpy()
        ordered = levels is not None and type(column.dtype).__name__ == "Enum"
        column = pd.Series(pd.Categorical(values, categories=levels) if ordered else values)
    return column if isinstance(column.index, pd.RangeIndex) else column.reset_index(drop=True)


def complete_rows(
    frame: pd.DataFrame, needed: Collection[str] | None = None, by: Sequence[str] = ()
) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Leave out rows with a missing value, and categories that no row has any more.

    Parameters
    ----------
    needed : columns that must have a value; all by default.
    by : columns by which losses are counted too, where they are there.

    Returns
    -------
    Whole rows, and notes of how many were left out, by column and by level of `by`.

    Raises
    ------
    ProblemsFound
        When no row is left.
    """
    missing = {
        name: frame[name].isna().to_numpy() for name in _in_order(frame, needed) if frame[name].hasnans
    }
    notes: list[Problem] = []
    if missing:
        lost = np.logical_or.reduce(list(missing.values()))
        by_column = ", ".join(f"{name} ({int(values.sum())})" for name, values in missing.items())
        notes.append(note("mixed.rows_left_out", rows=int(lost.sum()), columns=by_column))
        notes += [_note_by(frame[name], lost) for name in by if name in frame]
        frame = frame.loc[~lost]
    if not len(frame):
        raise ProblemsFound([error("mixed.no_rows")])
    plain = {str(name): _plain(column) for name, column in frame.items()}
    changed = {name: column for name, column in plain.items() if column is not frame[name]}
    frame = frame.assign(**changed) if changed else frame
    return (frame.reset_index(drop=True) if missing else frame), tuple(notes)


def _plain(column: pd.Series) -> pd.Series:
    """Take away what only missing values and lost rows have left: unused categories, loose types."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.remove_unused_categories()
    if isinstance(column.dtype, pd.BooleanDtype) and not column.hasnans:
        return column.astype(bool)
    return column.infer_objects() if column.dtype == object else column


def _in_order(frame: pd.DataFrame, needed: Collection[str] | None) -> list[str]:
    return [str(name) for name in frame.columns if needed is None or name in needed]


def _note_by(levels: pd.Series, lost: npt.NDArray[np.bool_]) -> Problem:
    named = levels.astype(object).where(levels.notna(), "?")
    counts = pd.DataFrame({"lost": lost}).groupby(named.to_numpy(), sort=False)["lost"].agg(["sum", "size"])
    counts = counts[counts["sum"] > 0]
    if len(counts) > MOST_NAMED:
        counts = counts.sort_values("sum", ascending=False, kind="stable").head(MOST_NAMED)
    words = ", ".join(f"{level} ({row['sum']}/{row['size']})" for level, row in counts.iterrows())
    return note(f"mixed.rows_left_out_by_{levels.name}", counts=words)
