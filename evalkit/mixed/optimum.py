"""The optimum of the criterion: start values, exact zeros at the boundary, and the proof that it is one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.covariances import Shape, covariances, gradient_matrices, templates, theta_of
from evalkit.mixed.criterion import Criterion, criterion
from evalkit.mixed.newton import OptimiserRecord, minimise
from evalkit.mixed.summary import Summary

# A pivot of T (relative standard deviation on scaled columns) below this is tried as an exact zero.
NEARLY_ZERO = 1e-3
# By how much an exact zero may raise the criterion: less than any digit reported.
ZERO_COSTS = 1e-9
# Slope of the criterion into the cone of covariances that still counts as none.
LEVEL = 1e-5
MOST_RELEASES = 4


@dataclass(frozen=True)
class Optimum:
    """Hold the optimum, by outcome.

    Parameters
    ----------
    at : criterion with derivatives at the optimum.
    record : of the optimiser.
    singular : (B,), whether some G is singular.
    converged : (B,): gradient at rest, Hessian not negative, and no way down from the boundary.
    """

    at: Criterion
    record: OptimiserRecord
    singular: npt.NDArray[np.bool_]
    converged: npt.NDArray[np.bool_]


def find_optimum(summary: Summary, shape: Shape, reml: bool, start: Array | None = None) -> Optimum:
    """Minimise the criterion in theta for every outcome.

    Signs of theta are free, so that Newton's method runs unbounded and passes to a boundary optimum at
    its usual speed. There, pivots are set to exact zeros, and the criterion's slope in G is checked in
    every direction that leads into the cone: a step is taken where it goes down.

    Parameters
    ----------
    start : (B, m); by default one on all diagonals, where scaled columns put most optima.
    """

    def evaluate(theta: Array, which: IntArray) -> Criterion:
        part = summary if len(which) == summary.outcomes else summary.of_outcomes(which)
        return criterion(part, shape, theta, reml)

    if start is None:
        start = np.tile(start_values(shape), (summary.outcomes, 1))
    theta, record = minimise(evaluate, start)
    every = np.arange(summary.outcomes)
    for _ in range(MOST_RELEASES):
        theta, record = _with_exact_zeros(evaluate, shape, theta, record)
        at = evaluate(theta, every)
        wrong, better = _releases(shape, at)
        if not wrong.any():
            break
        theta, record = minimise(evaluate, np.where(wrong[:, None], better, theta))
    singular = _singular(shape, theta)
    lowest = np.linalg.eigvalsh(at.hessian)
    upright = lowest[:, 0] > -1e-5 * np.maximum(1.0, np.abs(lowest[:, -1]))
    return Optimum(at, record, singular, record.converged & upright & ~wrong)


def start_values(shape: Shape) -> Array:
    """Return the plain start: diagonals of one for the leaf, of a half for factors outside it."""
    values = [0.7 if f == 0 else 0.3 for f, factor in enumerate(shape.factors) for _ in factor.entries]
    return np.where(shape.diagonal, np.array(values), 0.0)


def _with_exact_zeros(
    evaluate: object, shape: Shape, theta: Array, record: OptimiserRecord
) -> tuple[Array, OptimiserRecord]:
    theta = _upright(shape, theta)
    tiny = shape.diagonal & (np.abs(theta) < NEARLY_ZERO)
    which = np.flatnonzero(tiny.any(axis=1))
    if not len(which):
        return theta, record
    assert callable(evaluate)
    zeroed = theta_of(shape, covariances(shape, np.where(tiny, 0.0, theta)))[which]
    free = ~(shape.diagonal & (zeroed == 0.0))
    free &= ~_under_zero_pivots(shape, zeroed)
    found, own = minimise(lambda values, rows: evaluate(values, which[rows]), zeroed, free)
    before, after = evaluate(theta[which], which).value, evaluate(found, which).value
    kept = after <= before + ZERO_COSTS * np.maximum(1.0, np.abs(before) * 1e-3)
    chosen = which[kept]
    theta = theta.copy()
    theta[chosen] = found[kept]
    parts = {}
    for name in ("iterations", "decrement", "gradient_norm", "converged", "stopped"):
        values = getattr(record, name).copy()
        new = getattr(own, name)[kept]
        values[chosen] = values[chosen] + new if name == "iterations" else new
        parts[name] = values
    return _upright(shape, theta), OptimiserRecord(evaluations=record.evaluations + own.evaluations, **parts)


def _under_zero_pivots(shape: Shape, theta: Array) -> npt.NDArray[np.bool_]:
    """Return which elements stand in a column of T whose diagonal is zero: they would have no pivot."""
    marks, at = np.zeros(theta.shape, dtype=bool), 0
    for factor in shape.factors:
        place = {entry: at + k for k, entry in enumerate(factor.entries)}
        for (_, j), k in place.items():
            marks[:, k] = theta[:, place[j, j]] == 0.0
        at += len(place)
    return marks


def _upright(shape: Shape, theta: Array) -> Array:
    """Turn the signs of whole columns of T so that its diagonal is not negative."""
    turned, at = theta.copy(), 0
    for factor in shape.factors:
        place = {entry: at + k for k, entry in enumerate(factor.entries)}
        signs = {j: np.where(theta[:, place[j, j]] < 0, -1.0, 1.0) for j in range(factor.size)}
        for (_, j), k in place.items():
            turned[:, k] *= signs[j]
        at += len(place)
    return turned


def _singular(shape: Shape, theta: Array) -> npt.NDArray[np.bool_]:
    diagonals = np.abs(theta[:, shape.diagonal])
    return np.asarray((diagonals < 1e-6).any(axis=1))


def _releases(shape: Shape, at: Criterion) -> tuple[npt.NDArray[np.bool_], Array]:
    """Return which outcomes can still go down from a singular G, and where to."""
    slopes, found = gradient_matrices(shape, at.slope), []
    wrong = np.zeros(len(at.theta), dtype=bool)
    for slope, T in zip(slopes, templates(shape, at.theta), strict=True):
        lowest, vectors = np.linalg.eigh(slope)
        singular = (np.abs(np.diagonal(T, axis1=1, axis2=2)) < 1e-6).any(axis=1)
        down = singular & (lowest[:, 0] < -LEVEL * np.maximum(1.0, np.abs(lowest[:, -1])))
        way = vectors[:, :, :1] * np.where(down, 0.1, 0.0)[:, None, None]
        found.append(T @ np.swapaxes(T, 1, 2) + way @ np.swapaxes(way, 1, 2))
        wrong |= down
    return wrong, theta_of(shape, found)
