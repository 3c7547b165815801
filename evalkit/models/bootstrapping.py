"""Parametric bootstrap of a mixed model: how its estimates vary over outcomes drawn from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evalkit.mixed.arrays import Array
from evalkit.mixed.batch import Batch, fit_batch
from evalkit.mixed.simulating import simulate_outcomes
from evalkit.models.fit import RESIDUAL

if TYPE_CHECKING:
    from evalkit.models.lmm_fit import LmmFit

COLUMNS = ("group", "term1", "term2", "estimate", "std_error", "conf_low", "conf_high")


@dataclass(frozen=True)
class Bootstrap:
    """Hold a parametric bootstrap.

    Parameters
    ----------
    table : DataFrame, one row a parameter, `COLUMNS`: fixed effects (no group), standard deviations, and
        correlations where `term2` stands; `std_error` and the ends are those of the draws.
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
    mixed, design = fit.mixed, fit.mixed.prepared.design
    columns = design.fixed[:, list(mixed.prepared.scaled.kept)]
    outcomes = simulate_outcomes(mixed, number, rng)
    found = fit_batch(
        outcomes, columns, design.terms, weights=design.weights, method="asymptotic", reml=mixed.reml
    )
    names, draws = _parameters(fit, found)
    draws = draws[found.converged]
    own = pd.DataFrame(names, columns=list(COLUMNS[:3])).assign(estimate=_estimates(fit))
    tail = (1 - fit.level) / 2
    low, high = np.nanquantile(draws, [tail, 1 - tail], axis=0)
    table = own.assign(std_error=np.nanstd(draws, axis=0, ddof=1), conf_low=low, conf_high=high)
    return Bootstrap(table, draws, int((~found.converged).sum()))


def _parameters(fit: LmmFit, found: Batch) -> tuple[list[tuple[str | None, ...]], Array]:
    """Return names of the parameters, and their values by draw: (B, parameters)."""
    names: list[tuple[str | None, ...]] = [(None, name, None) for name in fit.mixed.names]
    values, at = [found.estimate], 0
    for factor in fit.mixed.prepared.factors:
        own = dict(zip(factor.entries, found.variances[:, at : at + len(factor.entries)].T, strict=True))
        values.append(np.column_stack([_on_deviation_scale(own, i, j) for i, j in factor.entries]))
        names += [_name(factor.name, factor.effects, i, j) for i, j in factor.entries]
        at += len(factor.entries)
    names.append((RESIDUAL, None, None))
    return names, np.column_stack([*values, found.sigma])


def _name(group: str, effects: tuple[str, ...], i: int, j: int) -> tuple[str | None, ...]:
    return (group, effects[i], None) if i == j else (group, effects[j], effects[i])


def _on_deviation_scale(own: dict[tuple[int, int], Array], i: int, j: int) -> Array:
    if i == j:
        return np.sqrt(np.maximum(own[i, i], 0.0))
    product = np.sqrt(np.maximum(own[i, i] * own[j, j], 0.0))
    return np.where(product > 0, own[i, j] / np.where(product > 0, product, 1.0), np.nan)


def _estimates(fit: LmmFit) -> Array:
    parts = [fit.mixed.coefficients]
    for factor, covariance in zip(fit.mixed.prepared.factors, fit.mixed.covariances, strict=True):
        own = {(i, j): np.array([covariance[i, j]]) for i, j in factor.entries}
        parts += [_on_deviation_scale(own, i, j) for i, j in factor.entries]
    return np.concatenate([*parts, [fit.mixed.sigma]])
