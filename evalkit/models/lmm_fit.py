"""A mixed model fitted by evalkit's own engine: the columns of every fit, and what else may be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from evalkit.mixed.arrays import Array
from evalkit.mixed.describing import Description, describe
from evalkit.mixed.effects import scaled_effects
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.profiling import profile_intervals
from evalkit.mixed.robust import robust_mixed
from evalkit.mixed.robust_wald import robust_t
from evalkit.mixed.rows import ResidualKind, fitted_values, residuals
from evalkit.mixed.simulating import simulate_outcomes
from evalkit.mixed.wald import ContrastTests, Inference, Method, Robust, wald_f, wald_t
from evalkit.models.fit import EFFECT_COLUMNS, RESIDUAL, TABLE_COLUMNS, VARIANCE_COLUMNS, Fit
from evalkit.models.model_frame import ModelFrame, columns_for, group_codes
from evalkit.models.type_three import type_three_contrasts


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

    def contrast(self, rows: Array, names: list[str] | None = None) -> pd.DataFrame:
        """Test linear combinations of the fixed effects.

        Parameters
        ----------
        rows : (k, p), in the order of `table`.

        Returns
        -------
        One row a combination, in the columns of `table`.
        """
        wanted = np.atleast_2d(np.asarray(rows, dtype=float))
        labels = names or [f"contrast {k + 1}" for k in range(len(wanted))]
        return tests_table(wald_t(self.inference, wanted, self.method, self.level), labels)

    def anova(self) -> pd.DataFrame:
        """Test each term of the formula at the means of the others (Type III F).

        Returns
        -------
        Columns `term, statistic, num_df, df, p_value, method`.
        """
        rows = []
        for term, contrast in type_three_contrasts(self.frame, self.mixed).items():
            found = wald_f(self.inference, contrast, self.method)
            rows.append((term, found.statistic, found.rank, found.df, found.p_value, self.method))
        return pd.DataFrame(rows, columns=["term", "statistic", "num_df", "df", "p_value", "method"])

    def robust(self, group: str, kind: Robust = "CR2") -> pd.DataFrame:
        """Return the table with cluster-robust standard errors and Satterthwaite's degrees of freedom.

        Parameters
        ----------
        group : a grouping of the formula whose levels hold every other grouping's whole, such as `site`.
        """
        clusters = next(known.codes for known in self.frame.groupings if known.name == group)
        found = robust_mixed(self.mixed, clusters, kind)
        return tests_table(robust_t(found, np.eye(len(self.table)), level=self.level), list(self.mixed.names))

    def profile(self) -> pd.DataFrame:
        """Return profile likelihood intervals of standard deviations, correlations and fixed effects.

        Returns
        -------
        Columns `group, term1, term2, conf_low, conf_high`; `term2` of a correlation only, group `Residual`
        for sigma, and missing for fixed effects.
        """
        found = profile_intervals(self.mixed, self.level)
        rows: list[tuple[Any, ...]] = [
            (at.factor, at.first, None if at.first == at.second else at.second, ends.low, ends.high)
            for at, ends in zip(found.coordinates, found.intervals, strict=True)
        ]
        rows.append((RESIDUAL, None, None, found.sigma.low, found.sigma.high))
        named = zip(self.mixed.names, found.fixed, strict=True)
        rows += [(None, name, None, ends.low, ends.high) for name, ends in named]
        return pd.DataFrame(rows, columns=["group", "term1", "term2", "conf_low", "conf_high"])

    def fitted(self, *, conditional: bool = True) -> Array:
        """Return expected outcomes of the rows fitted, with random effects or for the population."""
        return fitted_values(self.mixed, conditional=conditional)

    def residuals(self, kind: ResidualKind = "conditional") -> Array:
        """Return residuals of the rows fitted."""
        return residuals(self.mixed, kind)

    def predict(self, data: pd.DataFrame, *, conditional: bool = True) -> Array:
        """Predict outcomes of other rows.

        Parameters
        ----------
        data : with the columns of the formula; the outcome need not be there.
        conditional : with the predicted effects of levels that were fitted; new levels count as the
            population's. False: population for all.

        Returns
        -------
        (rows,); missing where a needed value is.
        """
        fit, kept = self.mixed, list(self.mixed.prepared.scaled.kept)
        expected = columns_for(self.frame.fixed_spec, data)[:, kept] @ fit.coefficients
        if not conditional:
            return np.asarray(expected)
        known = dict(iter(self.random_effects.groupby("group", sort=False)))
        for term, grouping, spec in zip(
            self.frame.terms, self.frame.groupings, self.frame.effect_specs, strict=True
        ):
            effects = known[grouping.name].pivot(index="level", columns="term", values="value")
            columns = columns_for(spec, data)
            there = group_codes(data, tuple(grouping.name.split(":")))
            values = effects.reindex(there.labels)[list(term.effects)].fillna(0.0).to_numpy()
            own = np.where(there.codes[:, None] >= 0, values[there.codes], 0.0)
            expected = expected + (columns * own).sum(axis=1)
        return np.asarray(expected)

    def simulate(self, n: int, rng: np.random.Generator) -> Array:
        """Draw n outcomes for the rows fitted, with new random effects and residuals: (rows, n)."""
        return simulate_outcomes(self.mixed, n, rng)

    def describe(self) -> Description:
        """Return likelihood, information criteria, ICC and R2."""
        return describe(self.mixed)


def tests_table(found: ContrastTests, labels: list[str]) -> pd.DataFrame:
    """Return tests in the columns of every fit."""
    columns: dict[str, Any] = {"term": labels}
    columns |= {name: getattr(found, name) for name in TABLE_COLUMNS[1:-1]}
    return pd.DataFrame(columns | {"method": found.method})


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
    rows.append((RESIDUAL, None, None, fit.sigma**2))
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
