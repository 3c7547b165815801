"""Counts by Poisson regression with errors between clusters: statsmodels' GEE, bias-reduced."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from evalkit.models.engine import Engine, EngineFailed
from evalkit.models.fit import EFFECT_COLUMNS, TABLE_COLUMNS, VARIANCE_COLUMNS, Fit
from evalkit.models.spec import ModelSpec
from evalkit.problems import warning
from evalkit.texts.phrases import phrase

METHOD = "bias-reduced, t(clusters - 1)"
LEVEL = 0.95


def fit_spec(spec: ModelSpec) -> Fit:
    """Fit a Poisson regression by generalised estimating equations, working independence.

    Clusters are the levels of the outermost random term, such as sites; their number decides the
    degrees of freedom, and whatever is alike within them is in the errors. Estimates are logarithms of
    ratios of mean counts.

    Raises
    ------
    EngineFailed : outcomes that are no counts, fewer than two clusters, no finite result.

    References
    ----------
    Mancl & DeRouen 2001, Biometrics 57:126.
    """
    y = spec.response
    if (y < 0).any() or (y % 1 != 0).any():
        raise EngineFailed(phrase("problems.clmm.no_counts.what", outcome=spec.outcome))
    outer = min(spec.random, key=lambda term: len(set(spec.labels(term.group))))
    clusters = spec.labels(outer.group)
    number = len(set(clusters))
    if number < 2:
        facts = {"outcome": spec.outcome, "clusters": number}
        raise EngineFailed(phrase("problems.clmm.too_few_clusters.what", **facts))
    return _as_fit(spec, _run(spec, clusters), number)


def _run(spec: ModelSpec, clusters: np.typing.NDArray[np.object_]) -> Any:
    from statsmodels.genmod.cov_struct import Independence
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_estimating_equations import GEE

    fixed = spec.fixed.to_numpy(dtype=float)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            model = GEE(spec.response, fixed, clusters, family=Poisson(), cov_struct=Independence())
            result = model.fit(cov_type="bias_reduced")
            known = np.isfinite([*result.params, *result.bse]).all()
        except (np.linalg.LinAlgError, ValueError, ZeroDivisionError) as failure:
            raise EngineFailed(str(failure)) from failure
    if not known:
        raise EngineFailed("GEE: an estimate or a standard error is not finite")
    return result


def _as_fit(spec: ModelSpec, result: Any, clusters: int) -> Fit:
    import statsmodels

    converged = bool(result.converged)
    return Fit(
        outcome=spec.outcome,
        table=_table(spec, result, clusters - 1),
        variance_components=pd.DataFrame(columns=list(VARIANCE_COLUMNS)),
        random_effects=pd.DataFrame(columns=list(EFFECT_COLUMNS)),
        criterion=float(result.model.family.deviance(spec.response, result.fittedvalues)),
        converged=converged,
        singular=False,
        n_rows=len(spec.data),
        n_residents=len(set(spec.labels(spec.random[0].group))),
        n_sites=_levels(spec, "site"),
        n_waves=_levels(spec, "wave"),
        engine="counts",
        engine_version=str(statsmodels.__version__),
        problems=() if converged else (warning("models.not_converged", outcome=spec.outcome),),
        raw=result,
    )


def _levels(spec: ModelSpec, name: str) -> int:
    return int(spec.data[name].nunique()) if name in spec.data else 0


def _table(spec: ModelSpec, result: Any, df: int) -> pd.DataFrame:
    estimate, error = np.asarray(result.params), np.asarray(result.bse)
    reach = stats.t.ppf((1 + LEVEL) / 2, df)
    columns = {
        "term": [str(name) for name in spec.fixed.columns],
        "estimate": estimate,
        "std_error": error,
        "statistic": estimate / error,
        "df": float(df),
        "p_value": 2 * stats.t.sf(np.abs(estimate / error), df),
        "conf_low": estimate - reach * error,
        "conf_high": estimate + reach * error,
        "method": METHOD,
    }
    return pd.DataFrame(columns)[list(TABLE_COLUMNS)]


ENGINE = Engine(fit_spec)
