"""How much an outcome has changed by each wave since the first."""

from __future__ import annotations

import pandas as pd

from evalkit.models.arms import arms_present
from evalkit.models.kind import Asked, Kind, lacking_waves, several_waves
from evalkit.models.site_contrast import SiteContrast, change_between
from evalkit.models.site_covariates import OPTION, site_covariates
from evalkit.models.spec import ModelSpec, random_terms, usable_rows, waves_of
from evalkit.models.wave_design import arm_and_wave_columns, change_row
from evalkit.study.study import Study
from evalkit.texts.phrases import phrase


def _build(panel: pd.DataFrame, outcome: str, study: Study, asked: Asked = Asked()) -> ModelSpec:
    rows = usable_rows(panel, outcome)
    waves = waves_of(rows)
    since = asked.since if asked.since in waves else waves[0]
    arms = arms_present(study, rows)
    rows = rows[rows["arm"].isin(arms)].reset_index(drop=True) if arms else rows
    order = (since, *(wave for wave in waves if wave != since))
    estimand = phrase("models.estimand.change_since_baseline", first=since)
    covariates = site_covariates(rows, outcome, since, study, asked.options)
    contrasts = tuple(
        SiteContrast(
            wave,
            estimand,
            change_between(since, wave),
            since,
            wave,
            () if arm is None else (arm,),
            {} if covariates else change_row(arms, arm, wave),
            covariates,
        )
        for wave in waves
        if wave != since and wave in (asked.waves or waves)
        for arm in (arms or (None,))
    )
    levels = {"wave": waves, "site": tuple(sorted(rows["site"].astype(str).unique())), "arm": arms}
    fixed = arm_and_wave_columns(rows, arms, order)
    return ModelSpec(outcome, rows, fixed, random_terms(waves), estimand, levels, contrasts)


KIND = Kind(several_waves, lacking_waves, _build, frozenset({OPTION}))
