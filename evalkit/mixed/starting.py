"""Start values: moments within leaves, then one step of Fisher scoring for all covariances."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from evalkit.mixed.arrays import Array, spread, transpose
from evalkit.mixed.covariances import Shape, covariances, elements, symmetric, theta_of
from evalkit.mixed.criterion import Criterion
from evalkit.mixed.summary import Summary

# Eigenvalues of a start's G are kept above this: from a singular G the way back has no slope.
LEAST = 0.05**2
# Scaled designs with a smallest eigenvalue below this share tell nothing of all effects at once.
RANK = 1e-8


def start_values(summary: Summary, shape: Shape, evaluate: Callable[[Array], Criterion]) -> Array:
    """Return theta to start from, (B, m).

    The leaf's covariance comes from the scatter of its least-squares effects over leaves, less their
    error. With the other covariances at zero, one step of Fisher scoring in G then gives every
    covariance its share (MINQUE at that point); what comes out negative starts as an exact zero.

    References
    ----------
    Rao 1971, Journal of Multivariate Analysis 1:445 (MINQUE).
    """
    inside = _leaf_covariance(summary)
    if len(shape.factors) == 1:
        return theta_of(shape, [_above(inside)])
    batch = summary.outcomes
    zeros = [np.zeros((batch, factor.size, factor.size)) for factor in shape.factors[1:]]
    theta = theta_of(shape, [_above(inside), *zeros])
    inner, *outer = scored_covariances(summary, shape, evaluate(theta))
    return theta_of(shape, [_above(inner), *(_above(matrix, 0.0) for matrix in outer)])


def _leaf_covariance(summary: Summary) -> Array:
    """Return G of the leaf (B, q, q) from patterns whose leaves identify all q effects."""
    leaves, batch = summary.leaves, summary.outcomes
    size = leaves.zz.shape[-1]
    values, vectors = np.linalg.eigh(leaves.zz)
    there = values > RANK * np.maximum(values[:, -1:], np.finfo(float).tiny)
    inverse = np.where(there, 1.0 / np.where(there, values, 1.0), 0.0)
    inverses = (vectors * inverse[:, None]) @ transpose(vectors)
    scatter = leaves.yy.reshape(batch, len(leaves.zz), -1)
    doubled = np.where(np.eye(size)[np.triu_indices(size)] == 1.0, 1.0, 0.5)
    scatter = spread(scatter * doubled, size)
    df = summary.rows - float(leaves.counts @ there.sum(axis=1))
    explained = (inverses * scatter).sum(axis=(1, 2, 3))
    full = there.all(axis=1)
    total = float(leaves.counts[full].sum())
    plain = np.tile(0.5 * np.eye(size), (batch, 1, 1))
    if df <= 0 or total <= size:
        return plain
    residual = np.maximum((summary.yy - explained) / df, np.finfo(float).tiny)
    effects = (inverses[full] @ scatter[:, full] @ inverses[full]).sum(axis=1) / total
    error = (inverses[full] * leaves.counts[full, None, None]).sum(axis=0) / total
    return np.asarray(effects / residual[:, None, None] - error)


def scored_covariances(summary: Summary, shape: Shape, at: Criterion) -> list[Array]:
    """Return every G after one step of Fisher scoring, not yet brought into the cone: (B, q, q)."""
    slope = at.moments.logdet_first + at.solved.logdet_first
    curve = -(at.moments.logdet_second + at.solved.logdet_second)
    df = summary.rows - summary.columns
    expected = curve - slope[:, :, None] * slope[:, None] / df
    ridge = 1e-12 * np.trace(expected, axis1=1, axis2=2)[:, None, None] * np.eye(expected.shape[-1])
    step = -np.linalg.solve(expected + ridge + np.finfo(float).tiny, at.slope[..., None])[..., 0]
    usual = elements(shape, [np.tile(0.1 * np.eye(f.size), (len(step), 1, 1)) for f in shape.factors])
    moved = elements(shape, covariances(shape, at.theta)) + step
    good = np.isfinite(moved).all(axis=1, keepdims=True)
    return symmetric(shape, np.where(good, moved, usual))


def _above(matrices: Array, least: float = LEAST) -> Array:
    """Return the matrices with eigenvalues raised to the least that a start may have."""
    values, vectors = np.linalg.eigh(matrices)
    return np.asarray((vectors * np.maximum(values, least)[:, None]) @ transpose(vectors))


def second_start(shape: Shape, theta: Array) -> Array:
    """Return theta with its zero pivots raised to one half: a start far from the boundary."""
    return np.where(shape.diagonal & (theta == 0.0), 0.5, theta)


def released(summary: Summary, shape: Shape, at: Criterion) -> Array:
    """Return theta (B, m) inside the cone, one scoring step from a boundary that is no optimum."""
    return theta_of(shape, [_above(matrix) for matrix in scored_covariances(summary, shape, at)])
