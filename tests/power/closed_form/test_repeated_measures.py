"""The information of those who left; published figures stand in `test_published.py`."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.power.closed_form.repeated_measures import information_factor, repeated_measures_n

AR = 0.6 ** np.abs(np.subtract.outer(np.arange(4), np.arange(4)))


def test_nobody_leaves_nothing_is_lost() -> None:
    assert information_factor(AR, [1, 1, 1, 1]) == pytest.approx(1.0)
    assert information_factor(np.eye(4), [1, 0.9, 0.8, 0.5]) == pytest.approx(2.0)
    assert 1.0 < information_factor(AR, [1, 0.9, 0.8, 0.5]) < 2.0


@pytest.mark.parametrize("retention", [[1, 0.5, 0.6, 0.5], [1.1, 1, 1, 1], [1, 0.5, 0.2, 0.0]])
def test_retention_that_cannot_be_is_refused(retention: list[float]) -> None:
    with pytest.raises(ValueError):
        information_factor(AR, retention)


def test_no_difference_no_number() -> None:
    with pytest.raises(ValueError):
        repeated_measures_n(0.0, 1.0, (1.0, 1.0))
