"""The profiled criterion, REML or ML deviance, with gradient and Hessian."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.mixed.arrays import Array
from evalkit.mixed.covariances import Shape, covariances, to_theta
from evalkit.mixed.moments import Moments, Solved, moments, solve
from evalkit.mixed.summary import Summary


@dataclass(frozen=True)
class Criterion:
    """Hold the profiled criterion at some theta, on the scales of the summary.

    Parameters
    ----------
    theta : (B, m).
    value : (B,), without the constants that scaling takes away.
    gradient, hessian : (B, m), (B, m, m), in theta.
    slope, curve : the same in the free elements of G.
    moments, solved : what they came from.
    """

    theta: Array
    value: Array
    gradient: Array
    hessian: Array
    slope: Array
    curve: Array
    moments: Moments
    solved: Solved


def degrees_of_freedom(summary: Summary, reml: bool) -> int:
    """Return n - p for REML, n for ML: what the residual sum of squares is divided by."""
    return summary.rows - summary.columns if reml else summary.rows


def criterion(summary: Summary, shape: Shape, theta: Array, reml: bool) -> Criterion:
    """Compute the criterion of Bates et al. 2015, eq. 34 (ML) or 41 (REML).

    Parameters
    ----------
    summary, shape : of data and random terms.
    theta : (B, m), one row an outcome.
    """
    found = moments(summary, covariances(shape, theta))
    solved = solve(found)
    value, slope, curve = profiled(found, solved, degrees_of_freedom(summary, reml), reml)
    gradient, hessian = to_theta(shape, theta, slope, curve)
    return Criterion(theta, value, gradient, hessian, slope, curve, found, solved)


def profiled(found: Moments, solved: Solved, df: int, reml: bool) -> tuple[Array, Array, Array]:
    """Return the criterion profiled over beta and sigma, with derivatives in what the moments have."""
    value = found.logdet + df * (1 + np.log(2 * np.pi * solved.rss / df))
    relative = solved.rss_first / solved.rss[:, None]
    slope = found.logdet_first + df * relative
    curve = found.logdet_second + df * (
        solved.rss_second / solved.rss[:, None, None] - relative[:, :, None] * relative[:, None]
    )
    if reml:
        value, slope, curve = value + solved.logdet, slope + solved.logdet_first, curve + solved.logdet_second
    return value, slope, curve
