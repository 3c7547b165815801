"""Design effects: what they become at the ends; published figures stand in `test_published.py`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.power.closed_form.design_effect import (
    ancova_design_effect,
    change_design_effect,
    parallel_design_effect,
    stepped_design_effect,
    wave_correlation,
)
from evalkit.power.closed_form.hussey_hughes import hussey_hughes_variance
from evalkit.power.gls import gls_power
from evalkit.power.grid import closed_cohort
from evalkit.power.variances import Variances

SHARE = st.floats(0.01, 0.95)


@settings(deadline=None)
@given(icc=SHARE, cac=SHARE, iac=SHARE, n=st.integers(2, 80), k=st.integers(2, 8))
def test_change_is_what_least_squares_say(icc: float, cac: float, iac: float, n: int, k: int) -> None:
    arms = np.repeat([0, 1], k)
    grid = closed_cohort([0, 1], arms[:, None] * [0, 1], n, arms=arms)
    variances = Variances.from_correlations(1.0, icc=icc, cac=cac, iac=iac)
    found = gls_power(grid, variances, 0.3, df="infinite", arm_difference=True).std_error ** 2
    assert found == pytest.approx(2 * change_design_effect(n, icc, cac=cac, iac=iac) / (k * n))


@settings(deadline=None)
@given(icc=SHARE, cac=SHARE, iac=SHARE, n=st.integers(2, 80), k=st.integers(2, 8))
def test_adjusting_is_what_least_squares_say_of_arms_alike_at_the_start(
    icc: float, cac: float, iac: float, n: int, k: int
) -> None:
    grid = closed_cohort([0, 1], np.repeat([0, 1], k)[:, None] * [0, 1], n)
    variances = Variances.from_correlations(1.0, icc=icc, cac=cac, iac=iac)
    found = gls_power(grid, variances, 0.3, df="infinite").std_error ** 2
    assert found == pytest.approx(2 * ancova_design_effect(n, icc, cac=cac, iac=iac) / (k * n))


@settings(deadline=None)
@given(icc=SHARE, iac=SHARE, n=st.integers(2, 80), steps=st.integers(2, 6), sites=st.integers(1, 3))
def test_stepped_starts_are_hussey_and_hughes(icc: float, iac: float, n: int, steps: int, sites: int) -> None:
    treated = np.repeat(np.triu(np.ones((steps, steps + 1)), 1), sites, axis=0)
    site, cell = icc + (1 - icc) * iac / n, (1 - icc) * (1 - iac) / n
    effect = stepped_design_effect(n, icc, steps, iac=iac)
    assert hussey_hughes_variance(treated, site, cell) == pytest.approx(4 * effect / (n * steps * sites))


def test_residents_alone_have_no_design_effect() -> None:
    assert parallel_design_effect(1, 0.3) == parallel_design_effect(50, 0.0) == 1.0
    assert parallel_design_effect(50, 0.1, cv=0.6) > parallel_design_effect(50, 0.1)


@pytest.mark.parametrize(("residents", "icc", "cac"), [(0, 0.1, 1.0), (10, 1.1, 1.0), (10, 0.1, -0.1)])
def test_what_cannot_be_is_refused(residents: float, icc: float, cac: float) -> None:
    with pytest.raises(ValueError):
        wave_correlation(residents, icc, cac=cac)
    with pytest.raises(ValueError, match="steps"):
        stepped_design_effect(10, 0.1, 1)
