"""Intervals of fixed terms by the inference that is asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pandas as pd

from evalkit.mixed.batch import fit_batch
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.profiling import profile_intervals
from evalkit.mixed.simulating import simulate_outcomes
from evalkit.mixed.wald import Inference, wald_t
from evalkit.models.fit import Fit

DRAWS, SEED = 1000, 20_240_915
F = TypeVar("F", bound=Fit)


def with_inference(fit: F, terms: Collection[str], inference: str, level: float = 0.95) -> F:
    """Return a fit whose table tells some terms by another inference.

    Parameters
    ----------
    fit : of engine `mixed`; another is returned as it is.
    terms : names of fixed terms: those about residents, for a contrast between sites is told in two stages.
    inference : `satterthwaite`; `profile`, of the likelihood, from a fit by maximum likelihood; `bootstrap`,
        parametric, percentiles of 1,000 draws. Profile and bootstrap give intervals and no p-value. Anything
        else leaves the table as it is, by Kenward-Roger.
    level : of the intervals.
    """
    if not isinstance(fit.raw, MixedFit) or not terms or inference not in WAYS:
        return fit
    table, raw = fit.table.copy(), fit.raw
    asked = table["term"].isin(set(terms)).to_numpy()
    found = WAYS[inference](raw, level)
    place = [list(raw.names).index(term) for term in table.loc[asked, "term"]]
    for column in found.columns:
        table.loc[asked, column] = found[column].to_numpy()[place]
    table.loc[asked, "method"] = inference
    return replace(fit, table=table)


def _satterthwaite(fit: MixedFit, level: float) -> pd.DataFrame:
    tests = wald_t(Inference(fit), np.eye(len(fit.coefficients)), "satterthwaite", level)
    columns = ("std_error", "statistic", "df", "p_value", "conf_low", "conf_high")
    return pd.DataFrame({name: getattr(tests, name) for name in columns})


def _profile(fit: MixedFit, level: float) -> pd.DataFrame:
    ends = profile_intervals(fit, level).fixed
    return _intervals([end.low for end in ends], [end.high for end in ends])


def _bootstrap(fit: MixedFit, level: float) -> pd.DataFrame:
    design = fit.prepared.design
    outcomes = simulate_outcomes(fit, DRAWS, np.random.default_rng(SEED))
    columns = design.fixed[:, list(fit.prepared.scaled.kept)]
    drawn = fit_batch(outcomes, columns, design.terms, weights=design.weights, method="asymptotic")
    kept, tail = drawn.estimate[drawn.converged], (1 - level) / 2
    low, high = np.quantile(kept, [tail, 1 - tail], axis=0)
    return _intervals(low, high).assign(std_error=kept.std(axis=0, ddof=1))


def _intervals(low: object, high: object) -> pd.DataFrame:
    """Return intervals that come without a test."""
    table = pd.DataFrame({"conf_low": low, "conf_high": high})
    return table.assign(statistic=np.nan, df=np.nan, p_value=np.nan)


WAYS = {"satterthwaite": _satterthwaite, "profile": _profile, "bootstrap": _bootstrap}
