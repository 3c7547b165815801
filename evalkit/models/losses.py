"""Count rows that a missing value takes out of a model, by column and by level, and say so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.problems import Problem, note

# Waves and sites named in one note; beyond, those that lose most.
MOST_NAMED = 12

Counts = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Losses:
    """Hold counts of rows.

    Parameters
    ----------
    rows : left out. by_column : missing values by column.
    by_level : by column such as `wave`, rows left out and all rows of each level.
    """

    rows: int = 0
    by_column: Mapping[str, int] = field(default_factory=dict)
    by_level: Mapping[str, Counts] = field(default_factory=dict)

    def notes(self) -> tuple[Problem, ...]:
        """Return what the reader of a fit must know; nothing where no row was left out."""
        if not self.rows:
            return ()
        words = ", ".join(f"{name} ({count})" for name, count in self.by_column.items() if count)
        found = [note("mixed.rows_left_out", rows=self.rows, columns=words)]
        return (*found, *(_note_by(name, counts) for name, counts in self.by_level.items()))


def losses_of(
    frame: pd.DataFrame, missing: Mapping[str, npt.NDArray[np.bool_]], by: Sequence[str] = ()
) -> Losses:
    """Count.

    Parameters
    ----------
    missing : by column, which rows lack a value; columns that lack none may be left out.
    by : columns by whose levels to count, where they are there.
    """
    lost = np.zeros(len(frame), dtype=bool)
    for values in missing.values():
        lost |= values
    names = [str(name) for name in frame]
    by_column = {name: int(missing[name].sum()) if name in missing else 0 for name in names}
    by_level = {name: _counts(frame[name], lost) for name in by if name in frame}
    return Losses(int(lost.sum()), by_column, by_level)


def together(first: Losses, second: Losses) -> Losses:
    """Return the counts of two parts of one table.

    Examples
    --------
    >>> together(Losses(1, {"y": 1}), Losses(2, {"y": 2, "x": 1})).by_column
    {'y': 3, 'x': 1}
    """
    by_column = dict(first.by_column)
    for name, count in second.by_column.items():
        by_column[name] = by_column.get(name, 0) + count
    names = dict.fromkeys([*first.by_level, *second.by_level])
    by_level = {n: _added(first.by_level.get(n, {}), second.by_level.get(n, {})) for n in names}
    return Losses(first.rows + second.rows, by_column, by_level)


def _added(first: Counts, second: Counts) -> Counts:
    found = dict(first)
    for level, (lost, size) in second.items():
        before = found.get(level, (0, 0))
        found[level] = (before[0] + lost, before[1] + size)
    return found


def _counts(levels: pd.Series, lost: npt.NDArray[np.bool_]) -> Counts:
    named = levels.astype(object).where(levels.notna(), "?")
    counts = pd.DataFrame({"lost": lost}).groupby(named.to_numpy(), sort=False)["lost"].agg(["sum", "size"])
    return {level_name(level): (int(row["sum"]), int(row["size"])) for level, row in counts.iterrows()}


def level_name(level: object) -> str:
    """Return a level in words; a whole number the same whether it is stored as a float or not.

    Examples
    --------
    >>> level_name(2.0), level_name(2), level_name("02")
    ('2', '2', '02')
    """
    return str(int(level)) if isinstance(level, float) and level.is_integer() else str(level)


def _note_by(name: str, counts: Counts) -> Problem:
    losing = {level: count for level, count in counts.items() if count[0]}
    if len(losing) > MOST_NAMED:
        losing = dict(sorted(losing.items(), key=lambda item: -item[1][0])[:MOST_NAMED])
    words = ", ".join(f"{level} ({lost}/{size})" for level, (lost, size) in losing.items())
    return note(f"mixed.rows_left_out_by_{name}", counts=words)


def missing_values(frame: pd.DataFrame, needed: Collection[str]) -> dict[str, npt.NDArray[np.bool_]]:
    """Return which rows lack a value, by each column needed that lacks some."""
    return {
        str(name): column.isna().to_numpy()
        for name, column in frame.items()
        if name in needed and column.hasnans
    }
