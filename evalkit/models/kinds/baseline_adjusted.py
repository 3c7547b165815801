"""How far apart two arms are by each later wave, given where residents stood at baseline (ANCOVA)."""

from __future__ import annotations

import pandas as pd

from evalkit.models.arms import compared_arms, without_baseline
from evalkit.models.fit import INTERCEPT
from evalkit.models.kind import Asked, Kind
from evalkit.models.kinds.difference_in_change import lacking_arms
from evalkit.models.site_contrast import SiteContrast, change_given_baseline
from evalkit.models.spec import ModelSpec, RandomTerm, random_terms, usable_rows, waves_of
from evalkit.models.wave_design import arm_and_wave_columns, arm_term, product_term
from evalkit.problems import Place, warning
from evalkit.study.study import Study
from evalkit.texts.phrases import phrase

BASELINE = "baseline"


def _suits(_study: Study) -> bool:
    """Adjusting for baseline answers another question than change; a plan asks for it by name."""
    return False


def _build(panel: pd.DataFrame, outcome: str, study: Study, asked: Asked = Asked()) -> ModelSpec:
    arms = compared_arms(study)
    assert arms is not None, "asked without two arms"
    late = without_baseline(study, panel[panel["arm"].isin(arms)])
    rows = usable_rows(panel[panel["arm"].isin(arms) & ~panel["site"].isin(late)], outcome)
    waves = waves_of(rows)
    since = asked.since if asked.since in waves else waves[0]
    later = tuple(wave for wave in waves if wave != since)
    start = rows[rows["wave"].astype(str) == since].set_index("respondent")[outcome]
    given = rows.assign(**{BASELINE: rows["respondent"].map(start[~start.index.duplicated()])})
    given = given[given[BASELINE].notna() & (given["wave"].astype(str) != since)].reset_index(drop=True)
    fixed = arm_and_wave_columns(given, arms, later)
    fixed[BASELINE] = given[BASELINE] - given[BASELINE].mean()
    names = {"arm": study.arm_name(arms[0]), "other": study.arm_name(arms[1])}
    estimand = phrase("models.estimand.baseline_adjusted", first=since, **names)
    contrasts = tuple(
        SiteContrast(
            wave, estimand, change_given_baseline(since, wave), since, wave, arms, _row(arms[0], wave, later)
        )
        for wave in later
        if wave in (asked.waves or later)
    )
    levels = {"wave": waves, "site": tuple(sorted(rows["site"].astype(str).unique())), "arm": arms}
    problems = tuple(warning("models.no_baseline", Place(site=site), outcome=outcome) for site in late)
    random = _random(later)
    return ModelSpec(
        outcome, given, fixed, random, estimand, levels, contrasts, problems=problems, site_rows=rows
    )


def _row(arm: str, wave: str, later: tuple[str, ...]) -> dict[str, float]:
    row = {arm_term(arm): 1.0}
    return row if wave == later[0] else row | {product_term(arm, wave): 1.0}


def _random(later: tuple[str, ...]) -> tuple[RandomTerm, ...]:
    """Return the random terms: with one later wave, one answer a resident and one shock a site."""
    return random_terms(later) if len(later) > 1 else (RandomTerm("site", (INTERCEPT,)),)


KIND = Kind(_suits, lacking_arms, _build)
