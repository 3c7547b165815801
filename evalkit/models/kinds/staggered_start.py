"""How much more sites change once started than sites not yet started, by cohort and wave since the start."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from evalkit.models.arms import starts_apart, waves_before_start, without_baseline
from evalkit.models.fit import INTERCEPT
from evalkit.models.kind import Asked, Kind, lacking_waves
from evalkit.models.site_contrast import SiteContrast, change_between
from evalkit.models.spec import ModelSpec, random_terms, usable_rows, waves_of
from evalkit.models.wave_design import wave_term
from evalkit.problems import Place, Problem, warning
from evalkit.study.study import Study
from evalkit.texts.phrases import phrase

STARTED, WAITING = "started", "not_yet_started"
ARMS = (STARTED, WAITING)


def _suits(study: Study) -> bool:
    return len(study.waves) >= 2 and starts_apart(study)


def _lacking(panel: pd.DataFrame, outcome: str, study: Study, asked: Asked = Asked()) -> Problem | None:
    one_wave = lacking_waves(panel, outcome, study)
    if one_wave is not None:
        return one_wave
    if not _windows(usable_rows(panel, outcome), study):
        return warning("models.none_started_apart", outcome=outcome)
    return None


def _build(panel: pd.DataFrame, outcome: str, study: Study, asked: Asked = Asked()) -> ModelSpec:
    """Compare each cohort's change since its last wave before the start with that of sites not yet started.

    A pooled regression with effects of sites and waves is never used: it takes sites that started early as
    comparison for later ones (Goodman-Bacon 2021, Journal of Econometrics 225:254; Callaway & Sant'Anna
    2021, Journal of Econometrics 225:200, is followed here, with sites in place of units).
    """
    late = without_baseline(study, panel)
    rows = usable_rows(panel[~panel["site"].isin(late)], outcome)
    waves = waves_of(rows)
    windows = _windows(rows, study)
    steps = sorted({step for step, _ in windows})
    contrasts = [
        contrast for step in steps for contrast in _of_step(step, [w for s, w in windows if s == step])
    ]
    levels = {"wave": waves, "site": tuple(sorted(rows["site"].astype(str).unique())), "arm": ()}
    estimand = phrase("models.estimand.staggered_start", years=1)
    problems = tuple(warning("models.no_baseline", Place(site=site), outcome=outcome) for site in late)
    fixed = _columns(rows, waves, study, steps)
    return ModelSpec(
        outcome, rows, fixed, random_terms(waves), estimand, levels, tuple(contrasts), (), problems
    )


def _windows(rows: pd.DataFrame, study: Study) -> list[tuple[int, SiteContrast]]:
    """Return a contrast for each cohort and wave, with its waves since the start (0 and below: before it)."""
    before = waves_before_start(study)
    order = [wave.id for wave in study.waves]
    present, seen = set(rows["site"].astype(str)), set(waves_of(rows))
    found = []
    for count in sorted({started for site in present if (started := before[site])}):
        base = order[count - 1]
        for place, wave in enumerate(order):
            if wave == base or not {wave, base} <= seen:
                continue
            members = _members(present, before, count, max(place, count - 1))
            if set(members.values()) == set(ARMS):
                step = place - count + 1
                found.append((step, _contrast(f"{base}:{wave}", step, base, wave, members)))
    return found


def _members(present: set[str], before: Mapping[str, int | None], cohort: int, by: int) -> dict[str, str]:
    """Return the cohort as started, and the sites that had not started by a wave as waiting."""
    waiting = {s for s in present if (count := before[s]) is None or count > by}
    started = {s for s in present if before[s] == cohort}
    return dict.fromkeys(sorted(started), STARTED) | dict.fromkeys(sorted(waiting - started), WAITING)


def _contrast(name: str, step: int, base: str, wave: str, members: Mapping[str, str]) -> SiteContrast:
    if step > 0:
        label = phrase("models.estimand.staggered_start", years=step)
    else:
        label = phrase("models.estimand.staggered_before", first=wave, last=base)
    return SiteContrast(name, label, change_between(base, wave), base, wave, ARMS, members=members)


def _of_step(step: int, windows: list[SiteContrast]) -> list[SiteContrast]:
    """Return the cohorts of a step and, with several, all of them together."""
    if len(windows) < 2:
        return windows
    first = windows[0]
    together = SiteContrast(
        f"step{step}", first.label, first.weigh, first.since, first.wave, ARMS, stack=tuple(windows)
    )
    return [*windows, together]


def _columns(rows: pd.DataFrame, waves: tuple[str, ...], study: Study, steps: list[int]) -> pd.DataFrame:
    """Return waves, and waves since the start of the row's site."""
    before = waves_before_start(study)
    order = [wave.id for wave in study.waves]
    columns = pd.DataFrame({INTERCEPT: 1.0}, index=rows.index)
    for wave in waves[1:]:
        columns[wave_term(wave)] = (rows["wave"].astype(str) == wave).astype(float)
    place = rows["wave"].astype(str).map(order.index)
    start = rows["site"].astype(str).map({site: count for site, count in before.items() if count})
    since = place - start + 1
    for step in steps:
        if step > 0:
            columns[f"step[{step}]"] = (since == step).astype(float)
    return columns


KIND = Kind(_suits, _lacking, _build)
