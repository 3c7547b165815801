"""A search finds the smallest value with the wished power, or says that there is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from evalkit.power.diagnosands import Share
from evalkit.power.searching import PowerAt, search


def rising(per_unit: float) -> PowerAt:
    def power_at(value: float) -> Share:
        share = float(norm.cdf(per_unit * value - 1.96))
        return Share(0, 1, share, share, share)

    return power_at


@settings(max_examples=40, deadline=None)
@given(per_unit=st.floats(0.05, 2.0), goal=st.floats(0.5, 0.95))
def test_whole_numbers_are_the_smallest_that_reach_the_goal(per_unit: float, goal: float) -> None:
    power_at = rising(per_unit)
    found = search(power_at, goal, 1, 400, whole=True)
    assert found.value is not None
    assert power_at(found.value).value >= goal
    assert found.value == 1 or power_at(found.value - 1).value < goal
    assert len(found.tried) < 20


def test_effects_are_found_near_enough() -> None:
    found = search(rising(0.5), 0.8, 0.0, 40.0)
    assert found.value == pytest.approx((norm.ppf(0.8) + 1.96) / 0.5, rel=0.01)


def test_a_goal_out_of_reach_is_said_with_the_power_there() -> None:
    found = search(rising(0.001), 0.8, 1, 400, whole=True)
    assert found.value is None
    assert found.power.value == rising(0.001)(400).value


def test_the_low_end_may_do() -> None:
    assert search(rising(5.0), 0.8, 4, 60, whole=True).value == 4
