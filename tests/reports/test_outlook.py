"""When it could be told: only planned years, only at the pace so far, and never as a promise."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from evalkit.reports.evidence import gather
from evalkit.reports.outlook import Planned, points_of_outlook, year_it_could_be_told
from evalkit.study.study import Study

StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]
WAVES = [Planned(2024 + n, 3.0 + n) for n in range(8)]


def test_a_pace_beyond_the_width_is_told_in_the_first_year_that_it_reaches() -> None:
    # 2 points a year, 6 of half-width and a band of 1.5: beyond 7.5 points after 3.75 years.
    assert year_it_could_be_told(4.0, 2.0, lambda years: 6.0, 1.5, WAVES) == 2025


def test_a_scenario_in_which_intervals_shrink_tells_sooner() -> None:
    assert year_it_could_be_told(4.0, 2.0, lambda years: 6.0 / years, 1.5, WAVES) == 2024


def test_standing_still_is_told_only_when_the_width_fits_the_band() -> None:
    assert year_it_could_be_told(0.0, 2.0, lambda years: 3.0, 1.5, WAVES) is None
    assert year_it_could_be_told(0.0, 2.0, lambda years: 6.0 - years, 1.5, WAVES) == 2026


@given(st.floats(-5, 5), st.floats(0.5, 10), st.floats(0, 3))
def test_up_and_down_are_alike(change: float, half: float, band: float) -> None:
    up, down = (year_it_could_be_told(c, 2.0, lambda years: half, band, WAVES) for c in (change, -change))
    assert up == down


def _keys(study: Study, panel: pd.DataFrame, wave: str) -> list[str]:
    evidence = gather(study, study.waves_by_id[wave], {"resident": panel})
    return [said.key for point in points_of_outlook(evidence) for said in point]  # type: ignore[union-attr]


def test_without_another_wave_nothing_is_promised(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(waves=3)
    panel = panel_of(study, {}, people=20, noise=6.0)
    assert _keys(study, panel, "w3") == ["report.outlook.no_wave"]


def test_a_year_is_an_estimate(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(waves=6)
    panel = panel_of(study, dict.fromkeys(("cohesion", "security"), 3.0), people=40, noise=3.0)
    keys = _keys(study, panel, "w2")
    assert keys.count("report.outlook.year") == keys.count("report.outlook.estimate") > 0
