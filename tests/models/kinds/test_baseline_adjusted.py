"""Baseline-adjusted differences: the slope on the baseline is that within sites."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.models.fitting import fit_analysis
from evalkit.models.kinds.baseline_adjusted import BASELINE, KIND
from evalkit.models.plan import Analysis
from evalkit.study.study import Study

ADJUSTED = Analysis(id="adjusted", question="baseline_adjusted", outcome="cohesion")


def two_waves(gain: float) -> pd.DataFrame:
    rng = np.random.default_rng(9)
    rows = []
    for site in range(6):
        arm = "intervention" if site < 3 else "comparison"
        for person in range(30):
            first = rng.normal(50 + (4 if site < 3 else 0), 10)
            last = 20 + 0.6 * first + gain * (site < 3) + rng.normal(0, 3)
            for wave, value in (("w1", first), ("w2", last)):
                rows.append((f"{site}-{person}", f"S{site + 1}", arm, wave, float(wave == "w2"), value))
    names = ["respondent", "site", "arm", "wave", "time", "cohesion"]
    return pd.DataFrame(rows, columns=names).assign(instrument="short")


def test_equals_regression_on_the_baseline_within_sites(study: Study) -> None:
    panel = two_waves(5.0)
    found = fit_analysis(ADJUSTED, panel, study).changes[0].found
    wide = panel.pivot(index=["site", "arm", "respondent"], columns="wave", values="cohesion").reset_index()
    within = wide.groupby("site")[["w1", "w2"]].transform(lambda part: part - part.mean())
    slope = (within["w1"] * within["w2"]).sum() / (within["w1"] ** 2).sum()
    sites = wide.groupby(["arm", "site"])[["w1", "w2"]].mean()
    adjusted = sites["w2"] - slope * sites["w1"]
    assert found.estimate == pytest.approx(
        adjusted["intervention"].mean() - adjusted["comparison"].mean(), abs=0.05
    )
    assert found.estimate == pytest.approx(5.0, abs=1.5)


def test_model_has_the_baseline_and_later_waves_alone(study: Study, panel: pd.DataFrame) -> None:
    spec = KIND.build(panel, "cohesion", study)
    assert set(spec.data["wave"].astype(str)) == {"w2", "w3"}
    assert BASELINE in spec.fixed and spec.fixed[BASELINE].mean() == pytest.approx(0.0, abs=1e-9)
    assert "w1" in set(spec.answers["wave"].astype(str))
    two = KIND.build(two_waves(0.0), "cohesion", study)
    assert [term.group for term in two.random] == ["site"]


def test_mixed_model_stands_beside_with_the_same_contrast(study: Study) -> None:
    change = fit_analysis(ADJUSTED, two_waves(5.0), study).changes[0]
    beside = {test.method: test.estimate for test in change.beside.others}
    assert beside["kenward_roger"] == pytest.approx(change.found.estimate, abs=0.5)
    assert not KIND.suits(study)
