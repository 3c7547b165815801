"""Shape of time: a mean for each wave against a line, held to pbkrtest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.models.diagnostics.fitted_model import fitted_model
from evalkit.models.diagnostics.time_shape import departures, time_shape
from tests.models.diagnostics.samples import answers, model_of, sample, sleep

# lme4's theta has about seven digits, pbkrtest's degrees of freedom about five.
CLOSE = 1e-4


def test_departure_from_a_line_is_that_of_pbkrtest() -> None:
    told = answers()["shape"]
    found = time_shape(fitted_model(sleep(), respondent="Subject", wave="Days", time="Days"))
    assert found is not None and found.test is not None
    assert found.test.statistic == pytest.approx(told["statistic"], rel=CLOSE)
    assert found.test.rank == told["df1"]
    assert found.test.df == pytest.approx(told["df2"], rel=CLOSE)
    assert found.test.p_value == pytest.approx(told["p"], rel=CLOSE)


def test_the_line_is_that_of_the_model_with_time_as_a_number() -> None:
    """With the covariances of the model with a mean a wave, least squares on the means is the line itself."""
    fit = sleep()
    found = time_shape(fitted_model(fit, respondent="Subject", wave="Days", time="Days"))
    assert found is not None
    slope = np.polyfit(found.table["time"], found.table["line"], 1)
    np.testing.assert_allclose(slope, fit.table["estimate"].to_numpy()[::-1], rtol=2e-3)


def test_a_bend_is_found_and_a_line_is_not() -> None:
    for bend in (0.0, 2.0):
        found = time_shape(model_of(sample(bend=bend)))
        assert found is not None
        assert found.bent == (bend > 0)
        assert found.table["wave"].tolist() == ["w1", "w2", "w3"]


def test_arms_have_lines_of_their_own() -> None:
    data = sample().assign(arm=lambda d: np.where(d["site"] < "S4", "a", "b"))
    found = time_shape(model_of(data, formula="y ~ wave * arm + (1 | respondent) + (1 | site)"))
    assert found is not None and found.test is not None
    assert found.test.rank == 2
    assert found.table["arm"].tolist() == ["a"] * 3 + ["b"] * 3


def test_two_waves_are_always_on_a_line() -> None:
    found = time_shape(model_of(sample(waves=2)))
    assert found is not None and found.test is None and not found.bent
    np.testing.assert_allclose(found.table["line"], found.table["mean"], rtol=1e-6)


def test_waves_of_few_are_not_shown() -> None:
    data = sample()
    data = data[(data["time"] < 2) | data["respondent"].isin([f"R{k}" for k in range(9)])]
    found = time_shape(model_of(data, least=10))
    assert found is not None
    assert found.table["wave"].tolist() == ["w1", "w2"] and found.hidden == 1


def test_an_arm_that_misses_a_wave_has_no_shape() -> None:
    data = sample().assign(arm=lambda d: np.where(d["site"] < "S4", "a", "b"))
    data = data[(data["arm"] == "a") | (data["time"] > 0)]
    assert time_shape(model_of(data, formula="y ~ wave + arm + (1 | respondent) + (1 | site)")) is None


@given(st.lists(st.integers(0, 40), min_size=3, max_size=8, unique=True), st.integers(1, 3))
def test_lines_leave_no_departure(times: list[int], arms: int) -> None:
    time = np.tile(np.array(times, dtype=float), arms)
    arm = np.repeat(np.array([f"a{k}" for k in range(arms)], dtype=object), len(times))
    rows = departures(time, arm)
    assert rows.shape == (arms * (len(times) - 2), arms * len(times))
    for one in range(arms):
        line = np.where(arm == f"a{one}", 3.0 - 0.7 * time, 0.0)
        np.testing.assert_allclose(rows @ line, 0.0, atol=1e-8)
