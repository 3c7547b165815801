"""From a table and a formula to the arrays that the mixed-model engine takes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from formulaic import Formula, ModelSpec
from formulaic.errors import FormulaicError

from evalkit.errors import ProblemsFound
from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.design import RandomTerm
from evalkit.models.fit import INTERCEPT
from evalkit.models.formula import Bar, MixedFormula
from evalkit.problems import Place, Problem, error, note


@dataclass(frozen=True)
class Grouping:
    """Hold a grouping's levels.

    Parameters
    ----------
    name : such as `site:wave`. codes : (n,), from 0. labels : one a level, in order of appearance.
    """

    name: str
    codes: IntArray
    labels: npt.NDArray[np.object_]


@dataclass(frozen=True)
class ModelFrame:
    """Hold the arrays of a model, and how to make the same columns from other data.

    Parameters
    ----------
    formula : as parsed. data : the rows used, needed columns only.
    y, X, weights : (n,), (n, p), (n,) or None. names : p names.
    terms : random terms. groupings : one a term.
    fixed_spec, effect_specs : formulaic's record of the columns; none for a plain intercept.
    problems : notes about rows left out.
    """

    formula: MixedFormula
    data: pd.DataFrame
    y: Array
    X: Array
    weights: Array | None
    names: tuple[str, ...]
    terms: tuple[RandomTerm, ...]
    groupings: tuple[Grouping, ...]
    fixed_spec: ModelSpec
    effect_specs: tuple[ModelSpec | None, ...]
    problems: tuple[Problem, ...]


def make_model_frame(formula: MixedFormula, data: Any, weights: str | None = None) -> ModelFrame:
    """Make the arrays of a model.

    Parameters
    ----------
    formula : parsed.
    data : pandas or polars DataFrame. Text and categories become indicator columns, the first level the
        base; rows with a missing value in a needed column are left out, and counted by column.
    weights : column of inverse residual variances.

    Raises
    ------
    ProblemsFound
        Unknown columns, an outcome that is no number, no rows left, an expression that fails.
    """
    formula = with_quoted_names(formula, data)
    frame, notes = complete_rows(needed_table(data, formula, weights))
    y = outcome_of(formula.outcome, frame)
    fixed, names, fixed_spec = _matrix(formula.fixed, frame)
    parts = [_random_term(bar, frame) for bar in formula.bars]
    return ModelFrame(
        formula,
        frame,
        y,
        fixed,
        None if weights is None else frame[weights].to_numpy(dtype=float),
        names,
        tuple(term for term, _, _ in parts),
        tuple(grouping for _, grouping, _ in parts),
        fixed_spec,
        tuple(spec for _, _, spec in parts),
        notes,
    )


def group_codes(frame: pd.DataFrame, columns: tuple[str, ...]) -> Grouping:
    """Number the levels of a grouping, or of the combinations of several columns.

    Examples
    --------
    >>> group_codes(pd.DataFrame({"a": ["x", "x", "y"], "b": [1, 2, 1]}), ("a", "b")).labels.tolist()
    ['x:1', 'x:2', 'y:1']
    """
    codes, labels = pd.factorize(frame[columns[0]])
    names = np.asarray(labels.astype(str), dtype=object)
    for column in columns[1:]:
        own, others = pd.factorize(frame[column])
        joint, distinct = pd.factorize(codes.astype(np.int64) * len(others) + own)
        first, second = np.divmod(distinct, len(others))
        names = names[first] + ":" + np.asarray(others.astype(str), dtype=object)[second]
        codes = joint
    return Grouping(":".join(columns), codes.astype(np.intp), names)


def columns_for(spec: ModelSpec | None, frame: pd.DataFrame) -> Array:
    """Make the columns of a model from other data; without a specification, a constant."""
    if spec is None:
        return np.ones((len(frame), 1))
    return np.asarray(spec.get_model_matrix(frame, na_action="ignore").to_numpy(dtype=float))


def with_quoted_names(formula: MixedFormula, data: Any) -> MixedFormula:
    """Quote column names such as `Informed.liking`, which R takes as they are and Python does not."""
    odd = [name for name in map(str, data.columns) if not name.isidentifier()]
    names = "|".join(re.escape(name) for name in sorted(odd, key=len, reverse=True))
    if not odd or (formula.outcome in odd and len(odd) == 1):
        return formula

    def quoted(part: str) -> str:
        return re.sub(rf"(?<![\w.`])({names})(?![\w.`])", r"`\1`", part)

    bars = tuple(replace(bar, effects=quoted(bar.effects)) for bar in formula.bars)
    outcome = formula.outcome if formula.outcome in odd else quoted(formula.outcome)
    return replace(formula, outcome=outcome, fixed=quoted(formula.fixed), bars=bars)


def needed_table(data: Any, formula: MixedFormula, weights: str | None) -> pd.DataFrame:
    """Return the needed columns as a pandas frame, unused categories taken away."""
    columns = {str(name) for name in data.columns}
    try:
        needed = {formula.outcome} if formula.outcome in columns else _variables(formula.outcome)
        needed |= _variables(formula.fixed)
        for bar in formula.bars:
            needed |= _variables(bar.effects) | set(bar.group)
    except FormulaicError as failure:
        raise ProblemsFound([error("mixed.formula_unread", reason=str(failure))]) from failure
    needed |= {weights} if weights else set()
    names = [name for name in data.columns if name in needed]
    unknown = sorted(needed - set(names))
    if unknown:
        raise ProblemsFound([error("mixed.unknown_column", Place(column=name)) for name in unknown])
    if isinstance(data, pd.DataFrame):
        return pd.DataFrame({name: data[name] for name in names}, copy=False)
    return pd.DataFrame({name: data[name].to_numpy() for name in names})


def _variables(part: str) -> set[str]:
    quoted = set(re.findall(r"`([^`]+)`", part))
    bare = re.sub(r"`[^`]+`", "1", part)
    return quoted | {str(name) for name in _parsed(bare).required_variables}


@lru_cache(maxsize=256)
def _parsed(part: str) -> Formula:
    """Parse a formula once: simulations and bootstraps fit one formula many times."""
    return Formula(part)


def complete_rows(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Leave out rows with a missing value, and say how many by column."""
    notes: tuple[Problem, ...] = ()
    missing = {name: column.isna().to_numpy() for name, column in frame.items() if column.hasnans}
    if missing:
        lost = np.logical_or.reduce(list(missing.values()))
        by_column = ", ".join(f"{name} ({int(values.sum())})" for name, values in missing.items())
        notes = (note("mixed.rows_left_out", rows=int(lost.sum()), columns=by_column),)
        frame = frame.loc[~lost]
    if not len(frame):
        raise ProblemsFound([error("mixed.no_rows")])
    unused = {
        str(name): column.cat.remove_unused_categories()
        for name, column in frame.items()
        if isinstance(column.dtype, pd.CategoricalDtype)
    }
    if unused:
        frame = frame.assign(**unused)
    return (frame.reset_index(drop=True) if missing else frame), notes


def outcome_of(name: str, frame: pd.DataFrame) -> Array:
    """Return the outcome, a column or an expression, (rows,)."""
    if name in frame and not pd.api.types.is_numeric_dtype(frame[name]):
        raise ProblemsFound([error("mixed.outcome_not_number", Place(column=name))])
    if name in frame:
        return frame[name].to_numpy(dtype=float)
    values, _, _ = _matrix(f"0 + {name}", frame)
    return np.asarray(values[:, 0])


def _matrix(formula: str, frame: pd.DataFrame) -> tuple[Array, tuple[str, ...], ModelSpec]:
    try:
        matrix = _parsed(formula).get_model_matrix(frame, na_action="ignore")
    except FormulaicError as failure:
        raise ProblemsFound([error("mixed.formula_unread", reason=str(failure))]) from failure
    names = tuple(INTERCEPT if name == "Intercept" else str(name) for name in matrix.columns)
    return matrix.to_numpy(dtype=float), names, matrix.model_spec


def _random_term(bar: Bar, frame: pd.DataFrame) -> tuple[RandomTerm, Grouping, ModelSpec | None]:
    grouping = group_codes(frame, bar.group)
    if bar.effects == "1":
        return RandomTerm(grouping.codes, np.ones((len(frame), 1)), name=bar.name), grouping, None
    columns, names, spec = _matrix(bar.effects, frame)
    return RandomTerm(grouping.codes, columns, bar.correlated, bar.name, names), grouping, spec
