"""Columns of a design that are numbers of the table, or products of them: made without a library."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evalkit.mixed.arrays import Array
from evalkit.models.fit import INTERCEPT

if TYPE_CHECKING:
    from formulaic import Formula


@dataclass(frozen=True)
class NumberColumns:
    """Hold what a design's columns are products of: one tuple of names a column, none for the constant."""

    terms: tuple[tuple[str, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns, as formulaic gives them."""
        return tuple(":".join(term) or INTERCEPT for term in self.terms)

    def values(self, frame: pd.DataFrame) -> Array:
        """Make the columns from a table, (rows, columns), stored by column."""
        used = {name for term in self.terms for name in term}
        known = {name: frame[name].to_numpy(dtype=float) for name in used}
        values = np.empty((len(frame), len(self.terms)), order="F")
        for k, term in enumerate(self.terms):
            values[:, k] = prod((known[name] for name in term[1:]), start=known[term[0]]) if term else 1.0
        return values


def number_columns(formula: Formula, frame: pd.DataFrame) -> NumberColumns | None:
    """Return the columns of a formula if all are numbers or products of numbers; else None.

    Examples
    --------
    >>> from formulaic import Formula
    >>> data = pd.DataFrame({"t": [1, 2], "arm": ["a", "b"]})
    >>> number_columns(Formula("t"), data), number_columns(Formula("t * arm"), data)
    (NumberColumns(terms=((), ('t',))), None)
    """
    terms: list[tuple[str, ...]] = []
    for term in formula:
        names = [str(factor.expr) for factor in term.factors]
        if names == ["1"]:
            terms.append(())
            continue
        looked_up = all(factor.eval_method.value == "lookup" for factor in term.factors)
        if not looked_up or not all(_is_number(frame, name) for name in names):
            return None
        terms.append(tuple(names))
    return NumberColumns(tuple(terms))


def _is_number(frame: pd.DataFrame, name: str) -> bool:
    dtype = frame.dtypes.get(name)
    return isinstance(dtype, np.dtype) and dtype.kind in "iuf"
