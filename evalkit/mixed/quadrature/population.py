"""Probabilities of the population: averaged over random effects and covariates, with their covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.special import expit

from evalkit.mixed.arrays import Array
from evalkit.mixed.quadrature.fitting import QuadratureFit

# The trapezoid rule on a smooth integrand that ends at zero: with these, an error below 1e-9 for standard
# deviations up to ten logits, where Gauss-Hermite nodes would need hundreds.
FURTHEST, POINTS = 8.5, 201
CHUNK = 4096


@dataclass(frozen=True)
class Intervals:
    """Hold intervals; all arrays (K,)."""

    low: Array
    high: Array


@dataclass(frozen=True)
class CellValues:
    """Hold estimates of K cells, (K,), and their covariance, (K, K), as a second stage takes them."""

    estimate: Array
    covariance: Array

    @property
    def std_errors(self) -> Array:
        """Return (K,)."""
        return np.sqrt(np.diag(self.covariance))


@dataclass(frozen=True)
class Population:
    """Hold the population's probabilities in K settings.

    Parameters
    ----------
    probabilities : (K, C), by setting and category.
    jacobian : (K, C, m), their derivatives in thresholds, coefficients and standard deviation.
    covariance : (m, m) of these.
    """

    probabilities: Array
    jacobian: Array
    covariance: Array

    def of(self, scores: Array) -> CellValues:
        """Return the mean of scores that categories have: 0 and 1 for a probability, else a mean score.

        Parameters
        ----------
        scores : (C,).
        """
        slopes = np.einsum("kcm,c->km", self.jacobian, scores)
        return CellValues(self.probabilities @ scores, slopes @ self.covariance @ slopes.T)


def population_probabilities(
    fit: QuadratureFit, settings: Sequence[Array], weights: Array | None = None
) -> Population:
    """Average probabilities over the random effect and over rows of covariates (g-computation).

    Parameters
    ----------
    fit : with thresholds or an intercept.
    settings : K arrays (n, p) of the columns of the fit, such as everyone's covariates with the arm
        or the wave set. Covariates count as they are: intervals hold for people like these.
    weights : (n,), how many answers each row stands for; ones by default.

    References
    ----------
    Zeger, Liang & Albert 1988, Biometrics 44:1049 (population-averaged); Robins 1986 (g-computation).
    """
    shares = np.ones(len(settings[0])) if weights is None else np.asarray(weights, dtype=float)
    parts = [_one_setting(fit, np.asarray(rows, dtype=float), shares / shares.sum()) for rows in settings]
    probabilities, jacobian = (np.stack(each) for each in zip(*parts, strict=True))
    return Population(probabilities, jacobian, fit.covariance)


def _one_setting(fit: QuadratureFit, rows: Array, shares: Array) -> tuple[Array, Array]:
    """Return probabilities (C,) and their derivatives (C, m), averaged over rows with shares (n,)."""
    distinct, place = np.unique(rows, axis=0, return_inverse=True)
    together = np.bincount(place.ravel(), shares)
    cuts = fit.thresholds if fit.answers.ordinal else np.zeros(1)
    below, slopes = np.zeros(len(cuts)), np.zeros((len(cuts), len(fit.parameters)))
    for first in range(0, len(distinct), CHUNK):
        part, share = distinct[first : first + CHUNK], together[first : first + CHUNK]
        for k, cut in enumerate(cuts):
            average, density, by_sd = _over_effects(cut - part @ fit.coefficients, fit.sd)
            below[k] += share @ average
            by_fixed = -(share * density) @ part
            by_cut = (share @ density) * np.eye(len(fit.thresholds))[k : k + 1].ravel()
            slopes[k] += np.concatenate([by_cut, by_fixed, [share @ by_sd]])
    one, none = np.ones(1), np.zeros((1, slopes.shape[1]))
    return np.diff(np.concatenate([[0.0], below, one])), np.diff(np.vstack([none, slopes, none]), axis=0)


def _over_effects(bound: Array, sd: float) -> tuple[Array, Array, Array]:
    """Return E F(bound - sd u), E f(bound - sd u) and its derivative in sd, all (n,)."""
    effects = np.linspace(-FURTHEST, FURTHEST, POINTS)
    weights = stats.norm.pdf(effects) * (effects[1] - effects[0])
    values = expit(bound[:, None] - sd * effects)
    density = values * (1 - values)
    return values @ weights, density @ weights, -density @ (weights * effects)


def probability_intervals(cells: CellValues, level: float = 0.95) -> Intervals:
    """Return intervals of probabilities, by the delta method on the logit scale: within 0 and 1."""
    z, p = stats.norm.ppf((1 + level) / 2), cells.estimate
    centre, error = np.log(p / (1 - p)), cells.std_errors / (p * (1 - p))
    return Intervals(expit(centre - z * error), expit(centre + z * error))


def difference_intervals(cells: CellValues, level: float = 0.95) -> Intervals:
    """Return intervals of differences of probabilities, on the scale of atanh: within -1 and 1."""
    z, d = stats.norm.ppf((1 + level) / 2), cells.estimate
    centre, error = np.arctanh(d), cells.std_errors / (1 - d**2)
    return Intervals(np.tanh(centre - z * error), np.tanh(centre + z * error))


def differences(cells: CellValues, pairs: Sequence[tuple[int, int]]) -> CellValues:
    """Return the second less the first of each pair of cells."""
    rows = np.zeros((len(pairs), len(cells.estimate)))
    for row, (first, second) in zip(rows, pairs, strict=True):
        row[second] += 1.0
        row[first] -= 1.0
    return CellValues(rows @ cells.estimate, rows @ cells.covariance @ rows.T)
