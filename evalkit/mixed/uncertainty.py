"""What inference on fixed effects starts from, at the optimum, for each outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.mixed.arrays import Array
from evalkit.mixed.covariances import Shape, covariances, elements
from evalkit.mixed.criterion import Criterion, degrees_of_freedom
from evalkit.mixed.moments import Moments, Solved, solve
from evalkit.mixed.natural import natural_moments
from evalkit.mixed.summary import Summary


@dataclass(frozen=True)
class Uncertainty:
    """Hold the optimum in natural parameters (gamma, sigma^2), on the summary's scales.

    Parameters
    ----------
    shape, theta : of the optimum; theta (B, m).
    sigma2 : (B,), residual variance.
    moments, solved : in the m + 1 natural parameters.
    reml : whether the criterion is REML's.
    """

    shape: Shape
    theta: Array
    sigma2: Array
    moments: Moments
    solved: Solved
    reml: bool

    @property
    def covariance(self) -> Array:
        """Return Phi = (X' Sigma^-1 X)^-1: (B, p, p)."""
        return self.solved.unscaled


def uncertainty(summary: Summary, shape: Shape, at: Criterion, reml: bool) -> Uncertainty:
    """Return the natural moments at an optimum."""
    sigma2 = np.asarray(at.solved.rss / degrees_of_freedom(summary, reml))
    G = elements(shape, covariances(shape, at.theta))
    natural = natural_moments(at.moments, G, sigma2, summary.rows)
    return Uncertainty(shape, at.theta, sigma2, natural, solve(natural), reml)
