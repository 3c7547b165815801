"""Exact intervals hold the share at least as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evalkit.power.closed_form.exact_interval import exact_interval


@pytest.mark.parametrize("level", [0.9, 0.999])
@pytest.mark.parametrize("trials", [1, 7, 40])
def test_holds_every_share_often_enough(trials: int, level: float) -> None:
    hits = np.arange(trials + 1)
    low, high = exact_interval(hits, trials, level=level)
    assert (low[0], high[-1]) == (0.0, 1.0)
    share = np.linspace(0.001, 0.999, 333)[:, None]
    held = (stats.binom.pmf(hits, trials, share) * ((low <= share) & (share <= high))).sum(axis=1)
    assert held.min() >= level - 1e-12


def test_without_a_trial_nothing_is_known() -> None:
    low, high = exact_interval([0, 3], [0, 3])
    assert low.tolist()[0] == 0.0
    assert high.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("hits", "trials", "level"), [(5, 4, 0.95), (-1, 4, 0.95), (1, 4, 1.0)])
def test_what_cannot_be_is_refused(hits: int, trials: int, level: float) -> None:
    with pytest.raises(ValueError):
        exact_interval(hits, trials, level=level)
