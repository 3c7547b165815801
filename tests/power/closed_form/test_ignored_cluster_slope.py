"""The price of leaving clusters' slopes out; published figures stand in `test_published.py`."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.power.closed_form.ignored_cluster_slope import ignored_cluster_slope
from evalkit.power.closed_form.slope_with_dropout import ResidentVariances, SlopeArm

VARIANCES = ResidentVariances(100, 1.9, 100)


def test_nothing_is_lost_where_clusters_change_alike_or_hold_one_resident() -> None:
    alike, ones = SlopeArm((10,) * 4), SlopeArm((1,) * 40, cluster_slope=0.1)
    for arm in (alike, ones):
        found = ignored_cluster_slope(range(11), (arm, arm), VARIANCES)
        assert found.deft == pytest.approx(1.0)
        assert found.type_one == pytest.approx(0.05)


def test_larger_clusters_cost_more() -> None:
    arms = [SlopeArm((n,) * 4, cluster_slope=0.1) for n in (5, 20, 80)]
    found = [ignored_cluster_slope(range(11), (arm, arm), VARIANCES).type_one for arm in arms]
    assert (np.diff(found) > 0).all()
