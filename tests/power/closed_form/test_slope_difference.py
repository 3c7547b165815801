"""Residents for a difference of slopes: laws and refusals; published figures stand in `test_published.py`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.power.closed_form.slope_difference import (
    exchangeable_covariance,
    slope_difference_n,
    slope_difference_power,
    slope_variance,
)

TIMES = [0.0, 2.0, 5.0]


@settings(deadline=None)
@given(times=st.lists(st.integers(0, 50), min_size=2, max_size=6, unique=True), rho=st.floats(0.0, 0.95))
def test_slopes_of_exchangeable_answers_have_a_short_formula(times: list[int], rho: float) -> None:
    t = np.array(times, dtype=float)
    found = slope_variance(times, exchangeable_covariance(3.0, rho, len(times)))
    assert found == pytest.approx(3.0 * (1 - rho) / ((t - t.mean()) ** 2).sum())


@settings(deadline=None)
@given(power=st.floats(0.2, 0.99), sides=st.sampled_from([1, 2]), difference=st.floats(0.1, 2.0))
def test_n_has_its_power(power: float, sides: int, difference: float) -> None:
    covariance = exchangeable_covariance(9.0, 0.4, 3)
    n = slope_difference_n(difference, TIMES, covariance, power=power, sides=sides)
    assert slope_difference_power(n, difference, TIMES, covariance, sides=sides) == pytest.approx(power)
    assert slope_difference_n(-difference, TIMES, covariance, power=power, sides=sides) == n


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="times"):
        slope_variance([1.0, 1.0], np.eye(2))
    with pytest.raises(ValueError, match="definite"):
        slope_variance([0.0, 1.0], exchangeable_covariance(1.0, 1.0, 2))
    with pytest.raises(ValueError, match="zero"):
        slope_difference_n(0.0, TIMES, np.eye(3))
