"""statsmodels' MixedLM: linear mixed models by REML, without small-sample degrees of freedom."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.models.engine import Engine, EngineFailed
from evalkit.models.fit import EFFECT_COLUMNS, INTERCEPT, RESIDUAL, TABLE_COLUMNS, VARIANCE_COLUMNS, Fit
from evalkit.models.site_deviations import MOST_SITE_COLUMNS, full_rank, site_deviations
from evalkit.models.spec import ModelSpec, RandomTerm
from evalkit.problems import Problem, note, warning

Array = npt.NDArray[np.float64]

WITHHELD = "no small-sample degrees of freedom: interval withheld"
ROWS_PER_SITE = 300
ZERO = 1e-6


@dataclass(frozen=True)
class _Carried:
    """Hold a model in the form that MixedLM takes.

    Parameters
    ----------
    fixed : design; its first `n_terms` columns are those that were asked for.
    outer : the term whose levels are MixedLM's independent groups.
    inner : terms within those groups, each column a variance of its own.
    """

    spec: ModelSpec
    fixed: pd.DataFrame
    n_terms: int
    outer: RandomTerm
    inner: tuple[RandomTerm, ...]
    problems: tuple[Problem, ...]


def fit_mixed(spec: ModelSpec) -> Fit:
    """Fit a linear mixed model by REML.

    MixedLM takes one level of independent groups. Up to `ROWS_PER_SITE` rows a site, sites are those
    groups, and residents and waves vary within them (each variance on its own: the correlation of a
    resident's intercept and slope is left out, and said). Beyond, the dense matrices of sites take
    minutes, so residents are the groups, with that correlation, and sites and sites by wave become fixed
    deviations that sum to zero. When the optimiser does not come to rest, the resident's slope is left
    out and the model fitted again, which is said as well.

    Parameters
    ----------
    spec : the model.

    Returns
    -------
    Estimates with standard errors; no interval and no p-value, since MixedLM has only normal ones, which
    are far too narrow with few sites.

    Raises
    ------
    EngineFailed : when there is no result.
    """
    carried = _carry(spec)
    result = _run(carried)
    if not result.converged and any(len(term.columns) > 1 for term in spec.random):
        said = note("models.slope_left_out", outcome=spec.outcome)
        plain = replace(spec, random=tuple(replace(term, columns=term.columns[:1]) for term in spec.random))
        carried = _carry(plain)
        carried = replace(carried, problems=(*carried.problems, said))
        result = _run(carried)
    return _as_fit(carried, result)


def _carry(spec: ModelSpec) -> _Carried:
    if len(spec.random) == 1:
        return _Carried(spec, spec.fixed, spec.fixed.shape[1], spec.random[0], (), ())
    outer = min(spec.random, key=lambda term: len(set(spec.labels(term.group))))
    _, rows = np.unique(spec.labels(outer.group).astype(str), return_counts=True)
    if rows.max() > ROWS_PER_SITE:
        return _carry_residents(spec, outer)
    inner = tuple(term for term in spec.random if term is not outer)
    correlated = any(len(term.columns) > 1 and term.correlated for term in inner)
    said = (note("models.correlation_left_out", outcome=spec.outcome),) if correlated else ()
    return _Carried(spec, spec.fixed, spec.fixed.shape[1], outer, inner, said)


def _carry_residents(spec: ModelSpec, outer: RandomTerm) -> _Carried:
    said = {"outcome": spec.outcome, "rows": ROWS_PER_SITE}
    for by_wave, code in ((True, "models.sites_fixed"), (False, "models.site_waves_left_out")):
        added = site_deviations(spec, outer.group, by_wave)
        fixed = pd.concat([spec.fixed, added], axis=1)
        if added.shape[1] <= MOST_SITE_COLUMNS and full_rank(fixed):
            problem = note(code, **said) if by_wave else warning(code, **said)
            return _Carried(spec, fixed, spec.fixed.shape[1], spec.random[0], (), (problem,))
    problem = warning("models.sites_left_out", **said)
    return _Carried(spec, spec.fixed, spec.fixed.shape[1], spec.random[0], (), (problem,))


def _run(carried: _Carried) -> Any:
    from statsmodels.regression.mixed_linear_model import MixedLM, VCSpec

    spec = carried.spec
    groups = spec.labels(carried.outer.group)
    design = _outer_design(carried) @ _standardised(carried)
    parts = list(_inner_parts(carried, groups)) or None
    within = VCSpec(*map(list, zip(*parts, strict=True))) if parts else None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            values = carried.fixed.to_numpy(dtype=float)
            model = MixedLM(spec.response, values, groups, exog_re=design, exog_vc=within)
            result = model.fit(reml=True, method=["bfgs", "lbfgs", "powell"])
            known = np.isfinite([result.llf, *result.fe_params, *result.bse_fe]).all()
        except (np.linalg.LinAlgError, ValueError, ZeroDivisionError) as failure:
            raise EngineFailed(str(failure)) from failure
    if not known:
        raise EngineFailed("MixedLM: the likelihood or a standard error is not finite")
    return result


def _outer_design(carried: _Carried) -> Array:
    return np.column_stack([carried.spec.column(name) for name in carried.outer.columns])


def _standardised(carried: _Carried) -> Array:
    """Return the matrix that centres and scales slopes: the same model, easier for the optimiser."""
    columns, design = carried.outer.columns, _outer_design(carried)
    turn = np.eye(len(columns))
    for place, name in enumerate(columns):
        if name != INTERCEPT and columns[0] == INTERCEPT and design[:, place].std() > 0:
            turn[place, place] = 1 / design[:, place].std()
            turn[0, place] = -design[:, place].mean() * turn[place, place]
    return turn


def _inner_parts(
    carried: _Carried, groups: npt.NDArray[np.object_]
) -> Iterator[tuple[str, list[list[str]], list[Array]]]:
    """Yield, for each inner variance, its name, and for each group the levels and the indicator matrix."""
    order = list(dict.fromkeys(groups))
    for term in carried.inner:
        labels = carried.spec.labels(term.group)
        for name in term.columns:
            multiplied, levels, matrices = carried.spec.column(name), [], []
            for group in order:
                rows = groups == group
                present, code = np.unique(labels[rows].astype(str), return_inverse=True)
                levels.append([str(level) for level in present])
                matrices.append(np.eye(len(present))[code] * multiplied[rows, None])
            yield f"{term.group}|{name}", levels, matrices


def _as_fit(carried: _Carried, result: Any) -> Fit:
    import statsmodels

    spec, components = carried.spec, _variance_components(carried, result)
    singular = _is_singular(result)
    problems = list(carried.problems)
    if not result.converged:
        problems.append(warning("models.not_converged", outcome=spec.outcome))
    if singular:
        problems.append(note("models.singular", outcome=spec.outcome))
    counts = {f"n_{name}s": _levels(spec, name) for name in ("site", "wave")}
    return Fit(
        outcome=spec.outcome,
        table=_table(carried, result),
        variance_components=components,
        random_effects=_random_effects(carried, result),
        criterion=float(-2 * result.llf),
        converged=bool(result.converged),
        singular=singular,
        n_rows=len(spec.data),
        n_residents=len(set(spec.labels(spec.random[0].group))),
        engine="statsmodels",
        engine_version=str(statsmodels.__version__),
        problems=tuple(problems),
        raw=result,
        data=spec.data,
        **counts,
    )


def _levels(spec: ModelSpec, name: str) -> int:
    return int(spec.data[name].nunique()) if name in spec.data else 0


def _table(carried: _Carried, result: Any) -> pd.DataFrame:
    n = carried.n_terms
    table = pd.DataFrame({"term": [str(name) for name in carried.fixed.columns[:n]]})
    table["estimate"] = np.asarray(result.fe_params)[:n]
    table["std_error"] = np.asarray(result.bse_fe)[:n]
    for name in ("statistic", "df", "p_value", "conf_low", "conf_high"):
        table[name] = np.nan
    table["method"] = WITHHELD
    return table[list(TABLE_COLUMNS)]


def _variance_components(carried: _Carried, result: Any) -> pd.DataFrame:
    rows: list[tuple[str, str | None, str | None, float]] = []
    turn, outer = _standardised(carried), carried.outer
    covariance = turn @ np.atleast_2d(np.asarray(result.cov_re)) @ turn.T
    for i, name in enumerate(outer.columns):
        rows.append((outer.group, name, None, float(covariance[i, i])))
        rows += [(outer.group, outer.columns[j], name, float(covariance[i, j])) for j in range(i)]
    inner = [(term.group, name) for term in carried.inner for name in term.columns]
    for (group, name), value in zip(inner, np.atleast_1d(result.vcomp), strict=False):
        rows.append((group, name, None, float(value)))
    rows.append((RESIDUAL, None, None, float(result.scale)))
    return pd.DataFrame(rows, columns=list(VARIANCE_COLUMNS))


def _is_singular(result: Any) -> bool:
    covariance = np.atleast_2d(np.asarray(result.cov_re)) / result.scale
    smallest = [*np.linalg.eigvalsh(covariance), *(np.atleast_1d(result.vcomp) / result.scale)]
    return bool(min(smallest) < ZERO)


def _random_effects(carried: _Carried, result: Any) -> pd.DataFrame:
    """Return predicted deviations; a singular covariance, which MixedLM cannot invert, has none."""
    rows: list[tuple[str, str, str, float]] = []
    try:
        found = result.random_effects
    except (np.linalg.LinAlgError, ValueError):
        return pd.DataFrame(rows, columns=list(EFFECT_COLUMNS))
    own, turn = carried.outer.columns, _standardised(carried)
    for level, effects in found.items():
        values = np.asarray(effects)
        mine = turn @ values[: len(own)]
        rows += [(carried.outer.group, str(level), name, mine[i]) for i, name in enumerate(own)]
        for label, value in zip(effects.index[len(own) :], values[len(own) :], strict=True):
            part, _, inside = str(label).partition("[")
            group, _, name = part.partition("|")
            rows.append((group, inside.removesuffix("]"), name, value))
    return pd.DataFrame(rows, columns=list(EFFECT_COLUMNS))


ENGINE = Engine(fit_mixed)
