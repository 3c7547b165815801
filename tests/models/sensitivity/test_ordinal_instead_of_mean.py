"""ordinal_instead_of_mean: the order of answers is all that counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.models.sensitivity.ordinal_instead_of_mean import SENSITIVITY, normal_scores
from evalkit.models.variation import MainResult
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase

Main = Callable[..., MainResult]
# R: qnorm(1:4 / 5)
FOUR_IN_R = [-0.841621233572914, -0.2533471031357997, 0.2533471031357997, 0.841621233572914]
TABLES_OF_R = 1e-12  # quantiles of the normal distribution, to rounding


def test_scores_are_quantiles_at_rank_over_n_plus_one() -> None:
    values = np.array([10.0, 20.0, 21.0, 90.0])
    found = normal_scores(values)
    stretched = np.array(FOUR_IN_R) * values.std() / np.std(FOUR_IN_R) + values.mean()
    assert found == pytest.approx(stretched, rel=TABLES_OF_R)


@given(st.lists(st.integers(0, 30), min_size=2, max_size=30).filter(lambda values: len(set(values)) > 1))
def test_mean_spread_and_order_stay(values: list[int]) -> None:
    given_values = np.array(values, dtype=float)
    found = normal_scores(given_values)
    assert found.mean() == pytest.approx(given_values.mean()) and found.std() == pytest.approx(
        given_values.std()
    )
    order = np.argsort(given_values, kind="stable")
    assert (np.diff(found[order]) > -1e-9).all()
    assert len(set(found.round(9))) == len(set(values))


def test_a_scale_bent_out_of_shape_gives_the_same_result(
    panel: pd.DataFrame, study: Study, main_of: Main, of_wave: Any
) -> None:
    bent = panel.assign(cohesion=np.exp(panel["cohesion"] / 20))
    found = []
    for rows in (panel, bent):
        tried = SENSITIVITY.run(main_of(rows, study))
        assert not isinstance(tried, Phrase)
        found.append(of_wave(tried[0], "w3").estimate / rows["cohesion"].std())
    assert found[0] == pytest.approx(found[1])


def test_answers_that_never_vary_have_no_order(panel: pd.DataFrame, study: Study, main_of: Main) -> None:
    tried = SENSITIVITY.run(main_of(panel.assign(cohesion=50.0), study))
    assert isinstance(tried, Phrase) and tried.key == "sensitivity.ordinal_instead_of_mean.never_varies"
