"""One assumption changes, and the others stay."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.power.measure import Measure
from evalkit.power.scenario import Scenario
from evalkit.power.varying import PARAMETERS, with_effect, with_sites, with_waves

MEASURE = Measure("m", ("a", "b", "c", "d"))
SCENARIO = Scenario(
    (MEASURE,),
    {f"S{n}": "intervention" if n < 3 else "comparison" for n in range(6)},
    not_asked={"S0": ("w3",)},
    attrition_by_wave=(0.1, 0.2),
)


@settings(max_examples=30, deadline=None)
@given(sites=st.integers(4, 40))
def test_arms_stay_as_even_as_they_were(sites: int) -> None:
    arms = list(with_sites(SCENARIO, sites).arms.values())
    assert len(arms) == sites
    assert abs(arms.count("intervention") - arms.count("comparison")) <= 1


def test_waves_take_their_losses_and_gaps_along() -> None:
    fewer, more = with_waves(SCENARIO, 2), with_waves(SCENARIO, 5)
    assert (fewer.times, fewer.attrition_by_wave, fewer.not_asked) == ((0.0, 1.0), (0.1,), {"S0": ()})
    assert (more.times[-1], more.attrition_by_wave) == (4.0, (0.1, 0.2, 0.2, 0.2))


def test_effects_scale_and_items_change_reliability() -> None:
    assert with_effect(SCENARIO, 2.0).measures[0].plateau == 2 * MEASURE.plateau
    longer = PARAMETERS["items"](SCENARIO, 8).measures[0]
    assert len(longer.items) == 8
    assert longer.alpha == pytest.approx(2 * 0.8 / 1.8)


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_changes_the_scenario(name: str) -> None:
    value = {"residents": 7, "sites": 8, "waves": 4, "effect": 3.0, "items": 9, "lag": 0.5}.get(name, 0.33)
    assert PARAMETERS[name](SCENARIO, value) != SCENARIO


def test_sites_of_different_size_keep_their_proportions() -> None:
    uneven = replace(SCENARIO, per_site=(10, 20, 30, 10, 20, 30))
    assert PARAMETERS["residents"](uneven, 40).per_site == (20, 40, 60, 20, 40, 60)
