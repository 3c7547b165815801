"""Fit a logistic mixed model given by a formula."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import gammaln

from evalkit.errors import ProblemsFound
from evalkit.mixed.quadrature.fitting import NODES
from evalkit.models.category_fit import CategoryFit
from evalkit.models.category_model import Weights, fit_frame, one_intercept, outcome_column
from evalkit.models.category_outcome import Present, categories_present, code_outcome
from evalkit.models.model_frame import ModelFrame, make_model_frame, needed_table, with_quoted_names
from evalkit.models.table import as_table
from evalkit.problems import Place, error


def logistic(
    formula: str, data: Any, *, totals: Weights | None = None, nodes: int = NODES, level: float = 0.95
) -> CategoryFit:
    """Fit a logistic mixed model (yes or no) with one random intercept.

    Parameters
    ----------
    formula : such as `afraid ~ wave * arm + site + (1 | respondent)`.
    data : pandas or polars frame, or a mapping of columns. The outcome has two values, of which the
        second in order is modelled; rows with missing values are left out and counted.
    totals : where the outcome counts the yes among several answers, how many there were: a column, or
        one number a row.
    nodes : of the adaptive Gauss-Hermite quadrature; 1 is Laplace's approximation, which is far off with
        one to three answers a person.
    level : of the intervals.

    Returns
    -------
    The fit, as of `evalkit.clmm`.

    Raises
    ------
    ProblemsFound
        Slopes or several groupings, more than two values, counts beyond their totals, separation,
        answers that cannot bear the model.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame({"person": np.repeat(np.arange(90), 3), "wave": np.tile(["a", "b", "c"], 90)})
    >>> latent = rng.normal(size=90)[data["person"]] + (data["wave"] == "c") + rng.logistic(size=270)
    >>> fit = logistic("yes ~ wave + (1 | person)", data.assign(yes=latent > 0))
    >>> fit.differences("wave")["term"].tolist()
    ['b - a', 'c - a', 'c - b']
    """
    parsed, table = one_intercept(formula, nodes, level), as_table(data)
    parsed = with_quoted_names(parsed, table)
    named = totals if isinstance(totals, str) else None
    name = outcome_column(parsed, [str(column) for column in table.columns])
    table = needed_table(table, parsed, named, ("wave", "site"))
    if totals is not None:
        return _fit_counts(make_model_frame(parsed, table, totals), name, nodes, level)
    coded = code_outcome(table[name], name, ordered=False)
    frame = make_model_frame(parsed, table.assign(**{name: coded.codes}))
    present = categories_present(frame.y, coded.labels, name)
    return fit_frame("logistic", frame, present, nodes=nodes, level=level)


def _fit_counts(frame: ModelFrame, name: str, nodes: int, level: float) -> CategoryFit:
    """Fit counts as the answers that they are made of, yes and no of each row."""
    yes, totals = frame.y, np.asarray(frame.weights, dtype=float)
    wrong = (yes < 0) | (yes > totals) | (yes % 1 != 0) | (totals % 1 != 0)
    if wrong.any():
        raise ProblemsFound([error("clmm.counts", Place(column=name), rows=int(wrong.sum()))])
    rows = np.arange(len(yes))
    codes = np.repeat(np.array([1, 0], dtype=np.intp), len(yes))
    counts = (codes, np.concatenate([yes, totals - yes]), np.concatenate([rows, rows]))
    constant = float((gammaln(totals + 1) - gammaln(yes + 1) - gammaln(totals - yes + 1)).sum())
    present = Present(codes, ("no", "yes"), ())
    return fit_frame("logistic", frame, present, counts, nodes=nodes, level=level, constant=constant)
