"""What a model of categories is fitted to, and its faults."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.design import DesignFault

# R's qr() drops a column whose part outside the earlier ones is below this share of its length.
DEPENDENT = 1e-7


@dataclass(frozen=True)
class Answers:
    """Hold answers in categories.

    Parameters
    ----------
    categories : (n,), from 0. number : of categories.
    fixed : (n, p). weights : (n,), how many answers a row stands for. groups : (n,), from 0.
    names : p names of the fixed columns.
    ordinal : whether thresholds stand for the intercept; else there are two categories and no threshold.
    kept : which of the columns given are in `fixed`; the others depend on earlier ones.
    """

    categories: IntArray
    number: int
    fixed: Array
    weights: Array
    groups: IntArray
    names: tuple[str, ...]
    ordinal: bool
    kept: tuple[int, ...]

    @property
    def thresholds(self) -> int:
        """Return the number of thresholds."""
        return self.number - 1 if self.ordinal else 0


def make_answers(
    categories: IntArray,
    X: Array,
    groups: IntArray,
    weights: Array | None,
    names: tuple[str, ...] | None,
    *,
    ordinal: bool,
) -> Answers:
    """Check arrays, and leave out columns that depend on earlier ones.

    Raises
    ------
    DesignFault
        Shapes that disagree, values not finite, weights below zero, one category, a category without
        answers, one group, or no group with two answers.
    """
    y, fixed = np.asarray(categories, dtype=np.intp), np.asarray(X, dtype=float)
    wide = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=float)
    codes = np.asarray(groups, dtype=np.intp)
    if fixed.ndim != 2 or not len(y) == len(fixed) == len(wide) == len(codes):
        raise DesignFault("shapes_disagree")
    for part, values in (("fixed", fixed), ("weights", wide)):
        if not np.isfinite(values).all():
            raise DesignFault("not_finite", part=part)
    if (wide < 0).any():
        raise DesignFault("weight_negative", count=int((wide < 0).sum()))
    told = wide > 0
    y, fixed, wide = y[told], fixed[told], wide[told]
    codes = np.unique(codes[told], return_inverse=True)[1].astype(np.intp)
    _check_counts(y, codes, wide)
    named = names or tuple(f"x{k + 1}" for k in range(fixed.shape[1]))
    kept = _independent(fixed, ordinal)
    chosen = tuple(named[k] for k in kept)
    return Answers(y, int(y.max()) + 1, fixed[:, list(kept)], wide, codes, chosen, ordinal, kept)


def _check_counts(y: IntArray, codes: IntArray, weights: Array) -> None:
    if len(np.unique(y)) < 2:
        raise DesignFault("one_category")
    empty = np.flatnonzero(np.bincount(y) == 0)
    if len(empty):
        raise DesignFault("empty_category", category=int(empty[0]) + 1)
    if codes.max() == 0:
        raise DesignFault("one_group")
    if np.bincount(codes, weights).max() <= 1.0:
        raise DesignFault("one_answer_each")


def _independent(fixed: Array, ordinal: bool) -> tuple[int, ...]:
    """Return the columns that do not depend on earlier ones; thresholds count as a constant before all."""
    first = [np.ones(len(fixed))] if ordinal else []
    kept: list[int] = []
    for k in range(fixed.shape[1]):
        basis = np.linalg.qr(np.column_stack([*first, *fixed[:, kept].T]))[0] if first or kept else None
        column = fixed[:, k]
        outside = column if basis is None else column - basis @ (basis.T @ column)
        if np.linalg.norm(outside) > DEPENDENT * np.linalg.norm(column):
            kept.append(k)
    return tuple(kept)
