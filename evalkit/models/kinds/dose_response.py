"""How much more sites change where there was more of the intervention: by unit of dose since the baseline."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evalkit.models.dose import Dose, dose_of_sites
from evalkit.models.fit import INTERCEPT
from evalkit.models.kind import Asked, Kind, lacking_waves
from evalkit.models.site_contrast import SiteContrast, change_between, mean_at
from evalkit.models.spec import ModelSpec, random_terms, usable_rows, waves_of
from evalkit.models.wave_design import wave_term
from evalkit.problems import Problem, warning
from evalkit.study.study import Study
from evalkit.texts.phrases import phrase

WITHIN, BETWEEN = "dose_within", "dose_between"
OPTIONS = frozenset({"dose", "file", "lag", "cumulative"})


def _suits(_study: Study) -> bool:
    """A dose has to be named, so a default plan does not ask."""
    return False


def _build(panel: pd.DataFrame, outcome: str, study: Study, asked: Asked = Asked()) -> ModelSpec:
    rows = usable_rows(panel, outcome)
    waves = waves_of(rows)
    since = asked.since if asked.since in waves else waves[0]
    dose = dose_of_sites(rows, study, asked.options)
    known = rows["site"].isin(dose.sites_known)
    rows = rows[known].reset_index(drop=True)
    fixed = _columns(rows, dose, (since, *(wave for wave in waves if wave != since)))
    contrasts = (
        *(_within(dose, since, wave) for wave in waves if wave != since and wave in (asked.waves or waves)),
        _between(dose, since, waves),
    )
    usable = tuple(contrast for contrast in contrasts if _differs(contrast))
    levels = {"wave": waves, "site": tuple(sorted(rows["site"].astype(str).unique())), "arm": ()}
    estimand = phrase("models.estimand.dose_response", first=since, dose=dose.name)
    problems = tuple(_problems(dose, contrasts, usable, outcome))
    return ModelSpec(outcome, rows, fixed, random_terms(waves), estimand, levels, usable, (), problems)


def _within(dose: Dose, since: str, wave: str) -> SiteContrast:
    """Return the change of a site for each unit by which its dose grew over the same time."""
    label = phrase("models.estimand.dose_response", first=since, dose=dose.name)
    grown = {"dose": dose.change(since, wave)}
    row = {WITHIN: 1.0}
    return SiteContrast(
        f"{wave}:within", label, change_between(since, wave), since, wave, (), row, grown, "dose"
    )


def _between(dose: Dose, since: str, waves: tuple[str, ...]) -> SiteContrast:
    """Return how far apart sites are, over all waves, for each unit of their mean dose."""
    label = phrase("models.estimand.dose_between", dose=dose.name)
    means = {"dose": dose.means}
    return SiteContrast(
        "between", label, mean_at(waves), waves[0], waves[-1], (), {BETWEEN: 1.0}, means, "dose"
    )


def _differs(contrast: SiteContrast) -> bool:
    values = list(contrast.covariates["dose"].values())
    return len(values) > 2 and float(np.ptp(values)) > 0


def _columns(rows: pd.DataFrame, dose: Dose, waves: tuple[str, ...]) -> pd.DataFrame:
    columns = pd.DataFrame({INTERCEPT: 1.0}, index=rows.index)
    for wave in waves[1:]:
        columns[wave_term(wave)] = (rows["wave"].astype(str) == wave).astype(float)
    here = dose.at_rows(rows)
    centre = rows["site"].astype(str).map(dose.means).to_numpy(dtype=float)
    columns[WITHIN], columns[BETWEEN] = here - centre, centre
    return columns


def _problems(
    dose: Dose, asked: tuple[SiteContrast, ...], usable: tuple[SiteContrast, ...], outcome: str
) -> list[Problem]:
    found = [warning("models.no_dose", outcome=outcome, site=site) for site in dose.sites_unknown]
    lost = [contrast.name for contrast in asked if contrast not in usable]
    return found + [warning("models.dose_never_differs", outcome=outcome, contrast=name) for name in lost]


KIND = Kind(_suits, lacking_waves, _build, OPTIONS)
