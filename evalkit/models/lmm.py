"""Fit a linear mixed model given by a formula."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

import evalkit
from evalkit.errors import ProblemsFound
from evalkit.mixed.design import DesignFault
from evalkit.mixed.fitting import MixedFit, fit_mixed
from evalkit.mixed.wald import Inference, Method, wald_t
from evalkit.models.formula import parse_formula
from evalkit.models.lmm_fit import LmmFit, effects_table, tests_table, variance_table
from evalkit.models.model_frame import ModelFrame, make_model_frame
from evalkit.problems import Problem, error, note, warning


def lmm(
    formula: str,
    data: Any,
    *,
    weights: str | None = None,
    reml: bool = True,
    inference: Method = "kenward-roger",
    engine: Literal["mixed"] = "mixed",
    level: float = 0.95,
) -> LmmFit:
    """Fit a linear mixed model.

    Parameters
    ----------
    formula : in the language of lme4, such as `cohesion ~ time * arm + (1 + time | respondent)`.
    data : pandas or polars DataFrame; rows with missing values are left out and counted.
    weights : column of inverse residual variances, if any.
    reml : restricted maximum likelihood, else maximum likelihood.
    inference : Kenward-Roger by default; `satterthwaite`; `asymptotic` gives normal intervals, which few
        groups do not bear. A fit by maximum likelihood has Satterthwaite's.
    engine : evalkit's own.
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
    frame = make_model_frame(parse_formula(formula), data, weights)
    try:
        fit = fit_mixed(frame.y, frame.X, frame.terms, weights=frame.weights, names=frame.names, reml=reml)
    except DesignFault as fault:
        raise ProblemsFound([error(f"mixed.{fault.code}", **fault.values)]) from fault
    method: Method = "satterthwaite" if inference == "kenward-roger" and not reml else inference
    return as_fit(fit, frame, method, level)


def as_fit(fit: MixedFit, frame: ModelFrame, method: Method, level: float) -> LmmFit:
    """Return an engine's fit in the columns of every fit."""
    known = Inference(fit)
    tests = wald_t(known, np.eye(len(fit.coefficients)), method, level)
    labels = {grouping.name: grouping.labels for grouping in frame.groupings}
    by_name = {factor.name: factor.levels for factor in fit.prepared.factors}
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
        n_sites=by_name.get("site", 0),
        n_waves=int(frame.data["wave"].nunique()) if "wave" in frame.data else 0,
        engine="mixed",
        engine_version=evalkit.__version__,
        problems=(*frame.problems, *fit_problems(fit, frame.formula.outcome, method)),
        raw=fit,
        frame=frame,
        inference=known,
        method=method,
        level=level,
    )


def fit_problems(fit: MixedFit, outcome: str, method: Method) -> tuple[Problem, ...]:
    """Return what the reader of a fit must know: dropped columns, no optimum, singular covariances."""
    problems = []
    if fit.dropped:
        problems.append(warning("mixed.columns_dropped", columns=", ".join(fit.dropped)))
    if not fit.converged:
        problems.append(warning("models.not_converged", outcome=outcome))
    if fit.singular:
        problems.append(note("models.singular", outcome=outcome))
        if method == "satterthwaite":
            problems.append(warning("mixed.satterthwaite_at_boundary", outcome=outcome))
    return tuple(problems)
