"""Columns made without formulaic are those that formulaic makes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from formulaic import Formula

from evalkit.models.lmm import lmm
from evalkit.models.number_columns import number_columns
from tests.models.panels import panel

DATA = pd.DataFrame({"t": [0, 1, 2, 3], "x": [0.5, -1.0, 2.0, 4.0], "home town": [1.0, 2.0, 2.0, 5.0]})


@pytest.mark.parametrize(
    "formula", ["t", "t * x", "0 + t", "x:t + `home town` * x", "(t + x)**2 - t", "1", "0"]
)
def test_columns_and_names_are_formulaics(formula: str) -> None:
    found, expected = number_columns(Formula(formula), DATA), Formula(formula).get_model_matrix(DATA)
    assert found is not None
    assert [name.replace("(Intercept)", "Intercept") for name in found.names] == list(expected.columns)
    np.testing.assert_array_equal(found.values(DATA), expected.to_numpy(dtype=float))


@pytest.mark.parametrize("formula", ["log(x)", "t * arm", "C(t)", "flag", "I(t**2)"])
def test_anything_but_numbers_is_left_to_formulaic(formula: str) -> None:
    data = DATA.assign(arm=["a", "b", "a", "b"], flag=[True, False, True, True])
    assert number_columns(Formula(formula), data) is None


def test_the_same_numbers_as_a_function_give_the_same_fit() -> None:
    """`I(time)` goes through formulaic: tests of terms, predictions and table must not tell."""
    data = panel()
    plain = lmm("cohesion ~ time + (1 + time | respondent)", data)
    other = lmm("cohesion ~ I(time) + (1 + I(time) | respondent)", data)
    numbers = ["statistic", "num_df", "df", "p_value"]
    np.testing.assert_allclose(plain.anova()[numbers], other.anova()[numbers], rtol=1e-9)
    np.testing.assert_allclose(plain.predict(data), other.predict(data), rtol=1e-9)
    assert plain.anova()["term"].tolist() == ["time"]
