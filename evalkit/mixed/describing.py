"""Numbers that describe a fit: likelihood, information criteria, shares of variance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.rows import fitted_values


@dataclass(frozen=True)
class Description:
    """Hold what describes a fit.

    Parameters
    ----------
    log_likelihood : restricted for REML.
    parameters : fixed effects, variances and covariances, residual variances and autocorrelation.
    aic, bic : with n rows, as lme4 counts them.
    icc : share of the random effects in the variance that fixed effects leave (adjusted).
    icc_conditional : share of the random effects in the whole variance.
    r2_marginal, r2_conditional : shares of fixed effects, and of fixed and random effects.
    """

    log_likelihood: float
    parameters: int
    aic: float
    bic: float
    icc: float
    icc_conditional: float
    r2_marginal: float
    r2_conditional: float


def describe(fit: MixedFit) -> Description:
    """Describe a fit.

    References
    ----------
    Nakagawa & Schielzeth 2013, Methods in Ecology and Evolution 4:133; Johnson 2014, ibid. 5:944, for
    random slopes (their variance is averaged over rows); Nakagawa, Johnson & Schielzeth 2017, Journal of
    the Royal Society Interface 14:20170213.
    """
    log_likelihood = -fit.criterion / 2
    more = 0 if fit.residual is None else fit.residual.design.number
    parameters = len(fit.coefficients) + fit.prepared.shape.number + 1 + more
    moments = fit.prepared.moments
    random = float(sum(factor_variances(fit).values()))
    if moments is None:
        fixed = float(np.var(fitted_values(fit, conditional=False), ddof=1))
        rest = float(fit.sigma**2 * np.mean(1 / fit.prepared.design.weights))
    else:
        scaled = np.linalg.solve(fit.prepared.scaled.scaling, fit.coefficients)
        fixed = float(scaled @ moments.fixed @ scaled)
        rest = float(fit.sigma**2 * moments.inverse_weight)
    whole = fixed + random + rest
    return Description(
        log_likelihood,
        parameters,
        2 * parameters - 2 * log_likelihood,
        float(np.log(fit.rows)) * parameters - 2 * log_likelihood,
        random / (random + rest),
        random / whole,
        fixed / whole,
        (fixed + random) / whole,
    )


def factor_variances(fit: MixedFit) -> dict[str, float]:
    """Return the variance that each factor's effects give a row, averaged over rows, by its name.

    References
    ----------
    Johnson 2014, Methods in Ecology and Evolution 5:944, for random slopes.
    """
    return {factor.name: _mean_variance(fit, k) for k, factor in enumerate(fit.prepared.factors)}


def _mean_variance(fit: MixedFit, place: int) -> float:
    """Return the variance that a factor's effects give a row, averaged over rows."""
    factor = fit.prepared.factors[place]
    inside = np.linalg.solve(factor.scaling, fit.covariances[place])
    scaled = np.linalg.solve(factor.scaling, inside.T)
    moments = fit.prepared.moments
    products = factor.columns.T @ factor.columns / fit.rows if moments is None else moments.random[place]
    return float((products * scaled).sum())
