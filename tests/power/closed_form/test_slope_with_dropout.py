"""Slopes with dropout and clusters: laws and refusals; published figures stand in `test_published.py`."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evalkit.power.closed_form.slope_difference import slope_difference_power, slope_variance
from evalkit.power.closed_form.slope_with_dropout import (
    ResidentVariances,
    SlopeArm,
    slope_arm_variance,
    slope_with_dropout_power,
    weibull_retention,
)

TIMES = (0.0, 1.0, 3.0, 4.0)
VARIANCES = ResidentVariances(4.0, 0.5, 2.0, 0.3)


def test_without_dropout_it_is_the_slope_of_one_resident() -> None:
    alone = slope_variance(TIMES, VARIANCES.at(TIMES))
    assert slope_arm_variance(TIMES, SlopeArm((30,)), VARIANCES) == pytest.approx(alone / 30)
    clustered = slope_arm_variance(TIMES, SlopeArm((10,) * 3, cluster_slope=0.2), VARIANCES)
    assert clustered == pytest.approx((alone / 10 + 0.2) / 3)
    found = slope_with_dropout_power(0.4, TIMES, (SlopeArm((30,)),) * 2, VARIANCES, math.inf)
    near = slope_difference_power(30, 0.4, TIMES, VARIANCES.at(TIMES))
    assert found == pytest.approx(near, abs=1e-4)


def test_those_who_leave_at_once_count_for_nothing() -> None:
    half = SlopeArm((30,), retention=(0.5, 0.5, 0.5, 0.5))
    found = slope_arm_variance(TIMES, half, VARIANCES)
    assert found == pytest.approx(2 * slope_arm_variance(TIMES, SlopeArm((30,)), VARIANCES))


def test_later_losses_cost_less() -> None:
    variances = [
        slope_arm_variance(TIMES, SlopeArm((30,), retention=weibull_retention(TIMES, 0.4, shape)), VARIANCES)
        for shape in (0.3, 1.0, 4.0)
    ]
    assert (np.diff(variances) < 0).all()


@pytest.mark.parametrize("retention", [(1.0, 0.5, 0.6, 0.5), (1.2, 1.0, 0.9, 0.8)])
def test_retention_that_cannot_be_is_refused(retention: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="retention"):
        slope_arm_variance(TIMES, SlopeArm((30,), retention=retention), VARIANCES)


@pytest.mark.parametrize(("lost", "shape"), [(1.0, 1.0), (-0.1, 1.0), (0.3, 0.0)])
def test_weibull_laws_that_cannot_be_are_refused(lost: float, shape: float) -> None:
    with pytest.raises(ValueError):
        weibull_retention(TIMES, lost, shape)
