"""Means by arm and wave, with intervals for sites like these: what a table of means shows."""

from __future__ import annotations

import pandas as pd

from evalkit.models.fit import Fit
from evalkit.models.inference.first_stage import first_stage
from evalkit.models.inference.site_changes import site_change
from evalkit.models.site_contrast import SiteContrast, mean_at
from evalkit.models.spec import ModelSpec
from evalkit.study.study import Study
from evalkit.texts.phrases import phrase

COLUMNS = ("arm", "wave", "mean", "std_error", "df", "conf_low", "conf_high", "n_sites")


def means_by_arm(spec: ModelSpec, study: Study, fitted: Fit | None, level: float = 0.95) -> pd.DataFrame:
    """Return the mean of each arm in each wave, in two stages as contrasts are.

    Parameters
    ----------
    spec, fitted : the model and its fit.
    study : the study.
    level : coverage of the intervals.

    Returns
    -------
    One row an arm and wave, `COLUMNS`; arm is missing where there are none. Waves of which no site has
    answers are left out.
    """
    numbers_of = first_stage(spec, study, fitted)
    rows = []
    for arm in spec.levels.get("arm") or (None,):
        for wave in spec.levels["wave"]:
            label = phrase("models.estimand.mean", wave=wave)
            arms = () if arm is None else (arm,)
            contrast = SiteContrast(wave, label, mean_at([wave]), wave, wave, arms)
            found = site_change(numbers_of(contrast), contrast, spec.outcome, level)
            if found.estimate is not None:
                numbers = (found.estimate, found.std_error, found.df, found.conf_low, found.conf_high)
                rows.append((arm, wave, *numbers, found.n_sites))
    return pd.DataFrame(rows, columns=list(COLUMNS))
