"""The width of intervals to come is what it is now, or changes as the scenario's own does."""

from __future__ import annotations

import pytest

from evalkit.errors import ProblemsFound
from evalkit.reports.planned_precision import half_width_in
from evalkit.study.study import Study

DRIFTING = "site_slope: 0.2\nwaves: 6\noutcomes: [{id: cohesion}]\n"


def scenario(study: Study, text: str) -> None:
    (study.folder / "scenario.yaml").write_text(text, encoding="utf-8")


def test_without_a_scenario_it_stays(small_study: Study) -> None:
    half = half_width_in(small_study, "cohesion", 4.0, 2.0)
    assert [half(years) for years in (2.0, 5.0)] == [4.0, 4.0]


def test_sites_that_drift_apart_widen_it(small_study: Study) -> None:
    scenario(small_study, DRIFTING)
    half = half_width_in(small_study, "cohesion", 4.0, 2.0)
    assert half(2.0) == pytest.approx(4.0)
    assert half(4.0) > 5.0


def test_an_outcome_that_the_scenario_does_not_know_stays(small_study: Study) -> None:
    scenario(small_study, DRIFTING)
    assert half_width_in(small_study, "security", 4.0, 2.0)(5.0) == 4.0


def test_a_scenario_with_faults_is_said(small_study: Study) -> None:
    scenario(small_study, "residents: 0\n")
    with pytest.raises(ProblemsFound):
        half_width_in(small_study, "cohesion", 4.0, 2.0)
