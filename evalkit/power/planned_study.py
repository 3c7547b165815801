"""A scenario seen as a study: sites, arms, starts and waves, and its answers as a panel."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from evalkit.power.drawing import Draws
from evalkit.power.scenario import Scenario
from evalkit.study.site import Site
from evalkit.study.study import Population, Study, StudyFile
from evalkit.study.wave import Wave
from evalkit.texts.text import Text

FIRST_DAY = date(2001, 1, 1)  # any day: only distances count
DAYS_A_YEAR = 365.25
SCORE, CELL = "score", "cell"


def planned_study(scenario: Scenario) -> Study:
    """Return the study that a scenario describes, so that model kinds ask their questions of it.

    A wave lasts a day; a treated site starts on the day after its time, so that a first wave at the very
    start is a baseline.

    Examples
    --------
    >>> from evalkit.power.measure import Measure
    >>> study = planned_study(Scenario((Measure("cohesion", ()),), {"S1": "intervention", "S2": None}))
    >>> [site.started is not None for site in study.sites], [wave.id for wave in study.waves]
    ([True, False], ['w1', 'w2', 'w3'])
    """
    waves = tuple(
        Wave(id=name, year=day.year, field=(day, day), instruments=())
        for name, day in zip(scenario.waves, map(_day, scenario.times), strict=True)
    )
    sites = tuple(
        Site(
            id=site,
            name=_both(site),
            arm=arm,
            started=_day(scenario.starts.get(site, 0.0)) + timedelta(days=1)
            if arm == scenario.treated
            else None,
            households=households,
        )
        for (site, arm), households in zip(scenario.arms.items(), scenario.households, strict=True)
    )
    arms = [arm for arm in dict.fromkeys(scenario.arms.values()) if arm is not None]
    file = StudyFile(
        id="scenario",
        title=_both("scenario"),
        sites=sites,
        waves=waves,
        arms={arm: _both(arm) for arm in arms},
        populations={"resident": Population()},
        simulated=True,
    )
    return Study(Path(), file, {})


def panel_of(scenario: Scenario, draws: Draws, measure: int, replicate: int) -> pd.DataFrame:
    """Return one data set as a panel: a row a person and wave with an answer.

    Returns
    -------
    DataFrame: `respondent`, `site`, `arm`, `wave`, `time` (years), `score`, and `cell`: the place of the
    answer in the flattened (people, waves).
    """
    scores = draws.scores[measure, replicate]
    person, wave = np.nonzero(np.isfinite(scores))
    sites = np.array(scenario.sites, dtype=object)[draws.site_of[person]]
    return pd.DataFrame(
        {
            "respondent": person,
            "site": sites,
            "arm": [scenario.arms[site] for site in sites],
            "wave": np.array(scenario.waves, dtype=object)[wave],
            "time": np.array(scenario.times)[wave],
            SCORE: scores[person, wave],
            CELL: person * scores.shape[1] + wave,
        }
    )


def _day(years: float) -> date:
    return FIRST_DAY + timedelta(days=round(years * DAYS_A_YEAR))


def _both(name: str) -> Text:
    return Text({"fr": name, "en": name})
