"""Fit a cumulative link or a logistic mixed model with one random intercept a group."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.design import DesignFault
from evalkit.mixed.newton import OptimiserRecord, minimise
from evalkit.mixed.quadrature.answers import Answers, make_answers
from evalkit.mixed.quadrature.bounds import Bounds, make_bounds
from evalkit.mixed.quadrature.derivatives import gradient, hessian, information
from evalkit.mixed.quadrature.integrals import integrate
from evalkit.mixed.quadrature.separation import MOVED, separating_direction

NODES = 15
# With fewer nodes Louis' identity is not the Hessian of what is maximised, which is then differenced.
ENOUGH = 9
START_SD = 1.0
# Below this gain over a standard deviation of zero, zero it is: differences of this size are rounding.
GAIN = 1e-7
# A standard deviation of this many logits is an intraclass correlation of .99: nobody ever changes.
LARGEST_SD = 18.0
# What the log-likelihood might still rise by, at rest.
AT_REST = 1e-6


@dataclass(frozen=True)
class QuadratureFit:
    """Hold a fitted model of categories, logit link.

    Parameters
    ----------
    answers : what it was fitted to.
    thresholds : (K - 1,) for ordered categories, none for two categories with an intercept.
    coefficients : (p,), positive for higher categories. sd : of the random intercept, in logits.
    covariance : (m, m) of thresholds, coefficients and sd; rows of sd are zero where `boundary`.
    log_likelihood : of the answers, without constants that depend on no parameter.
    nodes : of the quadrature; one is Laplace's approximation.
    effects : (groups,), conditional modes of the random intercepts.
    boundary : whether the standard deviation is estimated as zero.
    converged : whether gradient and Hessian prove a maximum.
    rows, distinct_rows, distinct_groups : the answers, and what of them differs.
    """

    answers: Answers
    thresholds: Array
    coefficients: Array
    sd: float
    covariance: Array
    log_likelihood: float
    nodes: int
    effects: Array
    boundary: bool
    converged: bool
    record: OptimiserRecord
    distinct_rows: int
    distinct_groups: int

    @property
    def parameters(self) -> Array:
        """Return thresholds, coefficients and standard deviation, (m,)."""
        return np.concatenate([self.thresholds, self.coefficients, [self.sd]])

    @property
    def std_errors(self) -> Array:
        """Return standard errors of the parameters, (m,); not a number for a sd of zero."""
        errors = np.sqrt(np.diag(self.covariance))
        if self.boundary:
            errors[-1] = np.nan
        return np.asarray(errors)


@dataclass(frozen=True)
class _Evaluated:
    """Hold minus the log-likelihood and its derivatives as the optimiser takes them."""

    value: Array
    gradient: Array
    hessian: Array


def fit_ordinal(
    categories: IntArray,
    X: Array,
    groups: IntArray,
    *,
    weights: Array | None = None,
    names: tuple[str, ...] | None = None,
    nodes: int = NODES,
) -> QuadratureFit:
    """Fit a cumulative link mixed model: logit P(Y <= k) = threshold_k - x'beta - sd u.

    Parameters
    ----------
    categories : (n,), from 0, each with answers.
    X : (n, p) without a constant. groups : (n,). names : of the columns.
    weights : (n,), how many answers a row stands for.
    nodes : of the adaptive Gauss-Hermite quadrature.

    Raises
    ------
    DesignFault
        See `make_answers`; `separation`; `sd_unbounded`.

    References
    ----------
    Hedeker & Gibbons 1994, Biometrics 50:933; Christensen 2019 (R package ordinal).

    Examples
    --------
    >>> rng = np.random.default_rng(4)
    >>> group, x = np.repeat(np.arange(50), 4), rng.normal(size=200)
    >>> latent = x + rng.normal(size=50)[group] + rng.logistic(size=200)
    >>> fit = fit_ordinal(np.digitize(latent, [-1, 1]), x[:, None], group)
    >>> fit.thresholds.shape, bool(abs(fit.coefficients[0] - 1) < 3 * fit.std_errors[2])
    ((2,), True)
    """
    return _fit(make_answers(categories, X, groups, weights, names, ordinal=True), nodes)


def fit_logistic(
    y: IntArray,
    X: Array,
    groups: IntArray,
    *,
    weights: Array | None = None,
    names: tuple[str, ...] | None = None,
    nodes: int = NODES,
) -> QuadratureFit:
    """Fit a logistic mixed model: logit P(Y = 1) = x'beta + sd u; arguments as of `fit_ordinal`.

    `y` holds 0 and 1, and X a column for the intercept if there is to be one.

    Raises
    ------
    DesignFault
        See `fit_ordinal`.
    """
    return _fit(make_answers(y, X, groups, weights, names, ordinal=False), nodes)


@dataclass(frozen=True)
class _Optimum:
    """Hold where the log-likelihood is largest, on the orthogonal scale; sd is last."""

    parameters: Array
    value: float
    record: OptimiserRecord
    boundary: bool


def _fit(answers: Answers, nodes: int) -> QuadratureFit:
    if nodes < 1:
        raise DesignFault("no_nodes", nodes=nodes)
    plain = make_bounds(answers)
    scaling = _scaling(plain)
    bounds = replace(plain, upper=plain.upper @ scaling, lower=plain.lower @ scaling)
    best = _optimum(answers, bounds, scaling, nodes)
    at, size, cut = best.parameters, len(scaling), answers.thresholds
    covariance, proven = _covariance(bounds, at, nodes, size if best.boundary else size + 1)
    turn = np.eye(size + 1)
    turn[:size, :size] = scaling
    there = turn @ at
    return QuadratureFit(
        answers,
        there[:cut],
        there[cut:-1],
        float(there[-1]),
        turn @ covariance @ turn.T,
        best.value,
        nodes,
        at[-1] * integrate(bounds, at, 1).modes.mode[bounds.alike],
        best.boundary,
        proven,
        best.record,
        len(bounds.weights),
        len(bounds.starts),
    )


def _optimum(answers: Answers, bounds: Bounds, scaling: Array, nodes: int) -> _Optimum:
    """Maximise without random effects, then with them: the first tells separation and a sd of zero."""
    without, lowest, record = _maximise(bounds, np.append(_start(answers, scaling), 0.0), 1, fixed_sd=True)
    direction = separating_direction(bounds, without[:-1])
    if direction is not None:
        raise DesignFault("separation", columns=", ".join(_named(answers, scaling @ direction)))
    at, value, with_sd = _maximise(bounds, np.append(without[:-1], START_SD), nodes)
    if value < lowest + GAIN:
        return _Optimum(without, lowest, record, True)
    # The likelihood is the same for a sd of either sign.
    at = np.append(at[:-1], abs(at[-1]))
    if at[-1] > LARGEST_SD:
        raise DesignFault("sd_unbounded", sd=round(float(at[-1])))
    return _Optimum(at, value, with_sd, False)


def _scaling(bounds: Bounds) -> Array:
    """Return the matrix (q, q) that makes the columns of all bounds orthogonal and of mean square one.

    Years as they are, or incomes, then trouble neither the trust region nor the differences.
    """
    rows = np.vstack([bounds.upper[bounds.above], bounds.lower[bounds.below]])
    root = np.linalg.qr(rows, mode="r")
    return np.asarray(np.linalg.inv(root) * np.sqrt(len(rows)))


def _start(answers: Answers, scaling: Array) -> Array:
    """Return thresholds at the shares of the categories, and no effects, on the orthogonal scale."""
    plain = np.zeros(len(scaling))
    if answers.thresholds:
        shares = np.cumsum(np.bincount(answers.categories, answers.weights))[:-1] / answers.weights.sum()
        plain[: answers.thresholds] = np.log(shares / (1 - shares))
    return np.asarray(np.linalg.solve(scaling, plain))


def _maximise(
    bounds: Bounds, start: Array, nodes: int, *, fixed_sd: bool = False
) -> tuple[Array, float, OptimiserRecord]:
    def evaluate(parameters: Array, _: IntArray) -> _Evaluated:
        at = integrate(bounds, parameters[0], nodes)
        if not np.isfinite(at.log_likelihood):
            none = np.full((1, len(start)), np.nan)
            return _Evaluated(np.array([np.inf]), none, np.full((1, len(start), len(start)), np.nan))
        bend = information(at) if nodes >= ENOUGH or fixed_sd else -hessian(bounds, parameters[0], nodes)
        return _Evaluated(np.array([-at.log_likelihood]), -gradient(at)[None], bend[None])

    free = np.ones((1, len(start)), dtype=bool)
    free[0, -1] = not fixed_sd
    found, value, record = minimise(evaluate, start[None], free)
    return found[0], -float(value[0]), record


def _covariance(bounds: Bounds, at: Array, nodes: int, free: int) -> tuple[Array, bool]:
    """Return the covariance, with zeros for what is not free, and whether this is proven a maximum."""
    slope = gradient(integrate(bounds, at, nodes))[:free]
    values, vectors = np.linalg.eigh(-hessian(bounds, at, nodes)[:free, :free])
    full = np.full((len(at), len(at)), np.nan)
    if values.min() <= 0:
        return full, False
    full[:] = 0.0
    full[:free, :free] = (vectors / values) @ vectors.T
    return full, bool(((vectors.T @ slope) ** 2 / values).sum() / 2 < AT_REST)


def _named(answers: Answers, direction: Array) -> list[str]:
    """Return the columns that a separating direction moves, without the constant."""
    moved = np.abs(direction[answers.thresholds :]) > MOVED * np.abs(direction).max()
    varies = np.ptp(answers.fixed, axis=0) > 0
    return [answers.names[k] for k in np.flatnonzero(moved & varies)]
