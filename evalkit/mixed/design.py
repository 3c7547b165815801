"""What a mixed model is fitted to: outcome, fixed columns, random terms, weights; and its faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evalkit.mixed.arrays import Array, IntArray


class DesignFault(ValueError):
    """Raised when a model cannot be fitted to the data given.

    Parameters
    ----------
    code : what is wrong, one word with underscores.
    values : the facts, such as the term's name.
    """

    def __init__(self, code: str, **values: Any) -> None:
        self.code, self.values = code, values
        super().__init__(f"{code}: {values}" if values else code)


@dataclass(frozen=True)
class RandomTerm:
    """Hold one random-effects term, as `(1 + t | resident)`.

    Parameters
    ----------
    codes : (n,) integers, the group of each row, from 0; groups without rows may occur.
    columns : (n, q), one column an effect.
    correlated : whether the effects of a group have free covariances (`|`) or none (`||`).
    name : of the grouping; terms of one name and the same codes share groups.
    effects : q names.
    """

    codes: IntArray
    columns: Array
    correlated: bool = True
    name: str = "group"
    effects: tuple[str, ...] = ("(Intercept)",)


@dataclass(frozen=True)
class Design:
    """Hold the data of a model; rows are complete.

    Parameters
    ----------
    outcomes : (n, B), one column an outcome; a single fit has B = 1. All arrays are stored by column.
    fixed : (n, p).
    terms : random terms, at least one.
    weights : (n,) positive, inverse residual variances up to sigma^2.
    names : p names of the fixed columns.
    """

    outcomes: Array
    fixed: Array
    terms: tuple[RandomTerm, ...]
    weights: Array
    names: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return len(self.outcomes)


def make_design(
    y: Array,
    X: Array,
    terms: Sequence[RandomTerm],
    weights: Array | None = None,
    names: Sequence[str] | None = None,
) -> Design:
    """Check arrays and return them as a design.

    Parameters
    ----------
    y : (n,) or (n, B).
    X : (n, p), without missing values.
    terms : random terms.
    weights : (n,), ones by default.
    names : of the fixed columns.

    Raises
    ------
    DesignFault
        Shapes that disagree, values not finite, weights of zero or below, a grouping with a single
        level or with as many random effects as rows.
    """
    outcomes = np.asfortranarray(np.asarray(y, dtype=float).reshape(len(y), -1))
    fixed = np.asfortranarray(np.asarray(X, dtype=float))
    rows = len(outcomes)
    wide = np.ones(rows) if weights is None else np.asarray(weights, dtype=float)
    named = tuple(names) if names is not None else tuple(f"x{k + 1}" for k in range(fixed.shape[1]))
    if not terms:
        raise DesignFault("no_random_term")
    if fixed.shape[0] != rows or len(wide) != rows or any(len(t.codes) != rows for t in terms):
        raise DesignFault("shapes_disagree")
    _check_finite(outcomes, fixed, wide, terms)
    if (wide <= 0).any():
        raise DesignFault("weight_not_positive", count=int((wide <= 0).sum()))
    if rows <= fixed.shape[1]:
        raise DesignFault("too_few_rows", rows=rows, columns=fixed.shape[1])
    dense = tuple(_with_dense_codes(term, rows) for term in terms)
    return Design(outcomes, fixed, dense, wide, named)


def _check_finite(outcomes: Array, fixed: Array, weights: Array, terms: Sequence[RandomTerm]) -> None:
    parts = [("outcome", outcomes), ("fixed", fixed), ("weights", weights)]
    parts += [(term.name, term.columns) for term in terms]
    for name, values in parts:
        if not np.isfinite(values).all():
            raise DesignFault("not_finite", part=name)


def _with_dense_codes(term: RandomTerm, rows: int) -> RandomTerm:
    codes = np.asarray(term.codes, dtype=np.intp)
    counts = np.bincount(codes)
    if (counts == 0).any():
        codes = (np.cumsum(counts > 0) - 1)[codes].astype(np.intp)
    levels = int((counts > 0).sum())
    columns = np.asfortranarray(np.asarray(term.columns, dtype=float).reshape(rows, -1))
    if levels < 2:
        raise DesignFault("one_level", term=term.name)
    if levels >= rows or levels * columns.shape[1] >= rows:
        raise DesignFault("as_many_effects_as_rows", term=term.name, levels=levels, rows=rows)
    return RandomTerm(codes, columns, term.correlated, term.name, term.effects)
