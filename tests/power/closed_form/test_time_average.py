"""Residents for a difference of means over waves; published figures stand in `test_published.py`."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.power.closed_form.slope_difference import exchangeable_covariance
from evalkit.power.closed_form.time_average import time_average_n
from evalkit.power.closed_form.weighted_contrast import weighted_contrast_n


@pytest.mark.parametrize("waves", [1, 2, 5])
def test_is_the_contrast_of_equal_weights(waves: int) -> None:
    covariance = exchangeable_covariance(2.0, 0.3, waves)
    expected = weighted_contrast_n([0.4] * waves, covariance, np.ones(waves).tolist())
    assert time_average_n(0.4, waves, 2.0, 0.3) == pytest.approx(expected)


@pytest.mark.parametrize(("difference", "waves"), [(0.0, 3), (0.2, 0)])
def test_what_cannot_be_is_refused(difference: float, waves: int) -> None:
    with pytest.raises(ValueError):
        time_average_n(difference, waves, 1.0, 0.5)
