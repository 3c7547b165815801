"""Power of other sizes from one design agrees with the formula asked of each size."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.power.expected_power import expected_power
from evalkit.power.scaled_power import ScaledPower
from evalkit.power.scenario import Scenario
from evalkit.power.varying import with_residents, with_sites
from tests.power.designs import question_of, scenario_of

# People of a wave are whole numbers and their absences are drawn: variances move by about one percent.
OF_PEOPLE = 0.015


def scaled_of(scenario: Scenario) -> ScaledPower:
    question = question_of(scenario)
    expected = expected_power(scenario, question)
    assert expected is not None
    return ScaledPower(scenario, expected, question.alpha)


@pytest.mark.parametrize("arms", [(3, 3), (2, 4), (6, 0)])
@pytest.mark.parametrize(("sites", "residents"), [(7, 40), (10, 25), (20, 80)])
def test_it_agrees_with_the_formula(arms: tuple[int, int], sites: int, residents: int) -> None:
    scenario = scenario_of(*arms, yearly_change=0.1, plateau=1.0)
    other = with_residents(with_sites(scenario, sites), residents)
    expected = expected_power(other, question_of(other))
    assert expected is not None
    assert scaled_of(scenario).power(sites, residents) == pytest.approx(expected.power, abs=OF_PEOPLE)


@settings(max_examples=20)
@given(
    sites=st.integers(4, 60),
    residents=st.integers(3, 150),
    icc=st.floats(0.0, 0.2),
    change=st.floats(0.01, 0.3),
)
def test_more_sites_or_residents_never_lower_power(
    sites: int, residents: int, icc: float, change: float
) -> None:
    scaled = scaled_of(scenario_of(2, 2, 20, icc=icc, yearly_change=change, plateau=2.0))
    here = scaled.power(sites, residents)
    assert scaled.power(sites + 2, residents) >= here - 1e-9
    assert scaled.power(sites, residents + 1) >= here - 1e-9
    assert scaled.power(sites, float("inf")) >= here - 1e-9


@lru_cache
def known() -> ScaledPower:
    return scaled_of(scenario_of(3, 3, yearly_change=0.2, plateau=1.0))


@given(sites=st.integers(4, 40), goal=st.floats(0.3, 0.95))
def test_residents_needed_are_just_enough(sites: int, goal: float) -> None:
    scaled = known()
    needed = scaled.residents_for(sites, goal)
    if needed == float("inf"):
        assert scaled.power(sites, 1e9) < goal
    else:
        assert scaled.power(sites, needed) == pytest.approx(goal, abs=1e-6)


def test_one_site_an_arm_gives_no_test() -> None:
    scaled = scaled_of(scenario_of(3, 3))
    assert scaled.power(3, 40) == 0.0 and scaled.residents_for(3, 0.8) == float("inf")
