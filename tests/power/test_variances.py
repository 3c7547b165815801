"""Covariances are what their names say, and impossible ones are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.power.closed_form.design_effect import wave_correlation
from evalkit.power.variances import Variances, resident_covariance, site_covariance

TIMES = np.array([0.0, 1.0, 2.5])
SHARE = st.floats(0.0, 1.0)


def test_lines_and_fading() -> None:
    found = resident_covariance(
        Variances(1.0, resident=4.0, resident_slope=0.25, resident_correlation=-0.5), TIMES
    )
    assert found[1, 2] == pytest.approx(4 - 0.5 * (1 + 2.5) + 0.25 * 2.5)
    assert found[2, 2] == pytest.approx(4 - 0.5 * 5 + 0.25 * 2.5**2 + 1)
    found = resident_covariance(
        Variances(1.0, resident=4.0, resident_autocorrelation=0.6, residual_autocorrelation=0.2), TIMES
    )
    assert found[0, 2] == pytest.approx(4 * 0.6**2.5 + 0.2**2.5)
    found = site_covariance(
        Variances(1.0, site=2.0, site_slope=0.5, site_correlation=0.3, site_wave=7.0), TIMES
    )
    assert found[0, 1] == pytest.approx(2 + 0.3)
    assert found[0, 0] == pytest.approx(9)


@settings(deadline=None)
@given(icc=SHARE, cac=SHARE, iac=SHARE, n=st.integers(1, 60))
def test_correlations_come_back(icc: float, cac: float, iac: float, n: int) -> None:
    v = Variances.from_correlations(3.0, icc=icc, cac=cac, iac=iac)
    assert v.residual + v.resident + v.site + v.site_wave == pytest.approx(3.0)
    mean = site_covariance(v, TIMES) + resident_covariance(v, TIMES) / n
    assert mean[0, 1] / mean[0, 0] == pytest.approx(wave_correlation(n, icc, cac=cac, iac=iac), abs=1e-12)


@settings(deadline=None)
@given(churn=SHARE)
def test_churn_thins_what_lasts_and_keeps_the_whole(churn: float) -> None:
    v = Variances(1.0, resident=2.0).with_churn(churn)
    found = resident_covariance(v, TIMES)
    assert found[0, 0] == pytest.approx(3.0)
    assert found[0, 1] == pytest.approx(2.0 * (1 - churn))


@pytest.mark.parametrize(
    "wrong",
    [
        {"residual": -1.0},
        {"residual": float("nan")},
        {"residual": 1.0, "site": float("inf")},
        {"residual": 1.0, "site_autocorrelation": 1.1},
        {"residual": 1.0, "resident_correlation": -1.2},
        {"residual": 1.0, "resident_autocorrelation": 0.5, "resident_correlation": 0.2},
    ],
)
def test_impossible_variances_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Variances(**wrong)


@pytest.mark.parametrize(("slope", "churn"), [(0.0, 1.2), (0.5, 0.2)])
def test_churn_that_cannot_be_is_refused(slope: float, churn: float) -> None:
    with pytest.raises(ValueError):
        Variances(1.0, resident=1.0, resident_slope=slope).with_churn(churn)
