"""The t test of site means: laws and refusals; published figures stand in `test_published.py`."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.power.closed_form.cluster_t_test import (
    cluster_t_difference,
    cluster_t_power,
    cluster_t_sites,
    weighted_cluster_t_power,
)
from evalkit.power.closed_form.design_effect import parallel_design_effect


@settings(deadline=None)
@given(difference=st.floats(0.1, 1.0), effect=st.floats(1.0, 8.0), power=st.floats(0.3, 0.99))
def test_sites_have_their_power(difference: float, effect: float, power: float) -> None:
    sites = cluster_t_sites(30, difference, design_effect=effect, power=power)
    found = cluster_t_power(sites, 30, difference, design_effect=effect)
    assert found == pytest.approx(power, abs=1e-9) or (sites == 2 and found > power)


@settings(deadline=None)
@given(sites=st.integers(2, 30), power=st.floats(0.1, 0.99))
def test_the_smallest_difference_has_its_power(sites: int, power: float) -> None:
    difference = cluster_t_difference(sites, 40, variance=2.0, design_effect=3.0, power=power)
    found = cluster_t_power(sites, 40, difference, variance=2.0, design_effect=3.0)
    assert found == pytest.approx(power, abs=1e-9)


def test_sites_of_one_size_need_no_weights() -> None:
    found = weighted_cluster_t_power(([30] * 4, [30] * 4), 0.3, 0.05)
    assert found == pytest.approx(cluster_t_power(4, 30, 0.3, design_effect=parallel_design_effect(30, 0.05)))


def test_what_cannot_be_is_refused() -> None:
    for sites, residents, variance in ((1, 10, 1.0), (3, 0, 1.0), (3, 10, 0.0)):
        with pytest.raises(ValueError):
            cluster_t_power(sites, residents, 0.3, variance=variance)
    with pytest.raises(ValueError):
        cluster_t_sites(10, 0.0)
    with pytest.raises(ValueError):
        cluster_t_sites(10, 0.3, power=0.05)
    with pytest.raises(ValueError):
        weighted_cluster_t_power(([10], [10]), 0.3, 0.1)
    with pytest.raises(ValueError):
        weighted_cluster_t_power(([10, 10], [10, 10]), 0.3, 1.1)
