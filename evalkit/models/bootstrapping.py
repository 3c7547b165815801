"""Parametric bootstrap of a mixed model: how its estimates vary over outcomes drawn from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.mixed.arrays import Array
from evalkit.mixed.batch import Batch, fit_batch
from evalkit.mixed.design import DesignFault
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.residual_fitting import refit
from evalkit.mixed.residual_parameters import autocorrelation, residual_deviations
from evalkit.mixed.simulating import simulate_outcomes
from evalkit.models.fit import RESIDUAL

if TYPE_CHECKING:
    from evalkit.models.lmm_fit import LmmFit

COLUMNS = ("group", "term1", "term2", "estimate", "std_error", "conf_low", "conf_high")
AUTOCORRELATION = "autocorrelation"


@dataclass(frozen=True)
class Bootstrap:
    """Hold a parametric bootstrap.

    Parameters
    ----------
    table : DataFrame, one row a parameter, `COLUMNS`: fixed effects (no group), standard deviations, and
        correlations where `term2` stands, autocorrelation of residuals last; `std_error` and the ends are
        those of the draws.
    draws : (converged draws, parameters), in the order of `table`.
    left_out : draws whose fit found no optimum; they are in neither.
    """

    table: pd.DataFrame
    draws: Array
    left_out: int


def bootstrap(fit: LmmFit, number: int, rng: np.random.Generator) -> Bootstrap:
    """Fit the model to outcomes drawn from it.

    Parameters
    ----------
    fit : of `evalkit.lmm`.
    number : of draws; 1,000 or more for intervals of 95 %.
    rng : source of chance.

    Returns
    -------
    Percentile intervals at the fit's level. A correlation of a draw with a variance of zero is missing
    there and does not count.

    References
    ----------
    Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
    """
    outcomes = simulate_outcomes(fit.mixed, number, rng)
    names, draws, converged = (_drawn if fit.mixed.residual is None else _drawn_one_by_one)(fit, outcomes)
    draws = draws[converged]
    own = pd.DataFrame(names, columns=list(COLUMNS[:3])).assign(estimate=_estimates(fit.mixed))
    tail = (1 - fit.level) / 2
    low, high = np.nanquantile(draws, [tail, 1 - tail], axis=0)
    table = own.assign(std_error=np.nanstd(draws, axis=0, ddof=1), conf_low=low, conf_high=high)
    return Bootstrap(table, draws, int((~converged).sum()))


Drawn = tuple[list[tuple[str | None, ...]], Array, npt.NDArray[np.bool_]]


def _drawn(fit: LmmFit, outcomes: Array) -> Drawn:
    """Fit many outcomes together: names, parameters (B, k), and which converged."""
    mixed, design = fit.mixed, fit.mixed.prepared.design
    columns = design.fixed[:, list(mixed.prepared.scaled.kept)]
    found = fit_batch(
        outcomes, columns, design.terms, weights=design.weights, method="asymptotic", reml=mixed.reml
    )
    return (*_parameters(fit, found), found.converged)


def _drawn_one_by_one(fit: LmmFit, outcomes: Array) -> Drawn:
    """Fit outcomes one by one; what cannot be fitted counts as not converged."""
    names, k = _named(fit.mixed), len(_estimates(fit.mixed))
    draws, converged = np.full((outcomes.shape[1], k), np.nan), np.zeros(outcomes.shape[1], dtype=bool)
    for b, y in enumerate(outcomes.T):
        try:
            found = refit(fit.mixed, reml=fit.mixed.reml, outcome=y)
        except DesignFault:
            continue
        draws[b], converged[b] = _estimates(found), found.converged
    return names, draws, converged


def _parameters(fit: LmmFit, found: Batch) -> tuple[list[tuple[str | None, ...]], Array]:
    """Return names of the parameters, and their values by draw: (B, parameters)."""
    values, at = [found.estimate], 0
    for factor in fit.mixed.prepared.factors:
        own = dict(zip(factor.entries, found.variances[:, at : at + len(factor.entries)].T, strict=True))
        values.append(np.column_stack([_on_deviation_scale(own, i, j) for i, j in factor.entries]))
        at += len(factor.entries)
    return _named(fit.mixed), np.column_stack([*values, found.sigma])


def _name(group: str, effects: tuple[str, ...], i: int, j: int) -> tuple[str | None, ...]:
    return (group, effects[i], None) if i == j else (group, effects[j], effects[i])


def _on_deviation_scale(own: dict[tuple[int, int], Array], i: int, j: int) -> Array:
    if i == j:
        return np.sqrt(np.maximum(own[i, i], 0.0))
    product = np.sqrt(np.maximum(own[i, i] * own[j, j], 0.0))
    return np.where(product > 0, own[i, j] / np.where(product > 0, product, 1.0), np.nan)


def _estimates(fit: MixedFit) -> Array:
    parts = [fit.coefficients]
    for factor, covariance in zip(fit.prepared.factors, fit.covariances, strict=True):
        own = {(i, j): np.array([covariance[i, j]]) for i, j in factor.entries}
        parts += [_on_deviation_scale(own, i, j) for i, j in factor.entries]
    rho = autocorrelation(fit)
    parts += [np.array(list(residual_deviations(fit).values())), np.array([] if rho is None else [rho])]
    return np.concatenate(parts)


def _named(fit: MixedFit) -> list[tuple[str | None, ...]]:
    names: list[tuple[str | None, ...]] = [(None, name, None) for name in fit.names]
    for factor in fit.prepared.factors:
        names += [_name(factor.name, factor.effects, i, j) for i, j in factor.entries]
    names += [(RESIDUAL, level, None) for level in residual_deviations(fit)]
    return names if autocorrelation(fit) is None else [*names, (RESIDUAL, AUTOCORRELATION, None)]
