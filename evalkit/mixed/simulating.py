"""Outcomes drawn from a fitted model."""

from __future__ import annotations

import numpy as np

from evalkit.mixed.arrays import Array
from evalkit.mixed.covariances import covariances, templates, theta_of
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.rows import fitted_values


def simulate_outcomes(fit: MixedFit, number: int, rng: np.random.Generator) -> Array:
    """Draw outcomes for the rows fitted, with new random effects and new residuals.

    Parameters
    ----------
    number : of data sets. rng : source of chance.

    Returns
    -------
    (n, number).
    """
    ready, sigma = fit.prepared, np.sqrt(fit.scaled_sigma2) * fit.scale
    rows = fit.rows
    drawn = rng.normal(size=(rows, number))
    if fit.residual is None:
        drawn *= (fit.sigma / np.sqrt(ready.design.weights))[:, None]
    else:
        drawn = fit.sigma * fit.residual.coloured(drawn)
    drawn += fitted_values(fit, conditional=False)[:, None]
    G = covariances(ready.shape, fit.optimum.at.theta)
    T = templates(ready.shape, theta_of(ready.shape, G))
    for factor, own in zip(ready.factors, T, strict=True):
        effects = sigma * np.einsum(
            "qr,lrs->lqs", own[0], rng.normal(size=(factor.levels, factor.size, number))
        )
        for k in range(factor.size):
            drawn += factor.columns[:, k, None] * effects[factor.codes, k]
    return drawn
