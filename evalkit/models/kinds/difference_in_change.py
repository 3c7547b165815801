"""How much more an outcome has changed in one arm than in the other, by each wave since the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from evalkit.models.arms import compared_arms, starts_apart, waves_before_start, without_baseline
from evalkit.models.kind import Asked, Kind, lacking_waves
from evalkit.models.site_contrast import SiteContrast, change_between
from evalkit.models.site_covariates import OPTION, site_covariates
from evalkit.models.spec import ModelSpec, random_terms, usable_rows, waves_of
from evalkit.models.wave_design import arm_and_wave_columns, product_term
from evalkit.problems import Place, Problem, note, warning
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase, phrase


def _suits(study: Study) -> bool:
    return len(study.waves) >= 2 and compared_arms(study) is not None and not starts_apart(study)


def lacking_arms(panel: pd.DataFrame, outcome: str, study: Study, asked: Asked = Asked()) -> Problem | None:
    """Return what a comparison of changes lacks: a second wave, an arm, or a baseline of any site."""
    one_wave = lacking_waves(panel, outcome, study)
    if one_wave is not None:
        return one_wave
    rows, arms = usable_rows(panel, outcome), compared_arms(study)
    if arms is None or not set(arms) <= set(rows["arm"].dropna().astype(str)):
        return note("models.no_comparison", outcome=outcome)
    kept = rows[~rows["site"].isin(without_baseline(study, rows))]
    if arms[0] not in set(kept["arm"].dropna().astype(str)):
        return warning("models.no_baseline_at_all", outcome=outcome)
    return None


def _build(panel: pd.DataFrame, outcome: str, study: Study, asked: Asked = Asked()) -> ModelSpec:
    arms = compared_arms(study)
    assert arms is not None, "asked without two arms"
    late = without_baseline(study, panel[panel["arm"].isin(arms)])
    rows = usable_rows(panel[panel["arm"].isin(arms) & ~panel["site"].isin(late)], outcome)
    waves = waves_of(rows)
    since = asked.since if asked.since in waves else _baseline(study, waves)
    names = {"arm": study.arm_name(arms[0]), "other": study.arm_name(arms[1])}
    estimand = phrase("models.estimand.difference_in_change", first=since, **names)
    covariates = site_covariates(rows, outcome, since, study, asked.options)
    contrasts = tuple(
        SiteContrast(
            wave,
            estimand if waves.index(wave) > waves.index(since) else _trend_before(since, wave, names),
            change_between(since, wave),
            since,
            wave,
            arms,
            {} if covariates else {product_term(arms[0], wave): 1.0},
            covariates,
        )
        for wave in waves
        if wave != since and wave in (asked.waves or waves)
    )
    levels = {"wave": waves, "site": tuple(sorted(rows["site"].astype(str).unique())), "arm": arms}
    fixed = arm_and_wave_columns(rows, arms, (since, *(wave for wave in waves if wave != since)))
    problems = tuple(_problems(late, outcome, study))
    return ModelSpec(outcome, rows, fixed, random_terms(waves), estimand, levels, contrasts, (), problems)


def _baseline(study: Study, waves: tuple[str, ...]) -> str:
    """Return the last wave that was over before any site started; the first one when that is not known."""
    before = [count for count in waves_before_start(study).values() if count]
    over = [wave.id for wave in study.waves[: min(before)]] if before else []
    known = [wave for wave in waves if wave in over]
    return known[-1] if known else waves[0]


def _trend_before(since: str, wave: str, names: Mapping[str, object]) -> Phrase:
    return phrase("models.estimand.trend_before", first=wave, last=since, **names)


def _problems(late: tuple[str, ...], outcome: str, study: Study) -> Iterator[Problem]:
    for site in late:
        yield warning("models.no_baseline", Place(site=site), outcome=outcome)
    if starts_apart(study):
        yield warning("models.starts_apart", outcome=outcome)


KIND = Kind(_suits, lacking_arms, _build, frozenset({OPTION}))
