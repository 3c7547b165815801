"""Fit a cumulative link mixed model given by a formula."""

from __future__ import annotations

from typing import Any

from evalkit.mixed.quadrature.fitting import NODES
from evalkit.models.category_fit import CategoryFit
from evalkit.models.category_model import Weights, fit_frame, one_intercept, outcome_column
from evalkit.models.category_outcome import categories_present, code_outcome
from evalkit.models.model_frame import make_model_frame, needed_table, with_quoted_names
from evalkit.models.table import as_table


def clmm(
    formula: str, data: Any, *, weights: Weights | None = None, nodes: int = NODES, level: float = 0.95
) -> CategoryFit:
    """Fit a cumulative link mixed model (ordered categories, logit link) with one random intercept.

    Parameters
    ----------
    formula : such as `often ~ wave * arm + site + (1 | respondent)`; thresholds stand for the intercept.
    data : pandas or polars frame, or a mapping of columns. The outcome is numbers, in their order, or an
        ordered category; rows with missing values are left out and counted.
    weights : how many answers a row stands for, if not one: a column, or one number a row.
    nodes : of the adaptive Gauss-Hermite quadrature; 1 is Laplace's approximation, which is far off with
        one to three answers a person.
    level : of the intervals.

    Returns
    -------
    The fit: `table` with thresholds such as `1|2` first, `variance_components`, `random_effects`
    (conditional modes), `problems`, and `probabilities`, `differences` and `cells` of the population.

    Raises
    ------
    ProblemsFound
        Slopes or several groupings, categories without an order, separation, answers that cannot bear
        the model.

    References
    ----------
    Agresti 2010, Analysis of Ordinal Categorical Data, chapter 10.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame({"person": np.repeat(np.arange(60), 3), "wave": np.tile(["a", "b", "c"], 60)})
    >>> latent = rng.normal(size=60)[data["person"]] + (data["wave"] == "c") + rng.logistic(size=180)
    >>> fit = clmm("often ~ wave + (1 | person)", data.assign(often=np.digitize(latent, [-1, 1])))
    >>> fit.table["term"].tolist()
    ['0|1', '1|2', 'wave[T.b]', 'wave[T.c]']
    >>> fit.probabilities("wave", of="2")["estimate"].between(0, 1).all().item()
    True
    """
    parsed, table = one_intercept(formula, nodes, level), as_table(data)
    parsed = with_quoted_names(parsed, table)
    named = weights if isinstance(weights, str) else None
    name = outcome_column(parsed, [str(column) for column in table.columns])
    table = needed_table(table, parsed, named, ("wave", "site"))
    coded = code_outcome(table[name], name, ordered=True)
    frame = make_model_frame(parsed, table.assign(**{name: coded.codes}), weights)
    present = categories_present(frame.y, coded.labels, name)
    return fit_frame("ordinal", frame, present, nodes=nodes, level=level)
