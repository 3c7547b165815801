"""Leaving sites out does the whole second stage anew."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evalkit.models.inference.leaving_sites_out import leave_sites_out
from evalkit.models.inference.site_robust import cr2_test
from evalkit.models.inference.site_t_test import t_test
from evalkit.models.inference.site_test import SiteTest

SITES = ["S1", "S2", "S3", "S4", "S5"]
CHANGES = np.array([3.0, 5.0, 1.0, 2.0, 9.0])


def test_each_site_is_left_out_once_and_all_is_done_again() -> None:
    design = np.column_stack([np.ones(5), [1, 1, 0, 0, 0]])
    found = leave_sites_out(lambda kept: cr2_test(CHANGES[kept], design[kept], 1).single(), SITES)
    assert list(found.without) == SITES
    rest = np.array([0, 1, 2, 4])
    assert found.without["S4"] == cr2_test(CHANGES[rest], design[rest], 1).single()
    assert found.whole.n_sites == 5 and found.without["S1"].n_sites == 4


def test_a_site_that_is_alone_in_its_arm_leaves_no_estimate() -> None:
    arms = np.array([True, False, False, False, False])

    def second_stage(kept: npt.NDArray[np.intp]) -> SiteTest:
        return t_test(CHANGES[kept], arms[kept]).single()

    found = leave_sites_out(second_stage, SITES)
    assert found.without["S1"].estimate is None
    assert found.estimates == (3 - 16 / 3, 3 - 8 / 3)
    assert found.most_telling == "S5"


def test_no_estimate_at_all_has_no_range() -> None:
    found = leave_sites_out(
        lambda kept: t_test(CHANGES[kept], np.ones(len(kept), dtype=bool)).single(), SITES
    )
    assert found.estimates is None and found.most_telling is None
