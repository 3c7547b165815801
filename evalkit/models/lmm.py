"""Fit a linear mixed model given by a formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, TypeVar, get_args, overload

import numpy as np

import evalkit
from evalkit.errors import ProblemsFound
from evalkit.mixed.arrays import Array
from evalkit.mixed.design import DesignFault
from evalkit.mixed.fitting import MixedFit, fit_mixed
from evalkit.mixed.residual_fitting import fit_residual
from evalkit.mixed.residual_parameters import autocorrelation as rho_of
from evalkit.mixed.wald import Inference, Method, wald_t
from evalkit.models.contrasts import tests_table
from evalkit.models.fit import Fit
from evalkit.models.formula import parse_formula
from evalkit.models.lmm_fit import LmmFit, effects_table, variance_table
from evalkit.models.model_frame import ModelFrame, make_model_frame
from evalkit.models.residual_terms import residual_terms
from evalkit.models.second_opinion import fit_by, known_engines
from evalkit.problems import Problem, error, note, warning

ENGINE = "mixed"
WITHHELD = "withheld: a variance is zero"

Found = TypeVar("Found", bound=LmmFit)
Weights = str | Sequence[float] | Array


@overload
def lmm(
    formula: str,
    data: Any,
    *,
    weights: Weights | None = None,
    residual_variance_by: str | None = None,
    autocorrelation: str | None = None,
    autocorrelation_within: str | None = None,
    reml: bool = True,
    inference: Method = "kenward-roger",
    engine: Literal["mixed"] = "mixed",
    level: float = 0.95,
) -> LmmFit: ...


@overload
def lmm(
    formula: str,
    data: Any,
    *,
    weights: Weights | None = None,
    residual_variance_by: str | None = None,
    autocorrelation: str | None = None,
    autocorrelation_within: str | None = None,
    reml: bool = True,
    inference: Method = "kenward-roger",
    engine: str,
    level: float = 0.95,
) -> Fit: ...


def lmm(
    formula: str,
    data: Any,
    *,
    weights: Weights | None = None,
    residual_variance_by: str | None = None,
    autocorrelation: str | None = None,
    autocorrelation_within: str | None = None,
    reml: bool = True,
    inference: Method = "kenward-roger",
    engine: str = ENGINE,
    level: float = 0.95,
) -> Fit:
    """Fit a linear mixed model.

    Parameters
    ----------
    formula : in the language of lme4, such as `cohesion ~ time * arm + (1 + time | respondent)`.
    data : pandas or polars frame, or a mapping of columns; rows with missing values are left out and
        counted.
    weights : inverse residual variances, if any: a column, or one number a row.
    residual_variance_by : column, such as `wave`, each level of which has a residual variance of its own;
        `site:wave` for combinations.
    autocorrelation : column of elapsed time, in any unit: residuals of one group that are dt apart correlate
        rho^|dt| (a continuous-time AR(1), 0 <= rho < 1).
    autocorrelation_within : its groups, by default the grouping of the formula with most levels.
    reml : restricted maximum likelihood, else maximum likelihood.
    inference : Kenward-Roger by default; `satterthwaite`; `asymptotic` gives normal intervals, which few
        groups do not bear. Kenward-Roger needs REML: a fit by maximum likelihood has Satterthwaite's in
        its place, withheld where a variance is zero.
    engine : evalkit's own; others, such as `statsmodels`, for a second opinion, give the columns of
        every fit and no methods.
    level : of the intervals.

    Returns
    -------
    The fit: `table`, `variance_components`, `random_effects`, `criterion`, `problems`, and methods to
    predict, simulate, test contrasts and terms.

    Raises
    ------
    ProblemsFound
        A formula that cannot be read, columns that are not there, a model that the data cannot bear.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame({"person": np.repeat(np.arange(30), 4), "time": np.tile(np.arange(4), 30)})
    >>> data["y"] = rng.normal(size=30)[data["person"]] + 0.5 * data["time"] + rng.normal(size=120)
    >>> fit = lmm("y ~ time + (1 | person)", data)
    >>> fit.table["term"].tolist(), fit.table["df"].round(1).tolist()[1]
    (['(Intercept)', 'time'], 89.0)
    """
    check_choices(inference, engine, level=level)
    residual = residual_terms(residual_variance_by, autocorrelation, autocorrelation_within)
    frame = make_model_frame(parse_formula(formula), data, weights, residual)
    if engine != ENGINE:
        return fit_by(engine, frame, reml=reml)
    try:
        fit = _fit_arrays(frame, reml)
    except DesignFault as fault:
        raise ProblemsFound([error(f"mixed.{fault.code}", **fault.values)]) from fault
    if inference == "kenward-roger" and not reml:
        return withheld(as_fit(fit, frame, "satterthwaite", level))
    return as_fit(fit, frame, inference, level)


def _fit_arrays(frame: ModelFrame, reml: bool) -> MixedFit:
    weights, names = frame.weights, frame.names
    if frame.residual is None:
        return fit_mixed(frame.y, frame.X, frame.terms, weights=weights, names=names, reml=reml)
    return fit_residual(
        frame.y, frame.X, frame.terms, frame.residual, weights=weights, names=names, reml=reml
    )


def check_choices(inference: str, engine: str = ENGINE, *, level: float) -> None:
    """Refuse ways of inference and engines that are not there, and levels outside 0 and 1."""
    problems = []
    if inference not in get_args(Method):
        known = ", ".join(get_args(Method))
        problems.append(error("mixed.no_method", method=str(inference), known=known))
    if engine != ENGINE and engine not in known_engines():
        problems.append(error("mixed.no_engine", engine=str(engine), known=", ".join(known_engines())))
    if not 0 < level < 1:
        problems.append(error("mixed.level_outside", level=str(level)))
    if problems:
        raise ProblemsFound(problems)


def withheld(fit: Found) -> Found:
    """Take tests and intervals away that nobody asked for by name and that may be far too sure."""
    if not fit.singular:
        return fit
    gone = dict.fromkeys(("statistic", "df", "p_value", "conf_low", "conf_high"), np.nan)
    others = [p for p in fit.problems if p.code != "mixed.satterthwaite_at_boundary"]
    said = warning("mixed.satterthwaite_withheld", outcome=fit.outcome)
    return replace(fit, table=fit.table.assign(**gone, method=WITHHELD), problems=(*others, said))


def as_fit(fit: MixedFit, frame: ModelFrame, method: Method, level: float) -> LmmFit:
    """Return an engine's fit in the columns of every fit."""
    known = Inference(fit)
    tests = wald_t(known, np.eye(len(fit.coefficients)), method, level)
    labels = {grouping.name: grouping.labels for grouping in frame.groupings}
    by_name = {factor.name: factor.levels for factor in fit.prepared.factors}
    counts = {f"n_{name}s": _levels(frame, name) for name in ("site", "wave")}
    return LmmFit(
        outcome=frame.formula.outcome,
        table=tests_table(tests, list(fit.names)),
        variance_components=variance_table(fit),
        random_effects=effects_table(fit, labels),
        criterion=fit.criterion,
        converged=fit.converged,
        singular=fit.singular,
        n_rows=fit.rows,
        n_residents=by_name.get("respondent", fit.prepared.factors[0].levels),
        **counts,
        engine="mixed",
        engine_version=evalkit.__version__,
        problems=(*frame.problems, *fit_problems(fit, frame.formula.outcome, method)),
        raw=fit,
        data=frame.data,
        frame=frame,
        inference=known,
        method=method,
        level=level,
    )


def _levels(frame: ModelFrame, name: str) -> int:
    return int(frame.data[name].nunique()) if name in frame.data else 0


def fit_problems(fit: MixedFit, outcome: str, method: Method) -> tuple[Problem, ...]:
    """Return what the reader of a fit must know: dropped columns, no optimum, parameters at a boundary."""
    problems = []
    if fit.dropped:
        problems.append(warning("mixed.columns_dropped", columns=", ".join(fit.dropped)))
    if not fit.converged:
        problems.append(warning("models.not_converged", outcome=outcome))
    if rho_of(fit) == 0.0:
        problems.append(note("mixed.autocorrelation_zero", outcome=outcome))
    if fit.singular:
        problems.append(note("models.singular", outcome=outcome))
        if method == "satterthwaite":
            problems.append(warning("mixed.satterthwaite_at_boundary", outcome=outcome))
    return tuple(problems)
