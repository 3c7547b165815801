"""From a table and a formula to the arrays that the mixed-model engine takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.mixed.arrays import Array
from evalkit.mixed.design import RandomTerm
from evalkit.mixed.residual_design import ResidualDesign
from evalkit.models.design_columns import ColumnSpec, design_columns, names_used
from evalkit.models.formula import Bar, MixedFormula
from evalkit.models.grouping import Grouping, group_codes
from evalkit.models.residual_terms import PLAIN, ResidualTerms, residual_design
from evalkit.models.table import as_frame, as_table, complete_rows
from evalkit.problems import Place, Problem, error, warning

WEIGHTS = "(weights)"


@dataclass(frozen=True)
class ModelFrame:
    """Hold the arrays of a model, and how to make the same columns from other data.

    Parameters
    ----------
    formula : as parsed. data : the rows used, needed columns only.
    y, X, weights : (n,), (n, p), (n,) or None. names : p names.
    terms : random terms. groupings : one a term.
    fixed_spec, effect_specs : how to make the columns; none for a plain intercept.
    problems : notes about rows left out.
    residual : what residual variances and correlations go by, if anything; `residual_terms` as columns.
    """

    formula: MixedFormula
    data: pd.DataFrame
    y: Array
    X: Array
    weights: Array | None
    names: tuple[str, ...]
    terms: tuple[RandomTerm, ...]
    groupings: tuple[Grouping, ...]
    fixed_spec: ColumnSpec
    effect_specs: tuple[ColumnSpec | None, ...]
    problems: tuple[Problem, ...]
    residual: ResidualDesign | None = None
    residual_terms: ResidualTerms = PLAIN


def make_model_frame(
    formula: MixedFormula,
    data: Any,
    weights: str | Sequence[float] | Array | None = None,
    residual: ResidualTerms = PLAIN,
) -> ModelFrame:
    """Make the arrays of a model.

    Parameters
    ----------
    formula : parsed.
    data : pandas or polars frame, or a mapping of columns. Text and categories become indicator columns,
        the first level the base; rows with a missing value in a needed column are left out, and counted
        by column, wave and site.
    weights : column of inverse residual variances, or one a row.
    residual : columns that residual variances and correlations go by.

    Raises
    ------
    ProblemsFound
        Unknown columns, an outcome that is no number, no rows left, an expression that fails.
    """
    data = as_table(data)
    formula = with_quoted_names(formula, data)
    weighted = weights if isinstance(weights, str) else None
    needed = needed_columns(formula, weighted) | residual.columns
    table = as_frame(data, needed, ("wave", "site"))
    if weights is not None and weighted is None:
        table, weighted = _with_weights(table, weights), WEIGHTS
        needed |= {WEIGHTS}
    frame, notes = complete_rows(table, needed, ("wave", "site"))
    check_kinds(frame, explaining_columns(formula), weighted)
    y = outcome_of(formula.outcome, frame)
    fixed = design_columns(formula.fixed, frame)
    parts = [_random_term(bar, frame) for bar in formula.bars]
    return ModelFrame(
        formula,
        frame,
        y,
        fixed.values,
        None if weighted is None else frame[weighted].to_numpy(dtype=float),
        fixed.names,
        tuple(term for term, _, _ in parts),
        tuple(grouping for _, grouping, _ in parts),
        fixed.spec,
        tuple(spec for _, _, spec in parts),
        (*notes, *_constant(formula, frame)),
        residual_design(residual, frame),
        residual,
    )


def needed_table(
    data: Any, formula: MixedFormula, weights: str | None, also: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the columns that a formula needs, and others when they are there, as a pandas frame."""
    return as_frame(data, needed_columns(formula, weights), also)


def needed_columns(formula: MixedFormula, weights: str | None) -> frozenset[str]:
    """Return the columns that every row must have a value in."""
    groups = {name for bar in formula.bars for name in bar.group}
    return frozenset(explaining_columns(formula) | groups | ({weights} if weights else set()))


def explaining_columns(formula: MixedFormula) -> set[str]:
    """Return the columns of the formula that are no groupings alone."""
    found = {formula.outcome} if formula.outcome.isidentifier() else set(names_used(formula.outcome))
    found |= names_used(formula.fixed)
    return found.union(*(names_used(bar.effects) for bar in formula.bars))


def with_quoted_names(formula: MixedFormula, data: Any) -> MixedFormula:
    """Quote column names such as `Informed.liking`, which R takes as they are and Python does not."""
    columns = [str(name) for name in data.columns]
    odd = [name for name in columns if name and not name.isidentifier()]
    names = "|".join(re.escape(name) for name in sorted(odd, key=len, reverse=True))
    if not odd:
        return formula

    def quoted(part: str) -> str:
        return re.sub(rf"(?<![\w.`])({names})(?![\w.`(])", r"`\1`", part)

    bars = tuple(replace(bar, effects=quoted(bar.effects)) for bar in formula.bars)
    return replace(formula, outcome=quoted(formula.outcome), fixed=quoted(formula.fixed), bars=bars)


def _with_weights(frame: pd.DataFrame, weights: Any) -> pd.DataFrame:
    values = np.asarray(weights, dtype=float)
    if values.shape != (len(frame),):
        raise ProblemsFound([error("mixed.weights_length", weights=values.size, rows=len(frame))])
    return frame.assign(**{WEIGHTS: values})


def check_kinds(frame: pd.DataFrame, explaining: set[str], weighted: str | None) -> None:
    """Refuse what is neither numbers nor categories, and weights in words."""
    problems = []
    for name in sorted(explaining & {str(column) for column in frame.columns}):
        code = _unfit(frame[name])
        problems += [error(code, Place(column=name))] if code else []
    if weighted is not None and not pd.api.types.is_numeric_dtype(frame[weighted]):
        problems.append(error("mixed.weights_not_numbers", Place(column=weighted)))
    if problems:
        raise ProblemsFound(problems)


def _unfit(column: pd.Series) -> str | None:
    kinds, dtype = pd.api.types, column.dtype
    time = kinds.is_datetime64_any_dtype(dtype) or kinds.is_timedelta64_dtype(dtype)
    if time or isinstance(dtype, pd.PeriodDtype):
        return "mixed.column_is_date"
    if kinds.is_complex_dtype(dtype) or (
        kinds.is_object_dtype(dtype) and kinds.infer_dtype(column) != "string"
    ):
        return "mixed.column_kind"
    return None


def _constant(formula: MixedFormula, frame: pd.DataFrame) -> tuple[Problem, ...]:
    """Say which categories of the fixed part have one level, and so no column."""
    names = [name for name in frame.columns if name in names_used(formula.fixed)]
    alone = [n for n in names if not pd.api.types.is_numeric_dtype(frame[n]) and frame[n].nunique() < 2]
    return (warning("mixed.columns_dropped", columns=", ".join(alone)),) if alone else ()


def outcome_of(written: str, frame: pd.DataFrame) -> Array:
    """Return the outcome, a column or an expression, (rows,)."""
    name = written.strip("`")
    if name in frame:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            raise ProblemsFound([error("mixed.outcome_not_number", Place(column=name))])
        return frame[name].to_numpy(dtype=float)
    values = design_columns(f"0 + {written}", frame).values
    if values.shape[1] != 1:
        raise ProblemsFound([error("mixed.outcome_not_number", Place(column=written))])
    return np.asarray(values[:, 0])


def _random_term(bar: Bar, frame: pd.DataFrame) -> tuple[RandomTerm, Grouping, ColumnSpec | None]:
    grouping = group_codes(frame, bar.group)
    if bar.effects == "1":
        return RandomTerm(grouping.codes, np.ones((len(frame), 1)), name=bar.name), grouping, None
    columns = design_columns(bar.effects, frame)
    term = RandomTerm(grouping.codes, columns.values, bar.correlated, bar.name, columns.names)
    return term, grouping, columns.spec
