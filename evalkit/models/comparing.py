"""Compare two mixed models of which one is a special case of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from evalkit.errors import ProblemsFound
from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.criterion import degrees_of_freedom
from evalkit.mixed.describing import describe
from evalkit.mixed.design import Design
from evalkit.mixed.fitting import MixedFit, fit_prepared, prepare
from evalkit.mixed.optimum import find_optimum
from evalkit.mixed.residual_design import ResidualDesign
from evalkit.mixed.residual_fitting import refit
from evalkit.mixed.simulating import simulate_outcomes
from evalkit.problems import error

if TYPE_CHECKING:
    from evalkit.models.lmm_fit import LmmFit

COLUMNS = ("formula", "parameters", "aic", "bic", "log_likelihood", "statistic", "df", "p_value", "method")
WITHIN = 1e-6
# Outcomes drawn and fitted at once.
AT_ONCE = 200


@dataclass(frozen=True)
class _Added:
    """Hold what the larger model adds: parameters with a boundary at zero, others, and fixed columns."""

    variances: int
    covariances: int
    fixed: int

    @property
    def parameters(self) -> int:
        return self.variances + self.covariances + self.fixed


def compare(
    first: LmmFit, second: LmmFit, *, simulations: int = 0, rng: np.random.Generator | None = None
) -> pd.DataFrame:
    """Test, by likelihood ratio, whether the larger of two nested models is needed.

    Models with the same fixed part are compared as they were fitted, by REML or ML; others by ML, to
    which both are fitted again. A variance cannot fall below zero, so that testing whether it is zero
    with a whole chi-squared asks too much: with one added variance, the statistic is a mixture of two
    chi-squareds, half each. With several added variances there is no simple law; the whole chi-squared is
    then an upper bound of the p-value, and `simulations` gives the p-value itself. Autocorrelation counts
    as a variance, and ratios of residual variances as covariances, which have no boundary.

    Parameters
    ----------
    first, second : of `evalkit.lmm`, to the same rows, in any order.
    simulations : outcomes drawn from the smaller model, to each of which both are fitted (parametric
        bootstrap); 0 for the laws above.
    rng : source of chance; needed for simulations to be repeatable.

    Returns
    -------
    One row a model, the smaller first; `statistic, df, p_value, method` on the second. Columns
    `formula, parameters, aic, bic, log_likelihood, statistic, df, p_value, method`.

    Raises
    ------
    ProblemsFound
        Models of different rows or outcomes; models that are not nested.

    References
    ----------
    Stram & Lee 1994, Biometrics 50:1171; Self & Liang 1987, Journal of the American Statistical
    Association 82:605.
    """
    small, large = sorted((first, second), key=lambda fit: describe(fit.mixed).parameters)
    _check_same_rows(small.mixed, large.mixed)
    added = _added(small.mixed, large.mixed)
    reml = added.fixed == 0 and small.mixed.reml and large.mixed.reml
    fits = [fit.mixed if fit.mixed.reml == reml else _again(fit.mixed, reml) for fit in (small, large)]
    statistic = max(fits[0].criterion - fits[1].criterion, 0.0)
    if simulations:
        drawn = _simulated(fits[0], fits[1], simulations, rng or np.random.default_rng())
        p_value = float((1 + (drawn >= statistic - WITHIN).sum()) / (simulations + 1))
        method = f"parametric bootstrap of {simulations}"
    else:
        p_value, method = _tail(statistic, added)
    rows = []
    for fit, told in zip((small, large), fits, strict=True):
        about = describe(told)
        rows.append((fit.frame.formula.text, about.parameters, about.aic, about.bic, about.log_likelihood))
    table = pd.DataFrame(rows, columns=list(COLUMNS[:5]))
    return table.assign(
        statistic=[np.nan, statistic],
        df=[np.nan, float(added.parameters)],
        p_value=[np.nan, p_value],
        method=["REML" if reml else "ML", method],
    )


def _check_same_rows(small: MixedFit, large: MixedFit) -> None:
    a, b = small.prepared.design, large.prepared.design
    same = (
        a.rows == b.rows
        and np.array_equal(a.outcomes, b.outcomes)
        and np.array_equal(_prior(small), _prior(large))
    )
    if not same:
        raise ProblemsFound([error("mixed.compare_rows")])


def _prior(fit: MixedFit) -> Array:
    return fit.prepared.design.weights if fit.residual is None else fit.residual.weights


def _residual_added(small: MixedFit, large: MixedFit) -> tuple[int, int] | None:
    """Return how many variance ratios and autocorrelations are added; None if the smaller has its own."""
    inner, outer = (ResidualDesign() if f.residual is None else f.residual.design for f in (small, large))
    if inner.levels is not None and (outer.levels is None or not _refines(outer.levels, inner.levels)):
        return None
    if inner.times is not None and not _same_chains(inner, outer):
        return None
    return outer.ratios - inner.ratios, (outer.times is not None) - (inner.times is not None)


def _same_chains(one: ResidualDesign, other: ResidualDesign) -> bool:
    if one.times is None or other.times is None or one.within is None or other.within is None:
        return False
    same = _refines(one.within, other.within) and _refines(other.within, one.within)
    return same and np.array_equal(one.times, other.times)


def _refines(fine: IntArray, coarse: IntArray) -> bool:
    home = np.empty(int(fine.max()) + 1, dtype=np.intp)
    home[fine] = coarse
    return bool((home[fine] == coarse).all())


def _added(small: MixedFit, large: MixedFit) -> _Added:
    """Return what the larger model adds; refuse models that are not nested."""
    inside = _columns(small)
    around = _columns(large)
    left = inside - around @ np.linalg.lstsq(around, inside, rcond=None)[0]
    nested = np.abs(left).max(initial=0.0) <= WITHIN
    variances = covariances = 0
    for factor in large.prepared.factors:
        mine = [f for f in small.prepared.factors if np.array_equal(f.codes, factor.codes)]
        own = set(mine[0].effects) if mine else set()
        nested &= own <= set(factor.effects)
        variances += factor.size - len(own)
        covariances += _free(factor.entries) - (_free(mine[0].entries) if mine else 0)
    codes = [factor.codes for factor in large.prepared.factors]
    nested &= all(any(np.array_equal(f.codes, c) for c in codes) for f in small.prepared.factors)
    more = _residual_added(small, large)
    ratios, correlations = more or (0, 0)
    # Autocorrelation, as a variance, cannot fall below zero; ratios of variances have no boundary.
    added = _Added(variances + correlations, covariances + ratios, around.shape[1] - inside.shape[1])
    nested &= more is not None
    if not nested or min(added.variances, added.covariances, added.fixed) < 0 or not added.parameters:
        raise ProblemsFound([error("mixed.compare_nested")])
    return added


def _columns(fit: MixedFit) -> Array:
    columns = fit.prepared.design.fixed[:, list(fit.prepared.scaled.kept)]
    return np.asarray(columns / np.sqrt((columns**2).sum(axis=0)))


def _free(entries: tuple[tuple[int, int], ...]) -> int:
    return sum(i != j for i, j in entries)


def _again(fit: MixedFit, reml: bool) -> MixedFit:
    return fit_prepared(fit.prepared, reml=reml) if fit.residual is None else refit(fit, reml=reml)


def _tail(statistic: float, added: _Added) -> tuple[float, str]:
    """Return the p-value and its law."""
    whole = added.parameters
    upper = float(stats.chi2.sf(statistic, whole))
    if added.variances == 0:
        return upper, "chi-squared"
    if added.variances > 1:
        return upper, "chi-squared, an upper bound"
    lower = float(stats.chi2.sf(statistic, whole - 1)) if whole > 1 else float(statistic <= WITHIN)
    return (lower + upper) / 2, f"mixture of chi-squared on {whole - 1} and {whole} df"


def _simulated(small: MixedFit, large: MixedFit, number: int, rng: np.random.Generator) -> Array:
    """Return likelihood ratios of outcomes drawn from the smaller model, (number,)."""
    found = []
    for start in range(0, number, AT_ONCE):
        drawn = simulate_outcomes(small, min(AT_ONCE, number - start), rng)
        found.append(_criteria(small, drawn) - _criteria(large, drawn))
    return np.maximum(np.concatenate(found), 0.0)


def _criteria(fit: MixedFit, outcomes: Array) -> Array:
    """Fit a model to many outcomes and return its criterion for each, on the original scales."""
    if fit.residual is not None:
        return np.array([refit(fit, reml=fit.reml, outcome=y).criterion for y in outcomes.T])
    design = fit.prepared.design
    ready = prepare(
        Design(np.asfortranarray(outcomes), design.fixed, design.terms, design.weights, design.names)
    )
    optimum = find_optimum(ready.summary, ready.shape, fit.reml, twice=False)
    df = degrees_of_freedom(ready.summary, fit.reml)
    value = optimum.at.value + 2 * df * np.log(ready.scaled.scale)
    if fit.reml:
        value = value - 2 * float(np.linalg.slogdet(ready.scaled.scaling)[1])
    return np.asarray(value)
