"""Fixed columns and outcomes brought to common scales, so that sums of squares keep their digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from evalkit.mixed.arrays import CHUNK, Array, IntArray
from evalkit.mixed.design import Design, DesignFault

# R's qr() drops a column whose part outside the earlier ones is below this share of its length.
COLLINEAR = 1e-7
# A squared share above this needs no second look: products of columns carry about 15 digits.
SURE = 1e-9


@dataclass(frozen=True)
class ScaledColumns:
    """Hold columns that are scaled when they are used, part by part: no second table in memory.

    Parameters
    ----------
    columns : (n, p), as given. means, roots : (p,); an infinite root makes a column zero.
    scaling : (p, p), C in `scaled = columns C`. base : the constant column, if any.
    """

    columns: Array
    means: Array
    roots: Array
    scaling: Array
    base: int | None

    @property
    def number(self) -> int:
        """Return p."""
        return int(self.columns.shape[1])

    def rows(self, part: slice | IntArray = slice(None)) -> Array:
        """Return the scaled columns of some rows."""
        scaled: Array = (self.columns[part] - self.means) / self.roots
        return scaled


@dataclass(frozen=True)
class Scaled:
    """Hold fixed columns and outcomes as the sums use them.

    Parameters
    ----------
    fixed : (n, p), kept columns, to be centred if there is a constant, mean square one.
    kept : p positions in the original columns.
    dropped : positions of the columns that depend on earlier ones.
    scaling : (p, p), C in `scaled = original C`.
    outcomes : (n, B), least-squares residuals over `scale`.
    scale : (B,), root mean square of the residuals.
    offset : (p, B), least-squares coefficients for the scaled columns, in units of the outcome.
    root_weights : (n,) or None when all are one; weights are divided by their geometric mean.
    mean_weight : the geometric mean.
    xx : (p, p), weighted products of the scaled fixed columns.
    """

    fixed: ScaledColumns
    kept: tuple[int, ...]
    dropped: tuple[int, ...]
    scaling: Array
    outcomes: Array
    scale: Array
    offset: Array
    root_weights: Array | None
    mean_weight: float
    xx: Array


def scale_design(design: Design) -> Scaled:
    """Scale fixed columns and outcomes, and drop fixed columns that depend on earlier ones."""
    weights, mean_weight = _balanced(design.weights)
    fixed = standardised(design.fixed, weights)
    gram = _gram(fixed, weights)
    kept = independent_columns(gram, lambda kept, k: _outside(fixed.rows(), kept, k, weights))
    dropped = tuple(k for k in range(len(gram)) if k not in kept)
    if dropped:
        fixed = standardised(design.fixed[:, list(kept)], weights)
        gram = _gram(fixed, weights)
    residuals, shift = _shifted(design.outcomes, fixed)
    offset = np.zeros((len(kept), residuals.shape[1]))
    for part in parts_of(len(residuals)):
        y = residuals[part] if weights is None else residuals[part] * weights[part, None]
        offset += fixed.rows(part).T @ y
    offset = np.asarray(np.linalg.solve(gram, offset)) if kept else offset
    for part in parts_of(len(residuals)):
        residuals[part] -= fixed.rows(part) @ offset
    scale = np.sqrt(np.einsum("nb,nb->b", residuals, residuals) / len(residuals))
    largest = np.maximum(design.outcomes.max(axis=0), -design.outcomes.min(axis=0))
    if not (scale > 1e-13 * (largest + np.finfo(float).tiny)).all():
        raise DesignFault("no_variation")
    residuals /= scale
    root = None if weights is None else np.sqrt(weights)
    scaling = fixed.scaling
    return Scaled(fixed, kept, dropped, scaling, residuals, scale, offset + shift, root, mean_weight, gram)


def parts_of(rows: int) -> Iterator[slice]:
    """Return the rows in parts that are worked at once."""
    for start in range(0, rows, CHUNK):
        yield slice(start, min(start + CHUNK, rows))


def _balanced(weights: Array) -> tuple[Array | None, float]:
    if (weights == weights[0]).all():
        return None, float(weights[0])
    mean = float(np.exp(np.log(weights).mean()))
    return weights / mean, mean


def _gram(fixed: ScaledColumns, weights: Array | None) -> Array:
    gram = np.zeros((fixed.number, fixed.number))
    for part in parts_of(len(fixed.columns)):
        rows = fixed.rows(part)
        gram += rows.T @ (rows if weights is None else rows * weights[part, None])
    return gram


def constant_column(columns: Array) -> int | None:
    """Return the first column that is constant and not zero."""
    found = np.flatnonzero((columns.min(axis=0) == columns.max(axis=0)) & (columns[0] != 0))
    return int(found[0]) if len(found) else None


def standardised(columns: Array, weights: Array | None) -> ScaledColumns:
    """Return columns with a mean square of one, centred on a constant if there is one."""
    size = columns.shape[1]
    scaling, means, roots = np.eye(size), np.zeros(size), np.ones(size)
    base = constant_column(columns) if size else None
    if base is not None:
        means = np.average(columns, axis=0, weights=weights)
        means[base] = 0.0
        scaling[base] -= means / columns[0, base]
    for k in range(size):
        apart = columns[:, k] - means[k]
        roots[k] = np.sqrt(apart @ apart / len(columns))
        # A constant after the first one is left as rounding noise by centring: it depends on the first.
        if roots[k] <= 1e-14 * max(columns[:, k].max(), -columns[:, k].min()):
            roots[k] = np.inf
    finite = np.where(np.isinf(roots), 1.0, roots)
    return ScaledColumns(columns, means, roots, scaling / finite, base)


def independent_columns(gram: Array, outside: Callable[[list[int], int], float]) -> tuple[int, ...]:
    """Return the columns to keep, in order: each adds a direction to those before it.

    Parameters
    ----------
    gram : (p, p), products of the columns.
    outside : where products have too few digits to tell, the share of a column's length that stands
        outside the kept ones.
    """
    kept: list[int] = []
    for k in range(len(gram)):
        length = gram[k, k]
        if length == 0.0:
            continue
        share = 1.0
        if kept:
            square = gram[np.ix_(kept, kept)]
            apart = length - gram[k, kept] @ np.linalg.solve(square, gram[kept, k])
            share = float(apart / length)
        if share > SURE or not kept or outside(kept, k) > COLLINEAR:
            kept.append(k)
    return tuple(kept)


def _outside(fixed: Array, kept: list[int], column: int, weights: Array | None) -> float:
    root = np.ones(len(fixed)) if weights is None else np.sqrt(weights)
    others, own = fixed[:, kept] * root[:, None], fixed[:, column] * root
    basis = np.linalg.qr(others)[0]
    rest = own - basis @ (basis.T @ own)
    rest -= basis @ (basis.T @ rest)
    return float(np.linalg.norm(rest) / np.linalg.norm(own))


def _shifted(outcomes: Array, fixed: ScaledColumns) -> tuple[Array, Array]:
    """Take the outcomes' level off when a constant column can carry it: a copy in any case."""
    shift = np.zeros((fixed.number, outcomes.shape[1]))
    if fixed.base is None:
        return outcomes.copy(order="F"), shift
    level = outcomes.mean(axis=0)
    shift[fixed.base] = level / fixed.rows(slice(0, 1))[0, fixed.base]
    return outcomes - level, shift
