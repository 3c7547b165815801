"""Tipping points: where the interval's side of zero changes, and not before."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.models.inference.delta_adjusted import Leavers
from evalkit.models.inference.site_numbers import SITE_COLUMNS, SiteNumbers
from evalkit.models.inference.tipping import sides, tipping_points
from evalkit.models.site_contrast import SiteContrast, change_between
from evalkit.texts.phrases import phrase

LABEL = phrase("models.estimand.change_since_baseline", first="w1")
ONE_GROUP = SiteContrast("w2", LABEL, change_between("w1", "w2"), "w1", "w2")
CLOSE = 1e-4


def leavers(changes: list[float], shift: float) -> Leavers:
    """Return four sites of equal variance whose numbers move alike, so that the half-width stays."""
    rows = [(f"S{n}", None, 20, 20, 20, 0.0, y, y, 0.01) for n, y in enumerate(changes)]
    numbers = SiteNumbers(pd.DataFrame(rows, columns=list(SITE_COLUMNS)), (), 100, True)
    none = np.zeros(len(changes))
    return Leavers(numbers, none + shift, none, none)


def test_by_hand() -> None:
    """Mean 5, standard error .645, t of 3 df 3.182: the interval leaves zero behind at -5 + 2.054, twice."""
    known = leavers([3.5, 4.5, 5.5, 6.5], shift=0.5)
    half = 3.182446305284263 * np.std([3.5, 4.5, 5.5, 6.5], ddof=1) / 2
    below, above = tipping_points(known, ONE_GROUP, np.ones(4), reach=30.0)
    assert below == pytest.approx(-(5 - half) / 0.5, abs=CLOSE) and above is None
    assert sides(
        known, ONE_GROUP, np.array([[below + CLOSE], [below - CLOSE]]) * np.ones(4), 0.95
    ).tolist() == [
        1,
        0,
    ]


def test_out_of_reach_is_none() -> None:
    assert tipping_points(leavers([3.5, 4.5, 5.5, 6.5], 0.5), ONE_GROUP, np.ones(4), reach=5.0) == (
        None,
        None,
    )
    assert tipping_points(leavers([3.5, 4.5, 5.5, 6.5], 0.5), ONE_GROUP, np.zeros(4), reach=99.0) == (
        None,
        None,
    )


def test_both_ways_when_zero_lies_inside() -> None:
    below, above = tipping_points(leavers([-2.0, -1, 1, 2], 1.0), ONE_GROUP, np.ones(4), reach=30.0)
    assert below is not None and above == pytest.approx(-below, abs=CLOSE)
