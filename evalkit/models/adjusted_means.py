"""Adjusted means of a mixed model: what it expects of each category, all else the same for all."""

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
from evalkit.mixed.wald import wald_t
from evalkit.models.design_columns import columns_for, names_used
from evalkit.models.predicting import categories_of, levels_of
from evalkit.problems import error

if TYPE_CHECKING:
    from evalkit.models.lmm_fit import LmmFit

# A combination of columns is a mean that the data tell when it has no part outside the rows' space.
OUTSIDE = 1e-8

Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Means:
    """Hold combinations of the model's columns, one a mean: `rows` (k, p), `labels` one row a mean."""

    rows: Array
    labels: pd.DataFrame


def adjusted_means(
    fit: LmmFit, over: str | Sequence[str], *, at: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Return adjusted (marginal) means.

    Parameters
    ----------
    fit : of `evalkit.lmm`.
    over : categories whose levels, or combinations of levels, get a mean each.
    at : values of other columns, such as `{"time": 2.0}`. Otherwise numbers stand at their mean over
        the rows fitted, and the levels of other categories weigh the same.

    Returns
    -------
    Columns of `over`, then `estimate, std_error, df, conf_low, conf_high, method`; missing where the
    data hold no row that would tell.

    Raises
    ------
    ProblemsFound
        Columns that are no categories of the fixed part.

    References
    ----------
    Searle, Speed & Milliken 1980, The American Statistician 34:216 (population marginal means).
    """
    means = _means(fit, [over] if isinstance(over, str) else list(over), dict(at or {}))
    tests = _tests(fit, means.rows).drop(columns=["statistic", "p_value"])
    return pd.concat([means.labels, tests], axis=1)


def adjusted_differences(
    fit: LmmFit, over: str | Sequence[str], *, at: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Return the differences of all pairs of adjusted means, later less earlier level.

    Returns
    -------
    Column `term`, such as `w2 - w1`, then those of `fit.table`; no correction for several tests.
    """
    means = _means(fit, [over] if isinstance(over, str) else list(over), dict(at or {}))
    names = [":".join(map(str, row)) for row in means.labels.itertuples(index=False)]
    pairs = list(combinations(range(len(names)), 2))
    rows = np.array([means.rows[b] - means.rows[a] for a, b in pairs]).reshape(len(pairs), -1)
    labels = pd.DataFrame({"term": [f"{names[b]} - {names[a]}" for a, b in pairs]})
    return pd.concat([labels, _tests(fit, rows)], axis=1)


def _tests(fit: LmmFit, rows: Array) -> pd.DataFrame:
    kept = list(fit.mixed.prepared.scaled.kept)
    found = wald_t(fit.inference, rows[:, kept], fit.method, fit.level)
    names = ("estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high")
    table = pd.DataFrame({name: getattr(found, name) for name in names})
    table.loc[~_told(fit, rows)] = np.nan
    return table.assign(method=fit.method)


def _told(fit: LmmFit, rows: Array) -> Truth:
    """Return which combinations lie in the row space of the columns; all do unless some were dropped."""
    if not fit.mixed.dropped:
        return np.ones(len(rows), dtype=bool)
    columns = fit.frame.X
    scale = np.sqrt((columns**2).mean(axis=0))
    scale[scale == 0] = 1.0
    _, values, right = np.linalg.svd((columns / scale).T @ (columns / scale))
    rank = int((values > values[0] * OUTSIDE).sum())
    turned = rows * (1 / scale)
    inside: Truth = np.abs(turned @ right[rank:].T).max(axis=1) <= OUTSIDE * np.abs(turned).max(axis=1)
    return inside


def _means(fit: LmmFit, over: list[str], at: dict[str, Any]) -> _Means:
    fitted, spec = fit.frame.data, fit.frame.fixed_spec
    used = [name for name in fitted.columns if name in names_used(fit.frame.formula.fixed)]
    categories = [
        name for name in used if name in set(categories_of(spec, fitted)) or fitted[name].dtype == bool
    ]
    problems = [
        error("mixed.not_a_factor", term=name, known=", ".join(categories))
        for name in over
        if name not in categories
    ]
    problems += [
        error("mixed.unknown_term", term=name, known=", ".join(used)) for name in at if name not in used
    ]
    if problems:
        raise ProblemsFound(problems)
    values = {name: _values(fitted[name], name in categories, at.get(name)) for name in used}
    order = [*over, *(name for name in used if name not in over)]
    grid = pd.DataFrame(list(product(*(values[name] for name in order))), columns=order)
    for name in used:
        if isinstance(fitted[name].dtype, pd.CategoricalDtype):
            grid[name] = pd.Categorical(grid[name], categories=fitted[name].cat.categories)
    rows = columns_for(spec, grid)
    each = len(grid) // int(np.prod([len(values[name]) for name in over]))
    labels = grid[over].iloc[::each].reset_index(drop=True)
    return _Means(rows.reshape(len(labels), each, -1).mean(axis=1), labels)


def _values(column: pd.Series, category: bool, wanted: Any) -> list[Any]:
    if wanted is not None:
        return [wanted] if np.isscalar(wanted) else list(wanted)
    return levels_of(column) if category else [float(column.mean())]
