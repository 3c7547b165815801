"""Diagnose a fitted mixed model: every diagnostic that its rows allow, and what they warn of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.models.diagnostics.effect_normality import EffectNormality, effect_normality
from evalkit.models.diagnostics.fitted_model import fitted_model
from evalkit.models.diagnostics.floor_ceiling import FloorCeiling, floor_ceiling
from evalkit.models.diagnostics.influence import Influence, influence
from evalkit.models.diagnostics.residual_spread import (
    ResidualSpread,
    residual_spread,
    standardised_residuals,
)
from evalkit.models.diagnostics.time_shape import TimeShape, time_shape
from evalkit.models.diagnostics.warning_of import (
    end_problems,
    normality_problems,
    resident_problems,
    shape_problems,
    site_problems,
    spread_problems,
)
from evalkit.models.fit import Fit
from evalkit.problems import Problem

SEED = 20260101  # fixed, so that the same fit gives the same envelope


@dataclass(frozen=True)
class Diagnostics:
    """Hold the diagnostics of a fit; what its rows or the scale do not allow is None.

    Parameters
    ----------
    outcome : that was fitted. residents : how many it rests on.
    by_site, by_wave : spread of residuals.
    effects : normality, one a random effect of respondents and sites.
    sites, people : what leaving one of them out does.
    ends : floor and ceiling.
    shape : waves beside a line.
    problems : what the diagnostics warn of.
    """

    outcome: str
    residents: int
    by_site: ResidualSpread | None
    by_wave: ResidualSpread | None
    effects: tuple[EffectNormality, ...]
    sites: Influence | None
    people: Influence | None
    ends: FloorCeiling | None
    shape: TimeShape | None
    problems: tuple[Problem, ...]


def diagnose(
    fit: Fit,
    *,
    bounds: tuple[float, float] | None = None,
    least: int = 1,
    rng: np.random.Generator | None = None,
    **columns: str,
) -> Diagnostics:
    """Diagnose a fit of the mixed engine.

    Parameters
    ----------
    fit : of `evalkit.lmm`, or of an analysis of a plan.
    bounds : lowest and highest score that the outcome can take; without them floor and ceiling are not
        looked at.
    least : fewest respondents of a group that is shown, or warned of, by name.
    rng : source of chance for the envelopes; the same each time by default.
    columns : names of the columns `respondent`, `site`, `wave`, `arm`, `time`, where they differ.

    Raises
    ------
    ProblemsFound
        A fit of another engine; no column of respondents.

    Examples
    --------
    >>> import pandas as pd
    >>> from evalkit.models.lmm import lmm
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame({"respondent": np.repeat(np.arange(60), 3), "wave": [*"abc"] * 60})
    >>> data["y"] = rng.normal(size=60)[data["respondent"]] + rng.normal(size=180)
    >>> found = diagnose(lmm("y ~ wave + (1 | respondent)", data), bounds=(-9, 9))
    >>> found.by_site is None, found.shape.bent, len(found.by_wave.table)
    (True, False, 3)
    """
    model = fitted_model(fit, least=least, **columns)
    source = rng or np.random.default_rng(SEED)
    scaled = standardised_residuals(model, source)
    by_site = residual_spread(model, scaled, "site") if model.has("site") else None
    by_wave = residual_spread(model, scaled, "wave") if model.has("wave") else None
    effects = effect_normality(model, source)
    sites = influence(model, "site") if model.has("site") else None
    people = influence(model, "respondent")
    ends = floor_ceiling(model, bounds) if bounds and model.has("wave") else None
    shape = time_shape(model) if model.has("wave") else None
    problems = (
        *(problem for spread in (by_site, by_wave) for problem in spread_problems(fit.outcome, spread)),
        *normality_problems(fit.outcome, effects),
        *site_problems(fit.outcome, sites),
        *resident_problems(fit.outcome, people),
        *end_problems(fit.outcome, ends),
        *shape_problems(fit.outcome, shape),
    )
    residents = int(model.rows["respondent"].nunique())
    return Diagnostics(
        fit.outcome, residents, by_site, by_wave, effects, sites, people, ends, shape, problems
    )
