"""Simulated power: several outcomes, false positives, curves on one stream of chance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalkit.power.measure import Measure
from evalkit.power.question import Question, default_analysis
from evalkit.power.scenario import Scenario
from evalkit.power.simulated_power import curve, simulate_power

ARMS = {f"S{n}": "intervention" if n < 3 else "comparison" for n in range(6)}
MEASURES = (
    Measure("m", (), yearly_change=0.5, plateau=1.0),
    Measure("k", (), yearly_change=0.5, plateau=1.0),
)
SCENARIO = Scenario(MEASURES, ARMS, per_site=15, times=(0.0, 2.0), lag=0.0)
QUESTIONS = [Question(default_analysis(SCENARIO, measure)) for measure in MEASURES]


def test_power_false_positives_and_both_outcomes() -> None:
    found = simulate_power(SCENARIO, QUESTIONS, simulations=300)
    design = found.designs[0]
    assert design.worth.truth == pytest.approx(15.0)
    assert design.worth.power.low > 0.6
    assert design.false_positives is not None
    assert design.false_positives.low < 0.05 < design.false_positives.high
    assert design.worth.bias == pytest.approx(0.0, abs=4 * design.worth.bias_error)
    assert found.joint["two_stage"]["all"].value < found.joint["two_stage"]["any"].value
    assert list(found.table["outcome"]) == ["m", "k"]


def test_a_scenario_without_effect_is_its_own_null() -> None:
    still = replace(SCENARIO, measures=(replace(MEASURES[0], yearly_change=0.0, plateau=0.0),))
    design = simulate_power(still, QUESTIONS[:1], simulations=60).designs[0]
    assert design.false_positives == design.worth.power
    assert design.worth.exaggeration is None


def test_same_seed_same_table() -> None:
    one, other = (simulate_power(SCENARIO, QUESTIONS[:1], simulations=60).table for _ in range(2))
    assert one.equals(other)
    assert not one.equals(simulate_power(SCENARIO, QUESTIONS[:1], simulations=60, seed=1).table)


def test_curves_rise_and_know_their_parameters() -> None:
    small = replace(SCENARIO, measures=(replace(MEASURES[0], yearly_change=0.2),))
    found = curve(small, QUESTIONS[:1], "residents", [8, 30, 90], simulations=150)
    powers = [part.designs[0].worth.power.value for part in found.values()]
    assert powers == sorted(powers)
    assert powers[0] < powers[-1]
    with pytest.raises(ValueError):
        curve(small, QUESTIONS[:1], "luck", [1])
