"""Contrasts by name and by number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.lmm import lmm
from evalkit.models.lmm_fit import LmmFit
from tests.models.panels import panel


@pytest.fixture(scope="module")
def fit() -> LmmFit:
    return lmm("cohesion ~ time * arm + (1 | respondent) + (1 | site)", panel())


def test_names_and_numbers_say_the_same(fit: LmmFit) -> None:
    named = fit.contrast({"time": 1, "time:arm[T.intervention]": 0.5})
    numbered = fit.contrast([0, 1, 0, 0.5])
    assert named["term"].tolist() == ["time + 0.5*time:arm[T.intervention]"]
    pd.testing.assert_frame_equal(named.drop(columns="term"), numbered.drop(columns="term"))


def test_one_contrast_squared_is_its_f(fit: LmmFit) -> None:
    single, joint = fit.contrast({"time": 1}).iloc[0], fit.joint_test({"time": 1}).iloc[0]
    assert joint["statistic"] == pytest.approx(single["statistic"] ** 2)
    assert joint["p_value"] == pytest.approx(single["p_value"])


def test_rows_that_follow_from_others_do_not_count(fit: LmmFit) -> None:
    wanted = {"a": {"time": 1}, "b": {"time": 2}, "c": {"arm[T.intervention]": 1}}
    assert fit.joint_test(wanted)["num_df"][0] == 2


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"tme": 1}, "mixed.unknown_term"),
        ({"a": {"tme": 1}}, "mixed.unknown_term"),
        ([1, 2], "mixed.contrast_width"),
        ({"a": [1, 2, 3]}, "mixed.contrast_width"),
        (np.zeros((2, 5)), "mixed.contrast_width"),
    ],
)
def test_contrasts_that_do_not_fit_are_refused(fit: LmmFit, wanted: object, code: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        fit.contrast(wanted)  # type: ignore[arg-type]
    assert [problem.code for problem in found.value.problems] == [code]


def test_robust_errors_need_clusters_that_hold_all_groups(fit: LmmFit) -> None:
    assert set(fit.robust("site")["method"]) == {"CR2"}
    for group, code in (("respondent", "mixed.cluster_cuts_groups"), ("block", "mixed.unknown_group")):
        with pytest.raises(ProblemsFound) as found:
            fit.robust(group)
        assert [problem.code for problem in found.value.problems] == [code]
