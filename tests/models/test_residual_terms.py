"""What residuals go by, asked for by columns."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.lmm import lmm
from evalkit.models.lmm_fit import LmmFit

FORMULA = "y ~ time + (1 | person)"
BOTH = {"residual_variance_by": "wave", "autocorrelation": "time"}


def panel(people: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    person, wave = np.repeat(np.arange(people), 4), np.tile(np.arange(4), people)
    data = pd.DataFrame({"person": person, "wave": np.array(["w9", "w10", "w11", "w12"])[wave]})
    data["time"] = wave + np.round(rng.uniform(0, 0.4, len(wave)), 2)
    data["site"] = person % 4
    noise = rng.normal(size=len(wave))
    for k in np.flatnonzero(wave > 0):
        noise[k] = 0.5 * noise[k - 1] + 0.87 * noise[k]
    spread = np.array([0.6, 1.0, 1.0, 1.6])[wave]
    data["y"] = 2 + 0.3 * data["time"] + rng.normal(size=people)[person] + spread * noise
    return data


def fitted(**options: Any) -> LmmFit:
    return lmm(FORMULA, panel(), **options)


def test_levels_stand_in_the_order_of_categories() -> None:
    data = panel()
    data["wave"] = pd.Categorical(data["wave"], categories=["w9", "w10", "w11", "w12"])
    rows = lmm(FORMULA, data, residual_variance_by="wave").variance_components
    own = rows[rows["group"] == "Residual"]
    assert own["term1"].tolist() == ["w9", "w10", "w11", "w12"]
    assert own["value"].iloc[0] < own["value"].iloc[-1]


def test_combinations_have_variances_of_their_own() -> None:
    rows = fitted(residual_variance_by="site:wave").variance_components
    assert (rows["group"] == "Residual").sum() == 16


def test_the_innermost_grouping_is_where_residuals_correlate() -> None:
    said = fitted(autocorrelation="time", autocorrelation_within="person")
    assert fitted(autocorrelation="time").autocorrelation == said.autocorrelation
    assert 0 < said.autocorrelation < 1  # type: ignore[operator]


def test_the_summary_tells_variances_and_rho() -> None:
    text = fitted(**BOTH, autocorrelation_within="person").summary()
    assert "Residual variance by wave" in text
    assert "Residual autocorrelation in time within person: rho 0." in text
    assert all(f" w{k} " in text for k in (9, 10, 11, 12))


def test_nested_structures_are_compared() -> None:
    plain, by_wave, both = fitted(), fitted(residual_variance_by="wave"), fitted(**BOTH)
    first, second, third = plain.compare(by_wave), by_wave.compare(both), plain.compare(both)
    assert first["df"].iloc[1] == 3 and first["method"].iloc[1] == "chi-squared"
    assert second["df"].iloc[1] == 1 and second["method"].iloc[1].startswith("mixture")
    total = first["statistic"].iloc[1] + second["statistic"].iloc[1]
    assert third["statistic"].iloc[1] == pytest.approx(total, abs=1e-6)
    assert third["df"].iloc[1] == 4


def test_structures_that_are_not_nested_have_no_test() -> None:
    with pytest.raises(ProblemsFound) as found:
        fitted(residual_variance_by="wave").compare(fitted(autocorrelation="time"))
    assert found.value.problems[0].code == "mixed.compare_nested"


def test_other_fixed_parts_are_compared_by_maximum_likelihood() -> None:
    smaller = lmm("y ~ 1 + (1 | person)", panel(), **BOTH)
    table = fitted(**BOTH).compare(smaller)
    by_ml = [lmm(f, panel(), **BOTH, reml=False).criterion for f in ("y ~ 1 + (1 | person)", FORMULA)]
    assert table["statistic"].iloc[1] == pytest.approx(by_ml[0] - by_ml[1], abs=1e-6)


def test_bootstraps_tell_every_parameter() -> None:
    found = fitted(**BOTH).bootstrap(6, np.random.default_rng(1)).table
    assert found["term1"].tolist()[:3] == ["(Intercept)", "time", "(Intercept)"]
    assert found["term1"].tolist()[3:] == ["w10", "w11", "w12", "w9", "autocorrelation"]
    assert found["std_error"].notna().all()


def test_simulated_comparisons_fit_both_structures() -> None:
    table = fitted(residual_variance_by="wave").compare(fitted(), simulations=5, rng=np.random.default_rng(1))
    assert table["p_value"].iloc[1] == pytest.approx(1 / 6)


def test_predictions_are_fitted_values_and_a_fit_can_be_stored() -> None:
    fit = fitted(**BOTH)
    back = pickle.loads(pickle.dumps(fit))
    np.testing.assert_allclose(back.predict(panel()), fit.fitted())
    pd.testing.assert_frame_equal(back.table, fit.table)
    assert back.effects()["std_error"].notna().all()
    assert fit.without_each("site")["converged"].all()


def test_rows_without_a_time_are_left_out_and_counted() -> None:
    data = panel()
    data["visit"] = data["time"].mask(data.index < 3)
    fit = lmm("y ~ wave + (1 | person)", data, autocorrelation="visit")
    assert fit.n_rows == len(data) - 3
    assert fit.problems[0].values["columns"] == "visit (3)"


def test_no_autocorrelation_is_said() -> None:
    data = panel()
    data["y"] = np.random.default_rng(3).normal(size=len(data)) + (-1.0) ** data.index
    fit = lmm("y ~ 1 + (1 | person)", data, autocorrelation="time")
    assert fit.autocorrelation == 0.0
    assert "mixed.autocorrelation_zero" in {problem.code for problem in fit.problems}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"residual_variance_by": "wav"}, "mixed.unknown_column"),
        ({"autocorrelation": "wave"}, "mixed.time_not_number"),
        ({"autocorrelation": "when"}, "mixed.column_is_date"),
        ({"autocorrelation_within": "person"}, "mixed.within_without_time"),
        ({"residual_variance_by": "place"}, "mixed.one_residual_level"),
        ({"residual_variance_by": "odd"}, "mixed.residual_level_small"),
        ({"autocorrelation": "time", "autocorrelation_within": "row"}, "mixed.no_repeats"),
        ({"autocorrelation": "round"}, "mixed.times_repeat"),
        ({"autocorrelation": "endless"}, "mixed.times_missing"),
        ({"autocorrelation": "time", "engine": "statsmodels"}, "mixed.engine_plain_residuals"),
    ],
)
def test_what_cannot_be_is_refused_in_words(options: dict, code: str) -> None:
    data = panel()
    data["when"], data["place"] = pd.Timestamp("2026-01-01"), "here"
    data["odd"], data["row"] = np.where(data.index == 5, "a", "b"), data.index
    data["round"] = np.minimum(data["time"].round(), 2.0)
    data["endless"] = data["time"].where(data.index != 4, np.inf)
    with pytest.raises(ProblemsFound) as found:
        lmm(FORMULA, data, **options)
    assert found.value.problems[0].code == code
    assert all(problem.what("en") and problem.do("fr") for problem in found.value.problems)


def test_groups_of_time_need_a_random_term_around_them() -> None:
    with pytest.raises(ProblemsFound) as found:
        lmm("y ~ time + (1 | wave)", panel(), autocorrelation="time", autocorrelation_within="person")
    assert found.value.problems[0].code == "mixed.autocorrelation_outside"


def test_two_waves_do_not_tell_autocorrelation_from_people() -> None:
    data = panel()[lambda rows: rows["wave"].isin(["w9", "w10"])]
    data["time"] = (data["wave"] == "w10").astype(float)
    with pytest.raises(ProblemsFound) as found:
        lmm(FORMULA, data, autocorrelation="time")
    assert found.value.problems[0].code == "mixed.residual_not_identified"


def test_profiles_are_refused_in_words() -> None:
    with pytest.raises(ProblemsFound) as found:
        fitted(**BOTH).profile()
    assert found.value.problems[0].code == "mixed.profile_without_residual"
