"""Means by arm and wave agree with the changes that they make."""

from __future__ import annotations

import pandas as pd
import pytest

from evalkit.models.kinds.change_since_baseline import KIND
from evalkit.models.site_level_means import means_by_arm
from evalkit.models.site_means import site_means
from evalkit.study.study import Study


def test_one_row_an_arm_and_wave_between_the_means_of_its_sites(panel: pd.DataFrame, study: Study) -> None:
    found = means_by_arm(KIND.build(panel, "cohesion", study), study, None)
    assert len(found) == 6 and set(found["arm"]) == {"intervention", "comparison"}
    means = site_means(panel, "cohesion", sites=[f"S{n}" for n in range(1, 7)])
    for row in found.to_dict("records"):
        sites = range(3) if row["arm"] == "intervention" else range(3, 6)
        here = [means.means[s, ("w1", "w2", "w3").index(row["wave"])] for s in sites]
        assert min(here) <= row["mean"] <= max(here)
        assert row["conf_low"] < row["mean"] < row["conf_high"] and row["df"] == 2.0


def test_one_group_has_no_arm(panel: pd.DataFrame, study: Study) -> None:
    found = means_by_arm(KIND.build(panel.assign(arm=None), "cohesion", study), study, None, level=0.9)
    assert found["arm"].isna().all() and found["n_sites"].tolist() == [6, 6, 6]
    wider = means_by_arm(KIND.build(panel.assign(arm=None), "cohesion", study), study, None, level=0.99)
    assert (wider["conf_high"] > found["conf_high"]).all()
    assert wider["mean"].to_list() == pytest.approx(found["mean"].to_list())
