"""A scenario: planted changes follow the years, and impossible assumptions are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalkit.power.measure import Measure
from evalkit.power.scenario import Scenario, partner_scenario, resident_scenario

ARMS = {"S1": "intervention", "S2": "comparison"}
MEASURE = Measure("cohesion", ("a", "b", "c"), yearly_change=0.1, plateau=0.25, secular_change=-0.02)


def planted(scenario: Scenario, arm: str) -> list[float]:
    return [scenario.planted_change(MEASURE, arm, wave) for wave in range(len(scenario.times))]


def test_effect_starts_after_the_lag_and_stops_at_the_plateau() -> None:
    scenario = Scenario((MEASURE,), ARMS, times=(0.0, 1.0, 2.0, 3.0, 6.0))
    assert planted(scenario, "comparison") == pytest.approx([0, -0.3, -0.6, -0.9, -1.8])
    apart = [
        ours - other for ours, other in zip(*(planted(scenario, arm) for arm in ARMS.values()), strict=True)
    ]
    assert apart == pytest.approx([0, 0, 1.5, 3.0, 3.75])


def test_households_follow_from_the_response_rate() -> None:
    assert resident_scenario({"cohesion": ("a", "b", "c")}, ARMS).households == (100, 100)


def test_partners_are_spread_over_sites() -> None:
    six = {f"S{n}": "intervention" for n in range(6)}
    scenario = partner_scenario({"collab": ("a", "b", "c")}, six, partners=35)
    assert sum(scenario.sizes) == 35
    assert set(scenario.sizes) == {5, 6}


@pytest.mark.parametrize(
    "change",
    [
        {"stability": 0.85},
        {"times": (1.0, 2.0)},
        {"times": (0.0, 2.0, 1.0)},
        {"per_site": (10, 10, 10)},
    ],
)
def test_impossible_assumptions_are_refused(change: dict[str, object]) -> None:
    scenario = resident_scenario({"cohesion": ("a", "b", "c")}, ARMS)
    with pytest.raises(ValueError):
        replace(scenario, **change)
