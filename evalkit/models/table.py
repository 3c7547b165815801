"""Tables that users bring, as pandas frames of the columns needed, without rows that lack a value."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.models.losses import losses_of, missing_values
from evalkit.problems import Place, Problem, error


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
    missing = missing_values(frame, frame.columns if needed is None else needed)
    if missing:
        losses = losses_of(frame, missing, by)
        frame = frame.loc[~np.logical_or.reduce(list(missing.values()))]
    if not len(frame):
        raise ProblemsFound([error("mixed.no_rows")])
    frame = without_loose_types(frame)
    return (frame.reset_index(drop=True), losses.notes()) if missing else (frame, ())


def without_loose_types(frame: pd.DataFrame) -> pd.DataFrame:
    """Take away what only missing values and lost rows have left: unused categories, loose types."""
    plain = {str(name): (column, _plain(column)) for name, column in frame.items()}
    changed = {name: after for name, (before, after) in plain.items() if after is not before}
    return frame.assign(**changed) if changed else frame


def _plain(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.remove_unused_categories()
    if isinstance(column.dtype, pd.BooleanDtype) and not column.hasnans:
        return column.astype(bool)
    return column.infer_objects() if column.dtype == object else column
