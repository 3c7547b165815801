"""Derivatives of the quadrature's log-likelihood in thresholds, coefficients and standard deviation."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from evalkit.mixed.arrays import Array
from evalkit.mixed.quadrature.bounds import Bounds
from evalkit.mixed.quadrature.integrals import Integrals, integrate

# Central differences of an exact gradient: their error is of this step's square.
STEP = 1e-4


def gradient(at: Integrals) -> Array:
    """Return the exact gradient of the approximated log-likelihood, (q + 1,).

    The nodes move with the parameters, as modes and scales do; their part vanishes for the exact
    integral and matters with few nodes, so that an optimum of Laplace's approximation is one.
    """
    bounds, weights = at.bounds, at.bounds.total_weights
    shares, inside = at.posterior[bounds.group], _inside(at)
    slopes = bounds.sums(at.above + at.below - 1)
    by_upper = weights * (1 - (shares * at.above).sum(axis=1) + inside)
    by_lower = -weights * ((shares * at.below).sum(axis=1) + inside)
    by_sd = float(bounds.counts @ (at.posterior * at.effects * slopes).sum(axis=1))
    moved_upper, moved_lower, moved_sd = _by_moving_nodes(at, slopes)
    fixed = bounds.upper.T @ (by_upper + moved_upper) + bounds.lower.T @ (by_lower + moved_lower)
    return np.append(fixed, by_sd + moved_sd)


def _inside(at: Integrals) -> Array:
    """Return 1 / (exp(upper - lower) - 1), (n,): how the width between the bounds tells."""
    with np.errstate(over="ignore", divide="ignore"):
        return np.asarray(1 / np.expm1(at.upper - at.lower))


def _by_moving_nodes(at: Integrals, slopes: Array) -> tuple[Array, Array, float]:
    """Return the part that modes and scales have: by upper bound, by lower bound (n,), by sd."""
    bounds, sd, mode, scale = at.bounds, at.sd, at.modes.mode, at.modes.scale
    shift = sd * mode[bounds.group]
    above, below = expit(at.upper - shift), expit(at.lower - shift)
    dense_above, dense_below = above * (1 - above), below * (1 - below)
    turn_above, turn_below = dense_above * (1 - 2 * above), dense_below * (1 - 2 * below)
    first = bounds.sums(above + below - 1)
    second, third = -bounds.sums(dense_above + dense_below), bounds.sums(turn_above + turn_below)
    inner = at.posterior * (sd * slopes - at.effects)
    by_bend = (scale**3 * (inner @ at.nodes) + scale**2) / 2
    by_slope = scale**2 * (inner.sum(axis=1) + by_bend * sd**3 * third)
    slope_rows, bend_rows = by_slope[bounds.group] * sd, by_bend[bounds.group] * sd**2
    weights = bounds.total_weights
    by_sd = by_slope * (first + sd * mode * second) + by_bend * (2 * sd * second + sd**2 * mode * third)
    return (
        weights * (slope_rows * dense_above - bend_rows * turn_above),
        weights * (slope_rows * dense_below - bend_rows * turn_below),
        float(bounds.counts @ by_sd),
    )


def information(at: Integrals) -> Array:
    """Return minus the Hessian of the integral by Louis' identity, (q + 1, q + 1): exact with many nodes.

    References
    ----------
    Louis 1982, JRSS B 44:226.
    """
    bounds, weights, inside = at.bounds, at.bounds.total_weights, _inside(at)
    shares, effects = at.posterior[bounds.group], at.effects[bounds.group]
    above, below = shares * at.above * (1 - at.above), shares * at.below * (1 - at.below)
    width = weights * inside * (1 + inside)
    crossed = bounds.upper.T @ (width[:, None] * bounds.lower)
    fixed = _gram(bounds.upper, weights * above.sum(axis=1) + width)
    fixed += _gram(bounds.lower, weights * below.sum(axis=1) + width) - crossed - crossed.T
    mixed = -bounds.upper.T @ (weights * (effects * above).sum(axis=1))
    mixed -= bounds.lower.T @ (weights * (effects * below).sum(axis=1))
    own = weights @ (effects**2 * (above + below)).sum(axis=1)
    complete = np.block([[fixed, mixed[:, None]], [mixed[None], np.array([[own]])]])
    return np.asarray(complete - _spread_of_scores(at))


def _gram(columns: Array, weights: Array) -> Array:
    return np.asarray(columns.T @ (weights[:, None] * columns))


def _spread_of_scores(at: Integrals) -> Array:
    """Return the sum over groups of the covariance of the complete data's score given the answers."""
    bounds, slopes = at.bounds, at.bounds.sums(at.above + at.below - 1)
    size = bounds.upper.shape[1] + 1
    raw, mean = np.zeros((size, size)), np.zeros((len(bounds.starts), size))
    for node in range(len(at.nodes)):
        rows = bounds.upper * at.above[:, node, None] + bounds.lower * at.below[:, node, None]
        score = np.column_stack([-bounds.sums(rows), at.effects[:, node] * slopes[:, node]])
        share = at.posterior[:, node, None]
        raw += score.T @ (bounds.counts[:, None] * share * score)
        mean += share * score
    return np.asarray(raw - mean.T @ (bounds.counts[:, None] * mean))


def hessian(bounds: Bounds, parameters: Array, nodes: int) -> Array:
    """Return the Hessian of the approximated log-likelihood, by differences of its gradient."""
    size = len(parameters)
    columns = np.empty((size, size))
    for k, step in enumerate(STEP * np.eye(size)):
        higher = gradient(integrate(bounds, parameters + step, nodes))
        lower = gradient(integrate(bounds, parameters - step, nodes))
        columns[k] = (higher - lower) / (2 * STEP)
    return (columns + columns.T) / 2
