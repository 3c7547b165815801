"""Fixed columns and outcomes brought to common scales, so that sums of squares keep their digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evalkit.mixed.arrays import Array
from evalkit.mixed.design import Design, DesignFault

# R's qr() drops a column whose part outside the earlier ones is below this share of its length.
COLLINEAR = 1e-7
# A squared share above this needs no second look: products of columns carry about 15 digits.
SURE = 1e-9


@dataclass(frozen=True)
class Scaled:
    """Hold fixed columns and outcomes as the sums use them.

    Parameters
    ----------
    fixed : (n, p), kept columns, centred if there is a constant, mean square one.
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

    fixed: Array
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
    fixed, scaling = standardised(design.fixed, weights)
    gram = _gram(fixed, fixed, weights)
    kept = independent_columns(gram, lambda kept, k: _outside(fixed, kept, k, weights))
    if len(kept) < fixed.shape[1]:
        dropped = tuple(k for k in range(fixed.shape[1]) if k not in kept)
        fixed, scaling = standardised(design.fixed[:, list(kept)], weights)
        gram = _gram(fixed, fixed, weights)
    else:
        dropped = ()
    centred, shift = _shifted(design.outcomes, fixed, scaling)
    offset = np.linalg.solve(gram, _gram(fixed, centred, weights)) if kept else np.zeros((0, 1))
    residuals = centred - fixed @ offset
    scale = np.sqrt((residuals**2).mean(axis=0))
    if not (scale > 1e-13 * (np.abs(design.outcomes).max(axis=0) + np.finfo(float).tiny)).all():
        raise DesignFault("no_variation")
    residuals /= scale
    offset = offset + shift
    root = None if weights is None else np.sqrt(weights)
    return Scaled(fixed, kept, dropped, scaling, residuals, scale, offset, root, mean_weight, gram)


def _balanced(weights: Array) -> tuple[Array | None, float]:
    if (weights == weights[0]).all():
        return None, float(weights[0])
    mean = float(np.exp(np.log(weights).mean()))
    return weights / mean, mean


def _gram(left: Array, right: Array, weights: Array | None) -> Array:
    product: Array = left.T @ (right if weights is None else right * weights[:, None])
    return product


def constant_column(columns: Array) -> int | None:
    """Return the first column that is constant and not zero."""
    found = np.flatnonzero((columns.min(axis=0) == columns.max(axis=0)) & (columns[0] != 0))
    return int(found[0]) if len(found) else None


def standardised(columns: Array, weights: Array | None) -> tuple[Array, Array]:
    """Return columns with a mean square of one, centred on a constant if there is one, and C."""
    size = columns.shape[1]
    scaling = np.eye(size)
    if not size:
        return columns, scaling
    base = constant_column(columns)
    means = np.zeros(size)
    if base is not None:
        means = np.average(columns, axis=0, weights=weights)
        means[base] = 0.0
        scaling[base] -= means / columns[0, base]
    scaled = columns - means
    root = np.sqrt(np.einsum("np,np->p", scaled, scaled) / len(scaled))
    # A constant after the first one is left as rounding noise by centring: it depends on the first.
    noise = root <= 1e-14 * np.abs(columns).max(axis=0)
    scaled[:, noise] = 0.0
    root[noise] = 1.0
    scaled /= root
    return scaled, scaling / root


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


def _shifted(outcomes: Array, fixed: Array, scaling: Array) -> tuple[Array, Array]:
    """Take the first row's level off the outcomes when a constant column can carry it."""
    shift = np.zeros((fixed.shape[1], outcomes.shape[1]))
    base = constant_column(fixed) if fixed.shape[1] else None
    if base is None:
        return outcomes, shift
    level = outcomes.mean(axis=0)
    shift[base] = level / fixed[0, base]
    return outcomes - level, shift
