"""Predict outcomes of other rows from a mixed model; and its random effects with their uncertainty."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.mixed.arrays import Array
from evalkit.mixed.effects import random_effects
from evalkit.models.design_columns import ColumnSpec, columns_for, names_used
from evalkit.models.fit import EFFECT_COLUMNS
from evalkit.models.grouping import group_codes
from evalkit.models.table import as_frame
from evalkit.problems import Place, Problem, error

if TYPE_CHECKING:
    from evalkit.models.lmm_fit import LmmFit


def predict(fit: LmmFit, data: Any, *, conditional: bool = True) -> Array:
    """Predict outcomes.

    Parameters
    ----------
    fit : of `evalkit.lmm`.
    data : pandas or polars frame with the columns of the formula; the outcome need not be there.
    conditional : with the predicted effects of levels that were fitted; new levels, and missing ones,
        count as the population's. False: the population for all.

    Returns
    -------
    (rows,); missing where a needed value is.

    Raises
    ------
    ProblemsFound
        Columns that are not there; categories that the model was not fitted to.
    """
    frame, formula = fit.frame, fit.frame.formula
    bars = formula.bars if conditional else ()
    fixed = names_used(formula.fixed)
    effects = frozenset[str]().union(*(names_used(bar.effects) for bar in bars))
    table = as_frame(data, fixed | effects | {name for bar in bars for name in bar.group})
    specs = (frame.fixed_spec, *(frame.effect_specs if conditional else ()))
    _check_levels(specs, frame.data, table)
    whole = table[sorted(fixed | effects)].notna().all(axis=1).to_numpy()
    expected = np.full(len(table), np.nan)
    expected[whole] = _expected(fit, table.loc[whole].reset_index(drop=True), conditional)
    return expected


def _expected(fit: LmmFit, table: pd.DataFrame, conditional: bool) -> Array:
    kept = list(fit.mixed.prepared.scaled.kept)
    expected = columns_for(fit.frame.fixed_spec, table)[:, kept] @ fit.mixed.coefficients
    if not conditional or not len(table):
        return np.asarray(expected)
    known = dict(iter(fit.random_effects.groupby("group", sort=False)))
    for k, term in enumerate(fit.frame.terms):
        rows = known[_home(fit, k)]
        wanted = rows[rows["term"].isin(term.effects)]
        effects = wanted.pivot(index="level", columns="term", values="value")[list(term.effects)]
        there = group_codes(table, fit.frame.formula.bars[k].group)
        values = effects.reindex(there.labels).fillna(0.0).to_numpy()
        own = np.zeros((len(table), len(term.effects)))
        own[there.codes >= 0] = values[there.codes[there.codes >= 0]]
        expected = expected + (columns_for(fit.frame.effect_specs[k], table) * own).sum(axis=1)
    return np.asarray(expected)


def _home(fit: LmmFit, place: int) -> str:
    """Return the name under which the engine holds a term's effects: groupings with the same groups merge."""
    name, codes = fit.frame.formula.bars[place].name, fit.frame.terms[place].codes
    if any(factor.name == name for factor in fit.mixed.prepared.factors):
        return name
    return next(f.name for f in fit.mixed.prepared.factors if np.array_equal(f.codes, codes))


def _check_levels(specs: Iterable[ColumnSpec | None], fitted: pd.DataFrame, table: pd.DataFrame) -> None:
    problems: dict[str, Problem] = {}
    for spec in specs:
        for name in categories_of(spec, fitted):
            new = sorted(
                {str(v) for v in table[name].dropna().unique()} - set(levels_of(fitted[name], text=True))
            )
            if new:
                values = ", ".join(new[:5])
                problems[name] = error("mixed.unseen_level", Place(column=name), values=values)
    if problems:
        raise ProblemsFound(list(problems.values()))


def categories_of(spec: ColumnSpec | None, fitted: pd.DataFrame) -> list[str]:
    """Return the columns that a model takes as categories, by themselves or in `C()`."""
    state = getattr(spec, "encoder_state", {})
    found = []
    for factor, (kind, _) in state.items():
        if "categorical" in str(kind).lower():
            name = str(factor).strip("`")
            found += [name] if name in fitted else [n for n in names_used(str(factor)) if n in fitted]
    return list(dict.fromkeys(found))


def levels_of(column: pd.Series, *, text: bool = False) -> list[Any]:
    """Return the levels of a column in their order: categories as they are, others sorted."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        levels = list(column.cat.categories)
    else:
        levels = sorted(column.dropna().unique())
    return [str(level) for level in levels] if text else levels


def effects_with_errors(fit: LmmFit) -> pd.DataFrame:
    """Return predicted random effects with their conditional standard errors.

    Returns
    -------
    Columns `group, level, term, value, std_error`, rows as in `random_effects`; standard errors hold the
    fixed effects and the variances as known, as lme4's do.
    """
    found = {effects.name: effects for effects in random_effects(fit.mixed)}
    table = fit.random_effects[list(EFFECT_COLUMNS)].copy()
    errors = [
        np.sqrt(np.maximum(np.diagonal(found[name].variances, axis1=1, axis2=2), 0.0)).ravel()
        for name in table["group"].unique()
    ]
    return table.assign(std_error=np.concatenate(errors))
