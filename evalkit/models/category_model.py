"""Fit a model of categories given by a formula: what `clmm` and `logistic` share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

import evalkit
from evalkit.errors import ProblemsFound
from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.design import DesignFault
from evalkit.mixed.quadrature.fitting import QuadratureFit, fit_logistic, fit_ordinal
from evalkit.models.category_fit import (
    CategoryFit,
    category_problems,
    fixed_table,
    intercept_effects,
    intercept_variance,
)
from evalkit.models.category_outcome import Present
from evalkit.models.fit import INTERCEPT
from evalkit.models.formula import MixedFormula, parse_formula
from evalkit.models.model_frame import ModelFrame
from evalkit.problems import Place, Problem, error

Weights = str | Sequence[float] | Array
# Faults of arrays that every engine words alike.
SHARED = ("shapes_disagree", "not_finite")


def one_intercept(formula: str, nodes: int, level: float) -> MixedFormula:
    """Parse the formula of a model with one random intercept.

    Raises
    ------
    ProblemsFound
        Several random terms, slopes, an outcome that is no column; nodes below one; a level outside 0
        and 1.
    """
    parsed = parse_formula(formula)
    problems = []
    if len(parsed.bars) > 1:
        problems.append(error("clmm.one_group_only", groups=", ".join(bar.name for bar in parsed.bars)))
    problems += [error("clmm.no_slopes", effects=bar.effects) for bar in parsed.bars if bar.effects != "1"]
    if not isinstance(nodes, int) or nodes < 1:
        problems.append(error("clmm.no_nodes", nodes=str(nodes)))
    if not 0 < level < 1:
        problems.append(error("mixed.level_outside", level=str(level)))
    if problems:
        raise ProblemsFound(problems)
    return parsed


def outcome_column(formula: MixedFormula, columns: Sequence[str]) -> str:
    """Return the outcome's column; an expression is refused, since its categories would have no names."""
    name = formula.outcome.strip("`")
    if name not in columns:
        raise ProblemsFound([error("clmm.outcome_not_column", Place(column=name))])
    return name


def fit_frame(
    kind: Literal["ordinal", "logistic"],
    frame: ModelFrame,
    outcome: Present,
    counts: tuple[IntArray, Array, IntArray] | None = None,
    *,
    nodes: int,
    level: float,
    constant: float = 0.0,
) -> CategoryFit:
    """Fit a model frame.

    Parameters
    ----------
    counts : categories, weights and rows of the frame that they belong to, where a row stands for
        several answers. constant : of the log-likelihood.

    Raises
    ------
    ProblemsFound
        A model that the data cannot bear.
    """
    wanted = [k for k, name in enumerate(frame.names) if kind == "logistic" or name != INTERCEPT]
    names = tuple(frame.names[k] for k in wanted)
    weights = np.ones(len(frame.y)) if frame.weights is None else frame.weights
    codes, wide, rows = counts or (outcome.codes, weights, np.arange(len(frame.y)))
    fixed, groups = frame.X[rows][:, wanted], frame.terms[0].codes[rows]
    fitted = fit_logistic if kind == "logistic" else fit_ordinal
    try:
        found = fitted(codes, fixed, groups, weights=wide, names=names, nodes=nodes)
    except DesignFault as fault:
        raise ProblemsFound([fault_problem(fault)]) from fault
    problems = (*frame.problems, *outcome.problems, *category_problems(found, names, frame.formula.outcome))
    return _as_fit(found, frame, outcome.labels, problems, level, constant)


def fault_problem(fault: DesignFault) -> Problem:
    """Return an engine's fault as a problem."""
    return error(f"{'mixed' if fault.code in SHARED else 'clmm'}.{fault.code}", **fault.values)


def _as_fit(
    found: QuadratureFit,
    frame: ModelFrame,
    labels: tuple[str, ...],
    problems: tuple[Problem, ...],
    level: float,
    constant: float,
) -> CategoryFit:
    (term,), (grouping,) = frame.terms, frame.groupings
    counts = {name: int(frame.data[name].nunique()) if name in frame.data else 0 for name in ("site", "wave")}
    there = np.unique(term.codes)
    return CategoryFit(
        outcome=frame.formula.outcome.strip("`"),
        table=fixed_table(found, labels, level),
        variance_components=intercept_variance(found, term.name),
        random_effects=intercept_effects(found, term.name, grouping.labels[there]),
        criterion=-2 * (found.log_likelihood + constant),
        converged=found.converged,
        singular=found.boundary,
        n_rows=len(frame.y),
        n_residents=len(there),
        n_sites=counts["site"],
        n_waves=counts["wave"],
        engine="quadrature",
        engine_version=evalkit.__version__,
        problems=problems,
        raw=found,
        frame=frame,
        categories=labels,
        level=level,
    )
