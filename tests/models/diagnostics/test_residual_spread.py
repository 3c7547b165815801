"""Spread of residuals: Brown and Forsythe's test against R, and sites that scatter unlike the others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.mixed.rows import residuals
from evalkit.models.diagnostics.residual_spread import (
    UNEVEN,
    equal_spread,
    residual_spread,
    standardised_residuals,
)
from tests.models.diagnostics.samples import answers, model_of, sample, schools

# lme4's theta has about seven digits.
CLOSE = 1e-4


def test_brown_and_forsythe_with_people_as_units_is_that_of_r() -> None:
    model, told = schools(), answers()["spread"]
    left = pd.DataFrame(
        {"group": model.rows["site"], "unit": model.rows["respondent"], "residual": residuals(model.mixed)}
    )
    found = equal_spread(left)
    assert found is not None
    assert found.statistic == pytest.approx(told["statistic"], rel=CLOSE)
    assert (found.df1, found.df2) == (told["df1"], told["df2"])
    assert found.p_value == pytest.approx(told["p"], rel=CLOSE)
    sd = left.groupby("group")["residual"].std().loc[told["levels"]]
    np.testing.assert_allclose(sd, told["sd"], rtol=CLOSE)


def test_with_one_answer_each_it_is_the_test_of_car() -> None:
    model, told = schools(), answers()["spread"]["one_each"]
    one = model.rows.assign(residual=model.answers).drop_duplicates("respondent")
    left = one.rename(columns={"site": "group", "respondent": "unit"})
    found = equal_spread(left)
    assert found is not None
    assert found.statistic == pytest.approx(told["statistic"], rel=1e-9)
    assert found.p_value == pytest.approx(told["p"], rel=1e-9)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.01, 100), st.floats(-50, 50))
def test_the_test_knows_neither_unit_nor_origin(unit: float, shift: float) -> None:
    rng = np.random.default_rng(1)
    left = pd.DataFrame({"group": list("abc") * 10, "unit": range(30), "residual": rng.normal(size=30)})
    found, moved = equal_spread(left), equal_spread(left.assign(residual=shift + unit * left["residual"]))
    assert found is not None and moved is not None
    assert moved.statistic == pytest.approx(found.statistic, rel=1e-6)


def test_a_site_that_scatters_twice_as_much_is_flagged() -> None:
    model = model_of(sample(scatter=2.5))
    found = residual_spread(model, standardised_residuals(model, np.random.default_rng(1)), "site")
    assert found.uneven == ("S1",)
    row = found.table.set_index("group").loc["S1"]
    assert row["ratio"] > UNEVEN and row["sd"] > 1.3
    assert found.test is not None and found.test.p_value < 0.001


def test_waves_are_in_order_and_alike() -> None:
    model = model_of(sample())
    found = residual_spread(model, standardised_residuals(model, np.random.default_rng(1)), "wave")
    assert found.table["group"].tolist() == ["w1", "w2", "w3"]
    assert found.uneven == () and found.hidden == 0
    np.testing.assert_allclose(found.table["sd"], 1.0, atol=0.15)


def test_standardising_undoes_what_fitting_takes_from_those_who_answered_once() -> None:
    """In a true model, a site where most answered once has small raw residuals, and is no odd site."""
    data = sample(people=60)
    once = (data["site"] == "S1") & (data["time"] > 0)
    model = model_of(data[~once])
    raw = residual_spread(model, residuals(model.mixed), "site")
    fair = residual_spread(model, standardised_residuals(model, np.random.default_rng(1)), "site")
    assert raw.uneven == ("S1",)
    assert fair.uneven == ()


def test_small_sites_are_not_shown() -> None:
    data = sample()
    data = data[(data["site"] != "S2") | data["respondent"].isin(["R25", "R26", "R27"])]
    model = model_of(data, least=10)
    found = residual_spread(model, residuals(model.mixed), "site")
    assert "S2" not in set(found.table["group"]) and found.hidden == 1


def test_too_few_people_have_no_test() -> None:
    one = pd.DataFrame({"group": ["a", "a"], "unit": [1, 2], "residual": [0.0, 1.0]})
    assert equal_spread(one) is None
    assert equal_spread(one.assign(group=["a", "b"])) is None
