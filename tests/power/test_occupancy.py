"""People leave and are replaced as the scenario says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.power.occupancy import Chances, first_occupancy, leaving_chance, leaving_share, next_occupancy
from evalkit.power.scenario import Scenario

SCENARIO = Scenario((), {"S1": "intervention", "S2": "comparison"}, times=(0.0, 2.0, 3.0), attrition=0.2)
SITE = np.repeat([0, 1], 2000)


def chances(seed: int) -> Chances:
    rng = np.random.default_rng(seed)
    return Chances(*(rng.random((1, len(SITE), 3)) for _ in range(3)))


def test_shares_follow_years_waves_and_arms() -> None:
    assert leaving_share(SCENARIO, 1) == pytest.approx([0.36, 0.36])
    assert leaving_share(replace(SCENARIO, attrition_by_wave=(0.1, 0.5)), 2) == pytest.approx([0.5, 0.5])
    by_arm = replace(SCENARIO, attrition_by_arm={"comparison": 0.4})
    assert leaving_share(by_arm, 2) == pytest.approx([0.2, 0.4])


@settings(max_examples=20, deadline=None)
@given(share=st.floats(0.02, 0.9), strength=st.floats(-3, 3), seed=st.integers(0, 1000))
def test_chances_average_to_the_share(share: float, strength: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    there = rng.random((2, 300)) < 0.7
    chance = leaving_chance(np.full(300, share), strength * rng.standard_normal((2, 300)), there)
    for row, who in zip(chance, there, strict=True):
        assert row[who].mean() == pytest.approx(share, abs=1e-6)


def test_refreshment_fills_places_with_new_people() -> None:
    drawn = chances(1)
    after = next_occupancy(SCENARIO, first_occupancy(drawn), drawn, 1, SITE, None)
    assert after.there.all()
    assert after.arrived.mean() == pytest.approx(0.36, abs=0.03)
    assert (after.person == after.arrived).all()
    empty = next_occupancy(replace(SCENARIO, refreshment=0.0), first_occupancy(drawn), drawn, 1, SITE, None)
    assert empty.there.mean() == pytest.approx(0.64, abs=0.03)
    assert not empty.arrived.any()
