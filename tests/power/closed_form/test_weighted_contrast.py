"""Residents for a contrast of waves: laws and refusals; published figures stand in `test_published.py`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.power.closed_form.weighted_contrast import weighted_contrast_n, weighted_contrast_power

COVARIANCE = np.array([[1.0, 0.5], [0.5, 1.0]])


@settings(deadline=None)
@given(power=st.floats(0.2, 0.99), ratio=st.floats(0.5, 3.0), staying=st.floats(0.3, 1.0))
def test_n_has_its_power(power: float, ratio: float, staying: float) -> None:
    design = ([0.1, 0.5], COVARIANCE, [-1.0, 1.0])
    n = weighted_contrast_n(*design, retention=[1, staying], ratio=ratio, power=power)
    found = weighted_contrast_power(n, *design, retention=[1, staying], ratio=ratio)
    assert found == pytest.approx(power)


def test_only_proportions_of_weights_matter() -> None:
    assert weighted_contrast_n([0, 0.5], COVARIANCE, [-3, 3]) == pytest.approx(
        weighted_contrast_n([0, 0.5], COVARIANCE, [-1, 1])
    )


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="zero"):
        weighted_contrast_n([0.5, 0.5], COVARIANCE, [-1, 1])
    for retention in ([1.0, 0.0], [1.1, 1.0]):
        with pytest.raises(ValueError, match="retention"):
            weighted_contrast_n([0.5, 0.5], COVARIANCE, [1, 1], retention=retention)
