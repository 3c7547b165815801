"""A fitted model, in the same columns whatever engine fitted it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from evalkit.problems import Problem
from evalkit.texts.text import Language

TABLE_COLUMNS = (
    "term",
    "estimate",
    "std_error",
    "statistic",
    "df",
    "p_value",
    "conf_low",
    "conf_high",
    "method",
)
VARIANCE_COLUMNS = ("group", "term1", "term2", "value")
EFFECT_COLUMNS = ("group", "level", "term", "value")
INTERCEPT = "(Intercept)"
RESIDUAL = "Residual"


@dataclass(frozen=True)
class Fit:
    """Hold what an engine found; contrasts, figures and reports read these columns alone.

    Parameters
    ----------
    outcome : column that was fitted.
    table : DataFrame, one row a fixed term, `TABLE_COLUMNS`; what an engine cannot give is missing and
        `method` says why.
    variance_components : DataFrame, `VARIANCE_COLUMNS`: variances (`term2` missing) and covariances in
        squared units of the outcome; the residual variance stands under the group `Residual`.
    random_effects : DataFrame, `EFFECT_COLUMNS`: predicted deviations of each level of each group.
    criterion : REML deviance, minus twice the restricted log-likelihood, as lme4 prints it.
    converged : whether the optimiser came to rest.
    singular : whether a variance is zero, or a correlation one.
    n_rows, n_residents, n_sites, n_waves : counts of what the fit rests on.
    engine, engine_version : who fitted it.
    problems : what the reader of the fit must know.
    raw : the engine's own result.
    data : the rows fitted, in their order, with the columns that tell site, wave and respondent; None
        where an engine keeps none.
    """

    outcome: str
    table: pd.DataFrame
    variance_components: pd.DataFrame
    random_effects: pd.DataFrame
    criterion: float
    converged: bool
    singular: bool
    n_rows: int
    n_residents: int
    n_sites: int
    n_waves: int
    engine: str
    engine_version: str
    problems: tuple[Problem, ...] = ()
    raw: Any = None
    data: pd.DataFrame | None = field(default=None, repr=False)

    def facts(self, lang: Language = "en") -> dict[str, Any]:
        """Return the fit as plain values, for JSON: without random effects and the raw result."""
        return {
            "outcome": self.outcome,
            "table": records(self.table),
            "variance_components": records(self.variance_components),
            "criterion": self.criterion,
            "converged": self.converged,
            "singular": self.singular,
            "n_rows": self.n_rows,
            "n_residents": self.n_residents,
            "n_sites": self.n_sites,
            "n_waves": self.n_waves,
            "engine": self.engine,
            "engine_version": self.engine_version,
            "problems": [problem.facts(lang) for problem in self.problems],
        }


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain values; what is missing becomes None.

    Examples
    --------
    >>> records(pd.DataFrame({"term": ["a"], "df": [float("nan")]}))
    [{'term': 'a', 'df': None}]
    """
    whole = table.astype(object).where(table.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in whole.to_dict("records")]
