"""The optimum of the criterion: start values, exact zeros at the boundary, and the proof that it is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.covariances import Shape, covariances, gradient_matrices, templates, theta_of
from evalkit.mixed.criterion import Criterion
from evalkit.mixed.latest import Latest
from evalkit.mixed.newton import OptimiserRecord, minimise
from evalkit.mixed.starting import released, second_start, start_values
from evalkit.mixed.summary import Summary

# A pivot of T (relative standard deviation on scaled columns) below this is tried as an exact zero.
NEARLY_ZERO = 1e-3
# By how much an exact zero may raise the criterion: less than any digit reported.
ZERO_COSTS = 1e-9
# Slope of the criterion into the cone of covariances that still counts as none.
LEVEL = 1e-5
MOST_RELEASES = 4
# A second valley of the criterion is a small sample's: above this, one start is enough.
SMALL = 5000
RECORDED = ("iterations", "decrement", "gradient_norm", "converged", "stopped")


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


def find_optimum(
    summary: Summary, shape: Shape, reml: bool, start: Array | None = None, *, twice: bool = True
) -> Optimum:
    """Minimise the criterion in theta for every outcome.

    Signs of theta are free, so that Newton's method runs unbounded and passes to a boundary optimum at
    its usual speed. There, pivots are set to exact zeros, and the criterion's slope in G is checked in
    every direction that leads into the cone: a step is taken where it goes down.

    Parameters
    ----------
    start : (B, m); by default from moments.
    twice : start a second time where the first descent ended singular, since a small sample's criterion
        can have a second valley.
    """
    evaluate = Latest(summary, shape, reml)
    every = np.arange(summary.outcomes)
    given = start is not None
    first = start_values(summary, shape, lambda values: evaluate(values, every)) if start is None else start
    found = _from_start(evaluate, summary, shape, first, every)
    singular = _singular(shape, found.theta)
    if twice and singular.any() and not given and summary.rows < SMALL:
        which = np.flatnonzero(singular)
        second = second_start(shape, found.theta[which])
        other = _from_start(evaluate, summary.of_outcomes(which), shape, second, which)
        found = _lower(found, other, which)
    at = evaluate(found.theta, every)
    lowest = np.linalg.eigvalsh(at.hessian)
    upright = lowest[:, 0] > -1e-5 * np.maximum(1.0, np.abs(lowest[:, -1]))
    wrong = _leads_inside(shape, at)
    return Optimum(at, found.record, _singular(shape, found.theta), found.record.converged & upright & ~wrong)


Evaluate = Callable[[Array, IntArray], Criterion]


@dataclass(frozen=True)
class _Found:
    theta: Array
    value: Array
    record: OptimiserRecord


def _from_start(evaluate: Evaluate, summary: Summary, shape: Shape, start: Array, which: IntArray) -> _Found:
    """Descend from a start for the outcomes `which`, until no way into the cone leads down."""

    def own(theta: Array, rows: IntArray) -> Criterion:
        return evaluate(theta, which[rows])

    found = _Found(*minimise(own, start))
    every = np.arange(len(which))
    for _ in range(MOST_RELEASES):
        found = _with_exact_zeros(own, shape, found)
        if not _singular(shape, found.theta).any():
            break
        at = own(found.theta, every)
        wrong = _leads_inside(shape, at)
        if not wrong.any():
            break
        rows = np.flatnonzero(wrong)
        inside = released(summary, shape, at)[rows]
        again = _Found(*minimise(lambda theta, part, rows=rows: own(theta, rows[part]), inside))  # type: ignore[misc]
        found = _replaced(found, again, rows)
    return found


def _with_exact_zeros(evaluate: Evaluate, shape: Shape, found: _Found) -> _Found:
    """Try exact zeros for pivots near zero; keep them where they cost nothing."""
    theta = _upright(shape, found.theta)
    tiny = shape.diagonal & (np.abs(theta) < NEARLY_ZERO) & (theta != 0.0)
    which = np.flatnonzero(tiny.any(axis=1))
    found = replace(found, theta=theta)
    if not len(which):
        return found
    zeroed = theta_of(shape, covariances(shape, np.where(tiny, 0.0, theta)))[which]
    free = ~(shape.diagonal & (zeroed == 0.0)) & ~_under_zero_pivots(shape, zeroed)
    tried = _Found(*minimise(lambda values, rows: evaluate(values, which[rows]), zeroed, free))
    limit = found.value[which] + ZERO_COSTS * np.maximum(1.0, np.abs(found.value[which]) * 1e-3)
    kept = tried.value <= limit
    chosen = _rows_of_found(tried, np.flatnonzero(kept))
    return _replaced(found, replace(chosen, theta=_upright(shape, chosen.theta)), which[kept])


def _lower(found: _Found, other: _Found, which: IntArray) -> _Found:
    """Take another descent where it ended lower by more than rounding."""
    better = np.flatnonzero(other.value < found.value[which] - 1e-7)
    return _replaced(found, _rows_of_found(other, better), which[better])


def _rows_of_found(found: _Found, rows: IntArray) -> _Found:
    record = found.record
    parts = {name: getattr(record, name)[rows] for name in RECORDED}
    return _Found(
        found.theta[rows], found.value[rows], OptimiserRecord(evaluations=record.evaluations, **parts)
    )


def _replaced(found: _Found, other: _Found, which: IntArray) -> _Found:
    """Return `found` with the outcomes `which` from `other`; iterations and evaluations add up."""
    theta, value, parts = found.theta.copy(), found.value.copy(), {}
    theta[which], value[which] = other.theta, other.value
    for name in RECORDED:
        values = getattr(found.record, name).copy()
        new = getattr(other.record, name)
        values[which] = values[which] + new if name == "iterations" else new
        parts[name] = values
    total = found.record.evaluations + other.record.evaluations
    return _Found(theta, value, OptimiserRecord(evaluations=total, **parts))


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


def _leads_inside(shape: Shape, at: Criterion) -> npt.NDArray[np.bool_]:
    """Return for which outcomes the criterion falls from a singular G into the cone: (B,)."""
    slopes = gradient_matrices(shape, at.slope)
    wrong = np.zeros(len(at.theta), dtype=bool)
    for slope, T in zip(slopes, templates(shape, at.theta), strict=True):
        values = np.linalg.eigvalsh(slope)
        singular = (np.abs(np.diagonal(T, axis1=1, axis2=2)) < 1e-6).any(axis=1)
        wrong |= singular & (values[:, 0] < -LEVEL * np.maximum(1.0, np.abs(values[:, -1])))
    return wrong
