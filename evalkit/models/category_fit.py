"""A fitted model of categories: the columns of every fit, and the population's probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from evalkit.mixed.quadrature.fitting import QuadratureFit
from evalkit.models.fit import EFFECT_COLUMNS, INTERCEPT, TABLE_COLUMNS, VARIANCE_COLUMNS, Fit
from evalkit.models.model_frame import ModelFrame
from evalkit.models.population_tables import (
    Cells,
    Wanted,
    cells,
    difference_table,
    probability_table,
)
from evalkit.problems import Problem, note, warning

METHOD = "asymptotic"


@dataclass(frozen=True)
class CategoryFit(Fit):
    """Hold a fit of `evalkit.clmm` or `evalkit.logistic`; `raw` is the engine's `QuadratureFit`.

    Parameters
    ----------
    frame : the model's arrays, and how to make its columns from other data.
    categories : labels of the outcome's categories, in order; of two, the second is modelled.
    level : of the intervals.
    """

    frame: ModelFrame = field(kw_only=True, repr=False)
    categories: tuple[str, ...] = field(kw_only=True)
    level: float = 0.95

    @property
    def sd(self) -> float:
        """Return the standard deviation of the random intercept, in logits."""
        return float(self.raw.sd)

    @property
    def log_likelihood(self) -> float:
        """Return the log-likelihood, constants of binomial counts included."""
        return -self.criterion / 2

    def probabilities(
        self, by: str | Sequence[str] = (), *, at: Mapping[str, Any] | None = None, of: Wanted = None
    ) -> pd.DataFrame:
        """Return the population's probabilities; see `population_tables.probability_table`."""
        return probability_table(self, by, at=at, of=of)

    def differences(
        self, by: str | Sequence[str], *, at: Mapping[str, Any] | None = None, of: Wanted = None
    ) -> pd.DataFrame:
        """Return differences of the population's probabilities; see `population_tables.difference_table`."""
        return difference_table(self, by, at=at, of=of)

    def cells(
        self, by: str | Sequence[str], *, at: Mapping[str, Any] | None = None, of: Wanted = None
    ) -> Cells:
        """Return probabilities or mean codes with their full covariance; see `population_tables.cells`."""
        return cells(self, by, at=at, of=of)


def fixed_table(fit: QuadratureFit, categories: Sequence[str], level: float = 0.95) -> pd.DataFrame:
    """Return thresholds, then fixed effects, in the columns of every fit; thresholds are not tested."""
    cut = len(fit.thresholds)
    cuts = [f"{low}|{high}" for low, high in pairwise(categories)][:cut]
    estimate, error = fit.parameters[:-1], fit.std_errors[:-1]
    z = stats.norm.ppf((1 + level) / 2)
    tested = np.arange(len(estimate)) >= cut
    statistic = np.where(tested, estimate / error, np.nan)
    columns = {
        "term": [*cuts, *fit.answers.names],
        "estimate": estimate,
        "std_error": error,
        "statistic": statistic,
        "df": np.inf,
        "p_value": 2 * stats.norm.sf(np.abs(statistic)),
        "conf_low": estimate - z * error,
        "conf_high": estimate + z * error,
        "method": METHOD,
    }
    return pd.DataFrame(columns)[list(TABLE_COLUMNS)]


def intercept_variance(fit: QuadratureFit, group: str) -> pd.DataFrame:
    """Return the random intercept's variance in the columns of every fit, in squared logits."""
    return pd.DataFrame([(group, INTERCEPT, None, fit.sd**2)], columns=list(VARIANCE_COLUMNS))


def intercept_effects(fit: QuadratureFit, group: str, labels: npt.NDArray[np.object_]) -> pd.DataFrame:
    """Return conditional modes of the random intercepts in the columns of every fit."""
    columns = (group, labels, INTERCEPT, fit.effects)
    return pd.DataFrame(dict(zip(EFFECT_COLUMNS, columns, strict=True)))


def category_problems(fit: QuadratureFit, names: Sequence[str], outcome: str) -> tuple[Problem, ...]:
    """Return what the reader of a fit must know: dropped columns, no optimum, a variance of zero."""
    dropped = [name for k, name in enumerate(names) if k not in fit.answers.kept]
    problems = [warning("mixed.columns_dropped", columns=", ".join(dropped))] if dropped else []
    problems += [] if fit.converged else [warning("models.not_converged", outcome=outcome)]
    problems += [note("clmm.sd_zero", outcome=outcome)] if fit.boundary else []
    return tuple(problems)
