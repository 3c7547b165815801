"""Tests of many data sets at once are those that the analysis makes of each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evalkit.models.inference.first_stage import first_stage
from evalkit.models.inference.site_changes import site_change
from evalkit.power.drawing import draw
from evalkit.power.measure import Measure
from evalkit.power.planned_study import SCORE, panel_of, planned_study
from evalkit.power.question import Posed, Question, default_analysis, pose, pose_first
from evalkit.power.replicates import GIVEN, WITHHELD
from evalkit.power.scenario import Scenario
from evalkit.power.site_testing import site_tests

ARMS = {f"S{n}": "intervention" if n < 3 else "comparison" for n in range(6)}
MEASURE = Measure("m", tuple("abcd"))
SCENARIO = Scenario((MEASURE,), ARMS, per_site=12, times=(0.0, 1.0, 2.0))
# Two orders of the same iterations: each stops when a step is under 1e-9 of a variance.
RELATIVE = 1e-5


def asked(question: str, scenario: Scenario = SCENARIO, **more: object) -> Question:
    analysis = default_analysis(scenario, MEASURE).model_copy(update={"question": question})
    return Question(analysis, **more)


@pytest.mark.parametrize("by_score", [0.0, -0.5])
@pytest.mark.parametrize(
    "question", ["difference_in_change", "change_since_baseline", "growth", "baseline_adjusted"]
)
def test_equal_to_the_analysis_of_each_data_set(question: str, by_score: float) -> None:
    scenario = replace(SCENARIO, attrition_by_score=by_score)
    draws, wanted = draw(scenario, 4, seed=5), asked(question)
    posed = pose_first(scenario, draws, wanted)
    assert isinstance(posed, Posed)
    found = site_tests(scenario, draws, wanted, posed, 0)
    study = planned_study(scenario)
    for b in range(4):
        alone = pose(wanted, panel_of(scenario, draws, 0, b), study)
        assert isinstance(alone, Posed)
        change = site_change(first_stage(alone.spec, study)(alone.contrast), alone.contrast, SCORE)
        assert found.estimate[b] == pytest.approx(change.estimate, rel=RELATIVE)
        assert found.std_error[b] == pytest.approx(change.std_error, rel=RELATIVE)
        assert found.df[b] == change.df
        assert found.conf_low[b] == pytest.approx(change.conf_low, rel=RELATIVE, abs=1e-6)
    assert (found.state == GIVEN).all()


def test_one_site_in_an_arm_is_withheld_and_not_a_failure_to_find() -> None:
    lone = replace(SCENARIO, arms={"S0": "intervention", "S1": "comparison", "S2": "comparison"})
    draws = draw(lone, 3, seed=1)
    posed = pose_first(lone, draws, asked("difference_in_change", lone))
    assert isinstance(posed, Posed)
    found = site_tests(lone, draws, asked("difference_in_change", lone), posed, 0)
    assert (found.state == WITHHELD).all()
    assert np.isnan(found.p_value).all()


def test_staggered_starts_go_through_the_analysis_itself() -> None:
    scenario = replace(SCENARIO, times=(0.0, 1.0, 2.0, 3.0), starts={"S1": 1.0, "S2": 2.0})
    draws, wanted = draw(scenario, 2, seed=2), asked("staggered_start", scenario)
    posed = pose_first(scenario, draws, wanted)
    assert isinstance(posed, Posed)
    assert posed.contrast.stack
    found = site_tests(scenario, draws, wanted, posed, 0)
    assert (found.state == GIVEN).all()
    assert (found.df > 0).all()
