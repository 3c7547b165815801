"""The second stage: one number a site, regressed on what sites are, with weights and an honest scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

GRID = 40
HALVINGS = 60
# In units of the spread of site numbers: no variance between sites lies above WIDEST times their number.
WIDEST = 4.0
NOTHING = 1e-13


@dataclass(frozen=True)
class SecondStage:
    """Hold a weighted regression over sites, for B outcomes of one design.

    Parameters
    ----------
    coefficients : (B, q), in the columns of the design.
    covariance : (B, q, q), scaled by the weighted residual mean square; NaN without spare sites.
    within : (B, q, q), covariance for these very sites: from sampling of residents alone.
    tau2 : (B,), variance between sites beyond what sampling explains, by restricted likelihood.
    scale : (B,), weighted residual mean square: the square of the Hartung-Knapp factor.
    weights : (B, sites), 1 / (tau2 + sampling variance).
    df : sites less columns of the design.
    """

    coefficients: Array
    covariance: Array
    within: Array
    tau2: Array
    scale: Array
    weights: Array
    df: int


def second_stage(changes: Array, variances: Array, design: Array) -> SecondStage:
    """Regress one number a site on site-level columns.

    Each site counts with weight 1 / (tau2 + v): tau2 is estimated by restricted maximum likelihood, so that
    a site of few residents counts less exactly when sampling is what makes sites differ. The covariance is
    multiplied by the weighted residual mean square, never less nor more, which gives t on sites minus
    columns.

    Parameters
    ----------
    changes : (B, sites) or (sites,), one number a site.
    variances : (B, sites) or (sites,), its sampling variance.
    design : (sites, q), full rank.

    Returns
    -------
    Coefficients with covariances. Vectorised over B.

    References
    ----------
    Hartung & Knapp 2001, Statistics in Medicine 20:3875; Knapp & Hartung 2003, Statistics in Medicine
    22:2693; Viechtbauer 2005, Journal of Educational and Behavioral Statistics 30:261 (tau2).
    The factor is not truncated at one: with equal variances the result is then Student's t of site numbers.

    Examples
    --------
    >>> found = second_stage(np.array([3.0, 5.0, 1.0, 1.0]), np.ones(4) / 10, np.c_[np.ones(4), [1, 1, 0, 0]])
    >>> found.coefficients[0].round(6).tolist(), found.covariance[0].diagonal().round(6).tolist(), found.df
    ([1.0, 3.0], [0.5, 1.0], 2)
    """
    y, v = np.atleast_2d(changes), np.atleast_2d(variances)
    v = np.broadcast_to(v, y.shape)
    unit = np.sqrt(y.var(axis=1) + v.max(axis=1, initial=0.0))
    unit = np.where(unit > 0, unit, 1.0)
    found = _in_units(y / unit[:, None], v / unit[:, None] ** 2, design)
    square = unit**2
    return SecondStage(
        coefficients=found.coefficients * unit[:, None],
        covariance=found.covariance * square[:, None, None],
        within=found.within * square[:, None, None],
        tau2=found.tau2 * square,
        scale=found.scale,
        weights=found.weights / square[:, None],
        df=found.df,
    )


def _in_units(y: Array, v: Array, design: Array) -> SecondStage:
    """Return the second stage of numbers whose spread is about one: nothing can overflow."""
    df = len(design) - design.shape[1]
    tau2 = _restricted_tau2(y, v, design) if df > 0 else np.zeros(len(y))
    weights = 1.0 / np.maximum(tau2[:, None] + v, NOTHING)
    coefficients, bread = _weighted(y, weights, design)
    squares = (weights * (y - coefficients @ design.T) ** 2).sum(axis=1)
    scale = squares / df if df > 0 else np.full(len(y), np.nan)
    loads = bread @ (design.T * weights[:, None, :])
    within = (loads * v[:, None, :]) @ np.swapaxes(loads, 1, 2)
    return SecondStage(coefficients, scale[:, None, None] * bread, within, tau2, scale, weights, df)


def _weighted(y: Array, weights: Array, design: Array) -> tuple[Array, Array]:
    """Return coefficients (..., q) and inverse cross-products (..., q, q) of weighted least squares."""
    half = design.T * weights[..., None, :]
    bread = np.linalg.inv(half @ design)
    return np.asarray((bread @ (half @ y[..., None]))[..., 0]), np.asarray(bread)


def _restricted_tau2(y: Array, v: Array, design: Array) -> Array:
    """Maximise the restricted likelihood: the best of a grid, then halvings around it by the score."""
    steps = np.concatenate([[0.0], np.geomspace(1e-6, WIDEST * len(design), GRID)])
    values = np.stack([_restricted_likelihood(y, v, design, step) for step in steps], axis=1)
    best = values.argmax(axis=1)
    low, high = steps[np.maximum(best - 1, 0)], steps[np.minimum(best + 1, GRID)]
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        rising = _score(y, v, design, middle) > 0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    return np.where(low == 0.0, 0.0, (low + high) / 2)


def _restricted_likelihood(y: Array, v: Array, design: Array, tau2: float) -> Array:
    total = np.maximum(tau2 + v, NOTHING)
    coefficients, bread = _weighted(y, 1 / total, design)
    squares = ((y - coefficients @ design.T) ** 2 / total).sum(axis=1)
    return np.asarray(-0.5 * (np.log(total).sum(axis=1) - np.linalg.slogdet(bread)[1] + squares))


def _score(y: Array, v: Array, design: Array, tau2: Array) -> Array:
    """Return the derivative of the restricted log-likelihood, twice."""
    weights = 1 / np.maximum(tau2[:, None] + v, NOTHING)
    coefficients, bread = _weighted(y, weights, design)
    residuals = y - coefficients @ design.T
    leverage = ((design @ bread) * design).sum(axis=2)
    return np.asarray(((weights * residuals) ** 2 - weights + weights**2 * leverage).sum(axis=1))
