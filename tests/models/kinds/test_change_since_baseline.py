"""Change since baseline: one term a later wave, against the first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.models.kind import Asked
from evalkit.models.kinds.change_since_baseline import KIND
from evalkit.study.study import Study


def one_group(panel: pd.DataFrame) -> pd.DataFrame:
    return panel.assign(arm=None)


def test_terms_are_the_later_waves(panel: pd.DataFrame, study: Study) -> None:
    spec = KIND.build(one_group(panel), "cohesion", study)
    assert list(spec.fixed) == ["(Intercept)", "wave[w2]", "wave[w3]"]
    assert len(spec.data) == panel["cohesion"].notna().sum()
    by_wave = spec.fixed.groupby(spec.data["wave"].to_numpy()).mean()
    assert by_wave.to_numpy().tolist() == [[1, 0, 0], [1, 1, 0], [1, 0, 1]]
    assert [(contrast.name, contrast.arms) for contrast in spec.contrasts] == [("w2", ()), ("w3", ())]


def test_least_squares_on_the_design_gives_differences_of_means(panel: pd.DataFrame, study: Study) -> None:
    spec = KIND.build(one_group(panel), "cohesion", study)
    found = np.linalg.lstsq(spec.fixed.to_numpy(), spec.response, rcond=None)[0]
    means = panel.groupby("wave")["cohesion"].mean()
    assert found == pytest.approx([means["w1"], means["w2"] - means["w1"], means["w3"] - means["w1"]])


def test_rows_of_contrasts_give_the_change_of_each_arm(panel: pd.DataFrame, study: Study) -> None:
    spec = KIND.build(panel, "cohesion", study)
    beta = np.linalg.lstsq(spec.fixed.to_numpy(), spec.response, rcond=None)[0]
    terms = dict(zip(spec.fixed.columns, beta, strict=True))
    means = panel.groupby(["arm", "wave"], observed=True)["cohesion"].mean()
    assert len(spec.contrasts) == 4
    for contrast in spec.contrasts:
        told = sum(terms[term] * weight for term, weight in contrast.row.items())
        (arm,) = contrast.arms
        assert told == pytest.approx(means[arm, contrast.wave] - means[arm, "w1"])


def test_since_another_wave(panel: pd.DataFrame, study: Study) -> None:
    spec = KIND.build(one_group(panel), "cohesion", study, Asked(since="w2", waves=("w3",)))
    assert [(contrast.since, contrast.wave) for contrast in spec.contrasts] == [("w2", "w3")]
    assert list(spec.fixed) == ["(Intercept)", "wave[w1]", "wave[w3]"]


def test_residents_have_slopes_from_three_waves_on(panel: pd.DataFrame, study: Study) -> None:
    three = KIND.build(panel, "cohesion", study)
    two = KIND.build(panel[panel["wave"] != "w3"], "cohesion", study)
    assert [term.group for term in three.random] == ["respondent", "site", "site:wave"]
    assert three.random[0].columns == ("(Intercept)", "time")
    assert two.random[0].columns == ("(Intercept)",)
    assert [term.group for term in two.random] == ["respondent", "site", "site:wave"]


def test_waves_follow_time_not_their_names(panel: pd.DataFrame, study: Study) -> None:
    turned = panel.assign(wave=panel["wave"].map({"w1": "z", "w2": "b", "w3": "a"}))
    assert KIND.build(turned, "cohesion", study).levels["wave"] == ("z", "b", "a")


def test_one_wave_has_no_change_yet(panel: pd.DataFrame, study: Study) -> None:
    lacking = KIND.lacking(panel[panel["wave"] == "w1"], "cohesion", study)
    assert lacking is not None and lacking.code == "models.one_wave"
    assert KIND.lacking(panel, "cohesion", study) is None
