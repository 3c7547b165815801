"""What binds a design in known cases, and the laws of what steps buy."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from evalkit.power.advice import Step, advise, half_the_attrition
from evalkit.power.cheapest import Limits
from evalkit.power.degenerate import DegenerateDesign
from evalkit.power.expected_power import expected_power
from evalkit.power.prices import Prices
from evalkit.power.scenario import Scenario
from evalkit.power.score_covariance import within_covariance
from evalkit.power.varying import with_items
from tests.power.designs import question_of, scenario_of

# People of a wave are whole numbers and their absences are drawn: power moves by about so much.
OF_PEOPLE = 0.01


@pytest.mark.parametrize(
    ("scenario", "binds"),
    [
        (scenario_of(3, 3, 40), "sites"),
        (scenario_of(6, 0, 40), "sites"),
        (scenario_of(40, 40, 3), "residents"),
        (scenario_of(16, 16, 60, times=(0.0, 1.0, 2.0, 3.0)), "waves"),
        (scenario_of(3, 3, times=(0.0, 1.0)), "waves"),
        (scenario_of(3, 3, yearly_change=0.0), "effect"),
        (scenario_of(12, 12, 60, yearly_change=0.1), "nothing"),
        (
            replace(scenario_of(30, 30, 20), attrition=0.4, refreshment=0.0, attrition_by_score=0.0),
            "attrition",
        ),
    ],
)
def test_what_binds(scenario: Scenario, binds: str) -> None:
    advice = advise(scenario, question_of(scenario))
    assert advice is not None and advice.binds == binds


def test_no_number_of_residents_helps_three_against_three() -> None:
    scenario = scenario_of(3, 3, 40)
    advice = advise(scenario, question_of(scenario), limits=Limits(residents=10**6))
    assert advice is not None and advice.residents_needed is None
    crowded = expected_power(replace(scenario, per_site=1500), question_of(scenario))
    assert crowded is not None
    assert crowded.power == pytest.approx(advice.ceiling_of_residents, abs=OF_PEOPLE)


def test_numbers_needed_reach_the_goal_and_one_step_less_does_not() -> None:
    scenario = scenario_of(3, 3, 40, yearly_change=0.12, plateau=1.0)
    question = question_of(scenario)
    advice = advise(scenario, question)
    assert advice is not None and advice.sites_needed is not None
    for sites, reached in ((advice.sites_needed + 2, True), (advice.sites_needed - 4, False)):
        other = scenario_of(sites // 2, sites // 2, 40, yearly_change=0.12, plateau=1.0)
        expected = expected_power(other, question)
        assert expected is not None and (expected.power >= 0.8) == reached


@pytest.mark.parametrize("design", [(2, 2, 20), (3, 3, 40), (10, 5, 7)])
def test_no_step_lowers_power(design: tuple[int, int, int]) -> None:
    scenario = scenario_of(*design, yearly_change=0.2, plateau=1.0)
    advice = advise(scenario, question_of(scenario))
    assert advice is not None and {option.step for option in advice.options} == set(get_args(Step))
    assert all(option.expected.power >= advice.now.power - OF_PEOPLE for option in advice.options)


def test_steps_cost_what_they_add_and_efforts_without_a_price_cost_nothing_known() -> None:
    scenario = scenario_of(3, 3)
    advice = advise(
        scenario, question_of(scenario), prices=Prices(per_site=100, per_wave=7), limits=Limits(8, 50, 5)
    )
    assert advice is not None and advice.cost == 600 + 35
    costs = {option.step: option.cost for option in advice.options}
    assert costs == {"sites": 200, "residents": 0, "waves": 7, "attrition": None, "items": None}


def test_a_longer_scale_has_the_same_true_scores_and_less_error() -> None:
    scenario = scenario_of(3, 3, alpha=0.7, icc=0.05)
    measure = scenario.measures[0]
    longer = with_items(scenario, 2 * len(measure.items))
    before, after = within_covariance(scenario, measure), within_covariance(longer, longer.measures[0])
    assert after[0, 1] == pytest.approx(before[0, 1]) and after[0, 0] < before[0, 0]
    error = (1 - measure.alpha) * measure.sd**2
    assert before[0, 0] - after[0, 0] == pytest.approx(error / 2)


def test_half_the_attrition_holds_for_waves_and_arms() -> None:
    scenario = replace(
        scenario_of(2, 2), attrition_by_wave=(0.4, 0.2, 0.2, 0.2), attrition_by_arm={"comparison": 0.3}
    )
    halved = half_the_attrition(scenario)
    assert halved.attrition_by_wave == (0.2, 0.1, 0.1, 0.1) and halved.attrition_by_arm == {
        "comparison": 0.15
    }


def test_staggered_starts_have_no_formula_and_no_advice() -> None:
    scenario = replace(scenario_of(4, 2), starts={"S0": 0.5, "S1": 0.5, "S2": 2.5, "S3": 2.5})
    assert advise(scenario, question_of(scenario)) is None


def test_two_sites_bear_no_advice() -> None:
    scenario = scenario_of(1, 1)
    with pytest.raises(DegenerateDesign):
        advise(scenario, question_of(scenario))
