"""The question of a plan, posed to a scenario, and what is true of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalkit.errors import ProblemsFound
from evalkit.power.drawing import draw
from evalkit.power.measure import Measure
from evalkit.power.question import Posed, Question, default_analysis, pose_first, truth
from evalkit.power.scenario import Scenario

ARMS = {f"S{n}": "intervention" if n < 3 else "comparison" for n in range(6)}
MEASURE = Measure("m", (), sd=10.0, yearly_change=0.1, plateau=1.0, secular_change=-0.05)
SCENARIO = Scenario((MEASURE,), ARMS, times=(0.0, 1.0, 2.0, 3.0), lag=0.0)


def posed(scenario: Scenario, question: str, contrast: str | None = None) -> tuple[Posed, Question]:
    analysis = default_analysis(scenario, MEASURE).model_copy(update={"question": question})
    asked = Question(analysis, contrast)
    found = pose_first(scenario, draw(scenario, 1, seed=1), asked)
    assert isinstance(found, Posed)
    return found, asked


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("difference_in_change", 3.0),
        ("growth", 1.0),
        ("baseline_adjusted", 3.0),
    ],
)
def test_truths_of_two_arms(question: str, expected: float) -> None:
    assert truth(SCENARIO, MEASURE, posed(SCENARIO, question)[0]) == pytest.approx(expected)


def test_the_change_of_one_group_holds_what_happens_everywhere() -> None:
    alone = replace(SCENARIO, arms=dict.fromkeys(ARMS))
    assert default_analysis(alone, MEASURE).question == "change_since_baseline"
    assert truth(alone, MEASURE, posed(alone, "change_since_baseline")[0]) == pytest.approx(-1.5)


def test_staggered_starts_are_asked_by_default_and_pool_equal_exposures() -> None:
    scenario = replace(SCENARIO, starts={"S1": 1.0, "S2": 2.0})
    analysis = default_analysis(scenario, MEASURE)
    assert analysis.question == "staggered_start"
    found, _ = posed(scenario, "staggered_start", "step1")
    assert truth(scenario, MEASURE, found) == pytest.approx(1.0)


def test_an_earlier_wave_can_be_asked_for() -> None:
    assert truth(SCENARIO, MEASURE, posed(SCENARIO, "difference_in_change", "w2")[0]) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("update", "contrast", "code"),
    [
        ({"question": "dose_response"}, None, "power.question_not_simulated"),
        ({}, "w9", "power.no_such_contrast"),
    ],
)
def test_what_cannot_be_asked_is_said(update: dict[str, object], contrast: str | None, code: str) -> None:
    analysis = default_analysis(SCENARIO, MEASURE).model_copy(update=update)
    with pytest.raises(ProblemsFound) as found:
        pose_first(SCENARIO, draw(SCENARIO, 1, seed=1), Question(analysis, contrast))
    assert [problem.code for problem in found.value.problems] == [code]


def test_one_wave_has_no_question() -> None:
    with pytest.raises(ProblemsFound) as found:
        default_analysis(replace(SCENARIO, times=(0.0,)), MEASURE)
    assert found.value.problems[0].code == "power.one_wave"
