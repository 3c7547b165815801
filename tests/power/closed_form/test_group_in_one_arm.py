"""Groups in one arm alone: residents beside them; the published figure stands in `test_published.py`."""

from __future__ import annotations

import pytest

from evalkit.power.closed_form.group_in_one_arm import controls_beside_groups
from evalkit.power.closed_form.time_average import time_average_n

VARIANCES = {"within_variance": 0.9, "control_variance": 1.0}


def test_groups_of_one_are_residents_alone() -> None:
    n = time_average_n(0.5, 1, 1.0, 0.0)
    found = controls_beside_groups(n, 1, 0.5, group_variance=0.0, within_variance=1.0, control_variance=1.0)
    assert found == pytest.approx(n)


def test_too_few_groups_are_said() -> None:
    with pytest.raises(ValueError, match="too few"):
        controls_beside_groups(3, 10, 0.5, group_variance=0.1, **VARIANCES)
