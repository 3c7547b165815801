"""A mixed model fitted by evalkit's own engine: the columns of every fit, and what else may be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.mixed.arrays import Array
from evalkit.mixed.describing import Description, describe
from evalkit.mixed.design import DesignFault
from evalkit.mixed.effects import scaled_effects
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.profiling import profile_intervals
from evalkit.mixed.residual_parameters import autocorrelation, residual_deviations
from evalkit.mixed.rows import ResidualKind, fitted_values, residuals
from evalkit.mixed.simulating import simulate_outcomes
from evalkit.mixed.wald import Inference, Method, Robust, wald_f
from evalkit.models.adjusted_means import adjusted_differences, adjusted_means
from evalkit.models.bootstrapping import Bootstrap, bootstrap
from evalkit.models.comparing import compare
from evalkit.models.contrasts import Wanted, contrast, f_table, joint_test, robust_table
from evalkit.models.fit import EFFECT_COLUMNS, RESIDUAL, VARIANCE_COLUMNS, Fit
from evalkit.models.leaving_out import without_each
from evalkit.models.model_frame import ModelFrame
from evalkit.models.predicting import effects_with_errors, predict
from evalkit.models.summarising import sentences, summary
from evalkit.models.type_three import type_three_contrasts
from evalkit.problems import error
from evalkit.texts.text import Language


@dataclass(frozen=True)
class LmmFit(Fit):
    """Hold a fit of `evalkit.lmm`; `raw` is the engine's `MixedFit`.

    Parameters
    ----------
    frame : the model's arrays, and how to make its columns from other data.
    inference : degrees of freedom and adjusted covariances, computed once.
    method : of the table.
    level : of its intervals.
    """

    frame: ModelFrame = field(kw_only=True, repr=False)
    inference: Inference = field(kw_only=True, repr=False)
    method: Method = "kenward-roger"
    level: float = 0.95

    @property
    def mixed(self) -> MixedFit:
        """Return the engine's fit."""
        return self.inference.fit

    @property
    def autocorrelation(self) -> float | None:
        """Return the residuals' correlation at one unit of time apart; None where none was asked for."""
        return autocorrelation(self.mixed)

    def contrast(self, wanted: Wanted, *, method: Method | None = None) -> pd.DataFrame:
        """Test linear combinations of the fixed effects; see `contrasts.contrast`."""
        return contrast(self, wanted, method=method)

    def joint_test(self, wanted: Wanted, *, label: str = "all", method: Method | None = None) -> pd.DataFrame:
        """Test that several linear combinations are all zero; see `contrasts.joint_test`."""
        return joint_test(self, wanted, label=label, method=method)

    def anova(self, *, method: Method | None = None) -> pd.DataFrame:
        """Test each term of the formula at the means of the others (Type III F).

        Returns
        -------
        Columns `term, statistic, num_df, df, p_value, method`.
        """
        wanted = type_three_contrasts(self.frame, self.mixed)
        return f_table({t: wald_f(self.inference, L, method or self.method) for t, L in wanted.items()})

    def adjusted_means(
        self, over: str | Sequence[str], *, at: Mapping[str, Any] | None = None
    ) -> pd.DataFrame:
        """Return what the model expects of each category; see `adjusted_means.adjusted_means`."""
        return adjusted_means(self, over, at=at)

    def adjusted_differences(
        self, over: str | Sequence[str], *, at: Mapping[str, Any] | None = None
    ) -> pd.DataFrame:
        """Return differences of adjusted means, all pairs; see `adjusted_means.adjusted_differences`."""
        return adjusted_differences(self, over, at=at)

    def robust(self, group: str, kind: Robust = "CR2") -> pd.DataFrame:
        """Return the table with cluster-robust standard errors; see `contrasts.robust_table`."""
        return robust_table(self, group, kind)

    def profile(self) -> pd.DataFrame:
        """Return profile likelihood intervals of standard deviations, correlations and fixed effects.

        Returns
        -------
        Columns `group, term1, term2, conf_low, conf_high`; `term2` of a correlation only, group `Residual`
        for sigma, and missing for fixed effects.

        Raises
        ------
        ProblemsFound
            For a fit whose residuals vary by level or correlate over time.
        """
        try:
            found = profile_intervals(self.mixed, self.level)
        except DesignFault as fault:
            raise ProblemsFound([error(f"mixed.{fault.code}", **fault.values)]) from fault
        rows: list[tuple[Any, ...]] = [
            (at.factor, at.first, None if at.first == at.second else at.second, ends.low, ends.high)
            for at, ends in zip(found.coordinates, found.intervals, strict=True)
        ]
        rows.append((RESIDUAL, None, None, found.sigma.low, found.sigma.high))
        named = zip(self.mixed.names, found.fixed, strict=True)
        rows += [(None, name, None, ends.low, ends.high) for name, ends in named]
        return pd.DataFrame(rows, columns=["group", "term1", "term2", "conf_low", "conf_high"])

    def bootstrap(self, number: int, rng: np.random.Generator) -> Bootstrap:
        """Fit the model to outcomes drawn from it; see `bootstrapping.bootstrap`."""
        return bootstrap(self, number, rng)

    def without_each(self, group: str) -> pd.DataFrame:
        """Fit again without each level of a grouping; see `leaving_out.without_each`."""
        return without_each(self, group)

    def fitted(self, *, conditional: bool = True) -> Array:
        """Return expected outcomes of the rows fitted, with random effects or for the population."""
        return fitted_values(self.mixed, conditional=conditional)

    def residuals(self, kind: ResidualKind = "conditional") -> Array:
        """Return residuals of the rows fitted; see `rows.residuals`."""
        return residuals(self.mixed, kind)

    def predict(self, data: Any, *, conditional: bool = True) -> Array:
        """Predict outcomes of other rows, (rows,); see `predicting.predict`."""
        return predict(self, data, conditional=conditional)

    def effects(self) -> pd.DataFrame:
        """Return predicted random effects with standard errors; see `predicting.effects_with_errors`."""
        return effects_with_errors(self)

    def simulate(self, n: int, rng: np.random.Generator) -> Array:
        """Draw n outcomes for the rows fitted, with new random effects and residuals: (rows, n)."""
        return simulate_outcomes(self.mixed, n, rng)

    def describe(self) -> Description:
        """Return likelihood, information criteria, ICC and R2."""
        return describe(self.mixed)

    @property
    def log_likelihood(self) -> float:
        """Return the log-likelihood, restricted for a fit by REML."""
        return self.describe().log_likelihood

    @property
    def aic(self) -> float:
        """Return Akaike's criterion."""
        return self.describe().aic

    @property
    def bic(self) -> float:
        """Return the Bayesian criterion, with the number of rows."""
        return self.describe().bic

    @property
    def icc(self) -> float:
        """Return the share of the random effects in the variance that fixed effects leave."""
        return self.describe().icc

    @property
    def r2(self) -> tuple[float, float]:
        """Return Nakagawa's marginal and conditional R2."""
        return self.describe().r2_marginal, self.describe().r2_conditional

    def compare(
        self, other: LmmFit, *, simulations: int = 0, rng: np.random.Generator | None = None
    ) -> pd.DataFrame:
        """Test, by likelihood ratio, which of two nested models is needed; see `comparing.compare`."""
        return compare(self, other, simulations=simulations, rng=rng)

    def summary(self) -> str:
        """Return a summary as lme4 prints one."""
        return summary(self)

    def sentences(self, lang: Language = "en") -> str:
        """Return what the model found, in sentences."""
        return sentences(self, lang)

    def __str__(self) -> str:
        """Return the summary."""
        return self.summary()


def variance_table(fit: MixedFit) -> pd.DataFrame:
    """Return variances and covariances in the columns of every fit."""
    rows: list[tuple[str, str | None, str | None, float]] = []
    for factor, covariance in zip(fit.prepared.factors, fit.covariances, strict=True):
        rows += [(factor.name, name, None, covariance[k, k]) for k, name in enumerate(factor.effects)]
        rows += [
            (factor.name, factor.effects[j], factor.effects[i], covariance[i, j])
            for i, j in factor.entries
            if i != j
        ]
    rows += [(RESIDUAL, level, None, sd**2) for level, sd in residual_deviations(fit).items()]
    return pd.DataFrame(rows, columns=list(VARIANCE_COLUMNS))


def effects_table(fit: MixedFit, labels: Mapping[str, Any]) -> pd.DataFrame:
    """Return predicted effects in the columns of every fit; `labels` are the levels by grouping."""
    found, factors = scaled_effects(fit, variances=False), fit.prepared.factors
    columns = (
        np.repeat(np.array([f.name for f in factors], dtype=object), [f.levels * f.size for f in factors]),
        np.concatenate([np.repeat(np.asarray(labels[f.name], dtype=object), f.size) for f in factors]),
        np.concatenate([np.tile(np.array(f.effects, dtype=object), f.levels) for f in factors]),
        np.concatenate(
            [
                (values @ f.scaling.T * fit.scale).ravel()
                for f, values in zip(factors, found.values, strict=True)
            ]
        ),
    )
    return pd.DataFrame(dict(zip(EFFECT_COLUMNS, columns, strict=True)))
