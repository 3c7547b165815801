"""Terms by Satterthwaite, profile likelihood and parametric bootstrap, beside what each is made of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.models.lmm import lmm
from evalkit.models.lmm_fit import LmmFit
from evalkit.models.term_inference import with_inference

TERM = "woman"


@pytest.fixture
def fitted(panel: pd.DataFrame) -> LmmFit:
    rows = panel.assign(woman=(panel["respondent"] % 2).astype(float))
    return lmm("cohesion ~ time + woman + (1 | respondent) + (1 | site) + (1 | site:wave)", rows)


def row(fit: LmmFit) -> pd.Series:
    return fit.table.set_index("term").loc[TERM]


def test_satterthwaite_is_the_engines(fitted: LmmFit) -> None:
    found, expected = row(with_inference(fitted, [TERM], "satterthwaite")), fitted.contrast({TERM: 1.0})
    asked = fitted.contrast({TERM: 1.0}, method="satterthwaite").iloc[0]
    assert found["df"] == pytest.approx(asked["df"]) and found["conf_low"] == pytest.approx(asked["conf_low"])
    assert found["estimate"] == pytest.approx(expected.iloc[0]["estimate"])


def test_profile_is_that_of_the_fit(fitted: LmmFit) -> None:
    found = row(with_inference(fitted, [TERM], "profile"))
    table = fitted.profile()
    expected = table[table["term1"] == TERM].iloc[0]
    assert found["conf_low"] == pytest.approx(expected["conf_low"])
    assert np.isnan(found["p_value"]) and found["method"] == "profile"


def test_bootstrap_spreads_as_the_standard_error_says(fitted: LmmFit) -> None:
    found = row(with_inference(fitted, [TERM], "bootstrap"))
    assert found["std_error"] == pytest.approx(row(fitted)["std_error"], rel=0.1)
    assert found["conf_low"] < found["estimate"] < found["conf_high"]


def test_other_terms_and_other_words_change_nothing(fitted: LmmFit) -> None:
    found = with_inference(fitted, [TERM], "profile").table.set_index("term").drop(TERM)
    pd.testing.assert_frame_equal(found, fitted.table.set_index("term").drop(TERM))
    assert with_inference(fitted, [TERM], "two_stage") is fitted
    assert with_inference(fitted, [], "profile") is fitted
