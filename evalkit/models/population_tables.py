"""The population's probabilities under a model of categories, and their differences, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.mixed.arrays import Array
from evalkit.mixed.quadrature.population import (
    CellValues,
    Intervals,
    Population,
    difference_intervals,
    differences,
    population_probabilities,
    probability_intervals,
)
from evalkit.models.design_columns import columns_for, names_used
from evalkit.models.fit import INTERCEPT
from evalkit.models.predicting import categories_of, levels_of
from evalkit.problems import Place, Problem, error

if TYPE_CHECKING:
    from evalkit.models.category_fit import CategoryFit

# A number with more different values than this is not taken level by level.
MOST_LEVELS = 12
# A setting is told by the data when the columns left out follow from the others there as they do in the data.
OUTSIDE = 1e-6

Wanted = str | Sequence[str] | Mapping[str, float] | None


@dataclass(frozen=True)
class Cells:
    """Hold estimates of cells with their covariance, as a second stage takes them.

    Parameters
    ----------
    labels : DataFrame, one row a cell, the columns of `by`.
    estimate, covariance : (K,), (K, K); not a number where the data hold nothing that would tell.
    """

    labels: pd.DataFrame
    estimate: Array
    covariance: Array


@dataclass(frozen=True)
class _Averaged:
    labels: pd.DataFrame
    population: Population
    told: npt.NDArray[np.bool_]


def probability_table(
    fit: CategoryFit, by: str | Sequence[str] = (), *, at: Mapping[str, Any] | None = None, of: Wanted = None
) -> pd.DataFrame:
    """Return probabilities averaged over the random effect and over everyone's covariates.

    Parameters
    ----------
    fit : of `evalkit.clmm` or `evalkit.logistic`.
    by : columns whose levels, or combinations of levels, everyone is set to in turn.
    at : values that everyone has in other columns, such as `{"arm": "intervention"}`; columns that are
        in neither stay as they are.
    of : a category, or several whose probabilities are added; by default each category, and of two
        the second.

    Returns
    -------
    Columns of `by`, then `category, estimate, std_error, conf_low, conf_high`. Intervals are made on
    the logit scale, so that they lie between 0 and 1; they take sites as fixed.

    Raises
    ------
    ProblemsFound
        Columns that are not in the fixed part, levels or categories that are not there.
    """
    found = _averaged(fit, by, at)
    parts = [
        _table(found.labels, name, found.population.of(scores), found.told, probability_intervals, fit.level)
        for name, scores in _scores(fit, of)
    ]
    return pd.concat(parts, ignore_index=True)


def difference_table(
    fit: CategoryFit, by: str | Sequence[str], *, at: Mapping[str, Any] | None = None, of: Wanted = None
) -> pd.DataFrame:
    """Return the differences of all pairs of settings, later less earlier; see `probability_table`.

    Returns
    -------
    Columns `term`, such as `w2 - w1`, `category, estimate, std_error, conf_low, conf_high`. No p-value:
    a contrast between sites is tested in two stages, from `cells`.
    """
    found = _averaged(fit, by, at)
    names = [":".join(map(str, row)) for row in found.labels.itertuples(index=False)]
    pairs = list(combinations(range(len(names)), 2))
    labels = pd.DataFrame({"term": [f"{names[b]} - {names[a]}" for a, b in pairs]})
    told = np.array([found.told[a] and found.told[b] for a, b in pairs], dtype=bool)
    parts = []
    for name, scores in _scores(fit, of):
        apart = differences(found.population.of(scores), pairs)
        parts.append(_table(labels, name, apart, told, difference_intervals, fit.level))
    return pd.concat(parts, ignore_index=True)


def cells(
    fit: CategoryFit, by: str | Sequence[str], *, at: Mapping[str, Any] | None = None, of: Wanted = None
) -> Cells:
    """Return one number a setting, with the covariance of all: what a two-stage test of sites starts from.

    Parameters
    ----------
    fit, by, at : as of `probability_table`; `by=("site", "wave")` for a model of `site * wave`.
    of : a category or several, or scores by category for a mean score; by default the second of two
        categories, and of more the mean of their places, from 1.
    """
    found = _averaged(fit, by, at)
    if of is None and len(fit.categories) > 2:
        of = {label: float(k + 1) for k, label in enumerate(fit.categories)}
    ((_, scores),) = _scores(fit, of)
    values = found.population.of(scores)
    both = found.told[:, None] & found.told
    return Cells(
        found.labels,
        np.where(found.told, values.estimate, np.nan),
        np.where(both, values.covariance, np.nan),
    )


def _table(
    labels: pd.DataFrame,
    name: str,
    values: CellValues,
    told: npt.NDArray[np.bool_],
    intervals: Any,
    level: float,
) -> pd.DataFrame:
    ends: Intervals = intervals(values, level)
    columns = {
        "estimate": values.estimate,
        "std_error": values.std_errors,
        "conf_low": ends.low,
        "conf_high": ends.high,
    }
    table = pd.DataFrame(columns)
    table.loc[~told] = np.nan
    table.insert(0, "category", name)
    return pd.concat([labels, table], axis=1)


def _scores(fit: CategoryFit, of: Wanted) -> list[tuple[str, Array]]:
    """Return what is asked of the categories: names, and a score for each category (C,)."""
    labels = list(fit.categories)
    if of is None:
        chosen = labels[1:] if len(labels) == 2 else labels
        return [(label, np.eye(len(labels))[labels.index(label)]) for label in chosen]
    if isinstance(of, Mapping):
        wanted = {str(label): float(score) for label, score in of.items()}
    else:
        wanted = dict.fromkeys([of] if isinstance(of, str) else [str(label) for label in of], 1.0)
    unknown = [label for label in wanted if label not in labels]
    if unknown:
        known = ", ".join(labels)
        raise ProblemsFound([error("clmm.unknown_category", category=n, known=known) for n in unknown])
    return [(" + ".join(wanted), np.array([wanted.get(label, 0.0) for label in labels]))]


def _averaged(fit: CategoryFit, by: str | Sequence[str], at: Mapping[str, Any] | None) -> _Averaged:
    over, fixed = [by] if isinstance(by, str) else list(by), dict(at or {})
    data = fit.frame.data
    used = [str(name) for name in data.columns if name in names_used(fit.frame.formula.fixed)]
    levels = _levels(fit, used, over, fixed)
    weights = np.ones(len(data)) if fit.frame.weights is None else fit.frame.weights
    people, shares = _different_people(data, [n for n in used if n not in {*over, *fixed}], weights)
    rows = [dict(zip(over, values, strict=True)) for values in product(*(levels[n] for n in over))]
    settings = [columns_for(fit.frame.fixed_spec, _set(people, data, {**fixed, **row})) for row in rows]
    told = np.array([_told(fit, setting) for setting in settings], dtype=bool)
    kept = [list(fit.frame.names).index(name) for name in fit.raw.answers.names]
    population = population_probabilities(fit.raw, [setting[:, kept] for setting in settings], shares)
    return _Averaged(pd.DataFrame(rows, columns=over), population, told)


def _levels(
    fit: CategoryFit, used: list[str], over: list[str], fixed: Mapping[str, Any]
) -> dict[str, list[Any]]:
    """Return the levels of the columns of `by`; refuse columns and levels that are not there."""
    data, found = fit.frame.data, {}
    taken = set(categories_of(fit.frame.fixed_spec, data))
    problems: list[Problem] = []
    for name in (*over, *fixed):
        if name not in used:
            problems.append(error("mixed.unknown_term", term=name, known=", ".join(used)))
        elif name in over and name not in taken and data[name].nunique() > MOST_LEVELS:
            problems.append(error("mixed.not_a_factor", term=name, known=", ".join(sorted(taken))))
        elif name in taken and name in fixed and fixed[name] not in levels_of(data[name]):
            problems.append(error("mixed.unseen_level", Place(column=name), values=str(fixed[name])))
        else:
            found[name] = levels_of(data[name])
    if problems:
        raise ProblemsFound(problems)
    return found


def _different_people(data: pd.DataFrame, names: list[str], weights: Array) -> tuple[pd.DataFrame, Array]:
    """Return rows that differ in what is not set, and the weight of each."""
    if not names:
        return data.head(1), np.array([weights.sum()])
    code = data.groupby(names, sort=False, observed=True).ngroup()
    return data.loc[~code.duplicated()], np.bincount(code, weights).astype(float)


def _set(people: pd.DataFrame, data: pd.DataFrame, values: Mapping[str, Any]) -> pd.DataFrame:
    columns = {name: pd.Series([value] * len(people), index=people.index) for name, value in values.items()}
    typed = {name: column.astype(data[name].dtype) for name, column in columns.items()}
    return people.assign(**typed)


def _told(fit: CategoryFit, setting: Array) -> bool:
    """Return whether columns left out of the fit follow from the others here as they do in the data."""
    names = list(fit.frame.names)
    kept = [names.index(name) for name in fit.raw.answers.names]
    out = [k for k, name in enumerate(names) if k not in kept and name != INTERCEPT]
    if not out:
        return True
    constant = np.ones((len(fit.frame.X), 1))
    follow = np.linalg.lstsq(np.hstack([constant, fit.frame.X[:, kept]]), fit.frame.X[:, out])[0]
    left = setting[:, out] - np.hstack([constant[: len(setting)], setting[:, kept]]) @ follow
    return bool(np.abs(left).max(initial=0.0) < OUTSIDE * (1 + np.abs(fit.frame.X[:, out]).max()))
