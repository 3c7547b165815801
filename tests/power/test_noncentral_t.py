"""Power and noncentrality are each other's inverse, and both tails count."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evalkit.power.noncentral_t import (
    critical_value,
    noncentrality_for,
    normal_noncentrality,
    two_sided_power,
)

# R 4.2.2: pt(qt(.975, df), df, ncp, lower.tail = FALSE) + pt(-qt(.975, df), df, ncp)
BY_R = {
    (1, 0.1): 0.0502487633608,
    (1, 8.0): 0.469781670302,
    (2, 12.0): 0.999150865782,
    (4, 2.8): 0.563566044862,
    (58, 2.8): 0.786228639077,
}
DFS = st.sampled_from([1.0, 2.0, 4.0, 9.5, 60.0, math.inf])


@pytest.mark.parametrize(("df", "noncentrality"), BY_R)
def test_agrees_with_r(df: float, noncentrality: float) -> None:
    assert two_sided_power(noncentrality, df) == pytest.approx(BY_R[df, noncentrality], abs=1e-9)


@settings(deadline=None)
@given(df=DFS, power=st.floats(0.06, 0.999), alpha=st.sampled_from([0.001, 0.01, 0.05]))
def test_noncentrality_has_its_power(df: float, power: float, alpha: float) -> None:
    found = noncentrality_for(power, df, alpha=alpha)
    assert two_sided_power(found, df, alpha=alpha) == pytest.approx(power, abs=1e-9)
    assert two_sided_power(-found, df, alpha=alpha) == two_sided_power(found, df, alpha=alpha)


@settings(deadline=None)
@given(noncentrality=st.floats(0.1, 20.0))
def test_power_rises_with_degrees_of_freedom(noncentrality: float) -> None:
    powers = [two_sided_power(noncentrality, df) for df in (1, 2, 4, 10, 100, math.inf)]
    assert all(np.diff(powers) >= -1e-12)


@settings(deadline=None)
@given(df=DFS)
def test_without_an_effect_the_level_is_left(df: float) -> None:
    assert two_sided_power(0.0, df, alpha=0.03) == pytest.approx(0.03)
    assert two_sided_power(1e-9, df, alpha=0.03) == pytest.approx(0.03)


def test_normal_sums_leave_the_far_tail_out() -> None:
    both = two_sided_power(normal_noncentrality(0.8))
    assert both - stats.norm.cdf(-critical_value() - normal_noncentrality(0.8)) == pytest.approx(0.8)


@pytest.mark.parametrize("power", [0.05, 0.02, 1.0])
def test_powers_that_no_effect_has_are_refused(power: float) -> None:
    with pytest.raises(ValueError):
        noncentrality_for(power)


@pytest.mark.parametrize(("df", "alpha"), [(0, 0.05), (-1, 0.05), (4, 0.0), (4, 1.0), (math.nan, 0.05)])
def test_no_degrees_of_freedom_no_number(df: float, alpha: float) -> None:
    with pytest.raises(ValueError):
        two_sided_power(1.0, df, alpha=alpha)
    with pytest.raises(ValueError):
        normal_noncentrality(0.8, sides=3)
