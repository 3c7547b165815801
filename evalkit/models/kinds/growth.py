"""How fast an outcome grows: points a year along a straight line, by arm, and how much faster in one."""

from __future__ import annotations

import pandas as pd

from evalkit.models.arms import arms_asked, arms_present
from evalkit.models.fit import INTERCEPT
from evalkit.models.kind import Asked, Kind, lacking_waves
from evalkit.models.site_contrast import SiteContrast, slope_over
from evalkit.models.spec import ModelSpec, random_terms, usable_rows, waves_of
from evalkit.models.wave_design import arm_term
from evalkit.study.study import Study
from evalkit.texts.phrases import phrase

TIME = "time"


def _suits(_study: Study) -> bool:
    """A straight line over years is an assumption that a default plan does not make."""
    return False


def _build(panel: pd.DataFrame, outcome: str, study: Study, asked: Asked = Asked()) -> ModelSpec:
    rows = usable_rows(panel, outcome)
    if asked.waves is not None:
        rows = rows[rows["wave"].astype(str).isin((*asked.waves, asked.since))].reset_index(drop=True)
    waves = waves_of(rows)
    arms = arms_present(study, rows)
    rows = rows[rows["arm"].isin(arms)].reset_index(drop=True) if arms else rows
    levels = {"wave": waves, "site": tuple(sorted(rows["site"].astype(str).unique())), "arm": arms}
    estimand = phrase("models.estimand.growth")
    times = rows.groupby(rows["wave"].astype(str))[TIME].mean().to_dict()
    weigh = slope_over({str(wave): float(time) for wave, time in times.items()})
    contrasts = tuple(
        SiteContrast("slope", estimand, weigh, waves[0], waves[-1], of, _row(arms, of))
        for of in arms_asked(study, arms)
    )
    fixed, random = _columns(rows, arms), random_terms(waves, trend=True)
    return ModelSpec(outcome, rows, fixed, random, estimand, levels, contrasts)


def _columns(rows: pd.DataFrame, arms: tuple[str, ...]) -> pd.DataFrame:
    columns = pd.DataFrame({INTERCEPT: 1.0, TIME: rows[TIME].astype(float)}, index=rows.index)
    for arm in arms[:-1]:
        ours = (rows["arm"].astype(str) == arm).astype(float)
        columns[arm_term(arm)] = ours
        columns[f"{arm_term(arm)}:{TIME}"] = ours * columns[TIME]
    return columns


def _row(arms: tuple[str, ...], of: tuple[str, ...]) -> dict[str, float]:
    """Return a slope, or a difference of slopes, by terms."""
    if len(of) < 2:
        own = {} if not of or of[0] == arms[-1] else {f"{arm_term(of[0])}:{TIME}": 1.0}
        return {TIME: 1.0} | own
    parts = [(arm, sign) for arm, sign in zip(of, (1.0, -1.0), strict=True) if arm != arms[-1]]
    return {f"{arm_term(arm)}:{TIME}": sign for arm, sign in parts}


KIND = Kind(_suits, lacking_waves, _build)
