"""Pretend that sites started one wave earlier, and look only at waves before they truly did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pandas as pd

from evalkit.models.arms import waves_before_start
from evalkit.models.fitting import spec_of
from evalkit.models.inference.first_stage import first_stage
from evalkit.models.reestimating import from_numbers
from evalkit.models.variation import MainResult, Sensitivity, Variant
from evalkit.problems import Problem
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase, phrase

WORDS = "sensitivity.placebo_start"
TWO = 2


def run(main: MainResult) -> tuple[Variant, ...] | Phrase:
    """Ask the question of a start that never was: a difference found there was on its way before.

    It needs two waves before the start; sites with fewer are left out. Only comparisons of two arms are
    asked: the change of one group before its start is a change, whenever it starts.
    """
    if not any(len(contrast.arms) == TWO for contrast in main.spec.contrasts):
        return phrase(f"{WORDS}.no_comparison")
    before = waves_before_start(main.study)
    early = {site: count for site, count in before.items() if count is not None and count >= TWO}
    if not early:
        return phrase(f"{WORDS}.too_few_waves")
    pretended = started_earlier(main.study, early)
    asked = main.analysis.contrast.model_copy(update={"since": None, "waves": None})
    analysis = main.analysis.model_copy(update={"contrast": asked})
    spec = spec_of(analysis, rows_before_start(main.rows, main.study, before), pretended)
    if isinstance(spec, Problem):
        return phrase(f"{WORDS}.absent")
    order = [wave.id for wave in main.study.waves]
    later = [
        contrast
        for contrast in spec.contrasts
        if len(contrast.arms) == TWO and order.index(contrast.wave) > order.index(contrast.since)
    ]
    found = from_numbers(first_stage(spec, pretended), later, main)
    if not found:
        return phrase(f"{WORDS}.absent")
    return (Variant(phrase(f"{WORDS}.name"), found, phrase(f"{WORDS}.row"), comparable=False, drawn=False),)


def started_earlier(study: Study, before: Mapping[str, int]) -> Study:
    """Return a study in which some sites started one wave earlier.

    Parameters
    ----------
    study : the study.
    before : waves that were over before the start of these sites, two at least each.
    """
    sites = tuple(
        site.model_copy(update={"started": study.waves[before[site.id] - TWO].field[1] + timedelta(days=1)})
        if site.id in before
        else site
        for site in study.sites
    )
    return replace(study, file=study.file.model_copy(update={"sites": sites}))


def rows_before_start(rows: pd.DataFrame, study: Study, before: Mapping[str, int | None]) -> pd.DataFrame:
    """Return rows of waves before the start, of sites with two such waves and of those that never started.

    Waves that no site which starts has are left out for all.
    """
    order = [wave.id for wave in study.waves]
    place = rows["wave"].astype(str).map({wave: n for n, wave in enumerate(order)}).astype(int)
    starts = (
        rows["site"].astype(str).map({site: count for site, count in before.items() if count is not None})
    )
    to_start = (starts >= TWO) & (place < starts)
    waves = set(place[to_start])
    return rows[to_start | (starts.isna() & place.isin(waves))]


SENSITIVITY = Sensitivity(run)
