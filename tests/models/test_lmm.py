"""The verb that fits a formula to a table: R's answers, and data that cannot bear the model."""

from __future__ import annotations

import gzip
import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.lmm import lmm
from tests.models.panels import panel

FOLDER = Path(__file__).resolve().parent.parent / "reference" / "mixed"


def reference(name: str) -> tuple[dict, pd.DataFrame]:
    answers = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    data = pd.read_csv(FOLDER / f"{name}.csv.gz")
    for column, levels in answers["factor_levels"].items():
        data[column] = pd.Categorical(data[column].astype(str), categories=levels)
    return answers, data


FORMULA = "cohesion ~ time * arm + (1 + time | respondent) + (1 | site) + (1 | site:wave)"


@pytest.mark.parametrize("name", ["sleepstudy", "orthodont", "ham", "pastes", "egsingle", "dyestuff2"])
def test_formula_gives_rs_table(name: str) -> None:
    answers, data = reference(name)
    fit = lmm(answers["formula"], data)
    told = answers["kenward_roger"]["coef"].values()
    for column, key, tolerance in (
        ("estimate", "Estimate", 1e-6),
        ("std_error", "Std. Error", 1e-6),
        ("df", "df", 1e-4),
        ("p_value", "Pr(>|t|)", 1e-3),
    ):
        np.testing.assert_allclose(fit.table[column], [row[key] for row in told], rtol=tolerance)
    for term, row in answers["kenward_roger"]["anova_type3"].items():
        found = fit.anova().set_index("term").loc[term]
        assert found["statistic"] == pytest.approx(row["F value"], rel=1e-4)
        assert found["df"] == pytest.approx(row["DenDF"], abs=1e-2)
    assert fit.criterion == pytest.approx(answers["tight"]["REMLcrit"], abs=1e-6)
    assert fit.singular == answers["tight"]["singular"]


def test_fit_has_the_columns_and_counts_of_every_fit() -> None:
    fit = lmm(FORMULA, panel())
    assert fit.converged
    assert (fit.n_rows, fit.n_residents, fit.n_sites, fit.n_waves) == (240, 60, 6, 4)
    assert fit.table["term"].tolist() == [
        "(Intercept)",
        "time",
        "arm[T.intervention]",
        "time:arm[T.intervention]",
    ]
    groups = fit.variance_components["group"].tolist()
    assert groups == ["respondent"] * 3 + ["site:wave", "site", "Residual"]
    assert len(fit.random_effects) == 60 * 2 + 24 + 6
    assert (fit.table["conf_low"] < fit.table["estimate"]).all()


def test_prediction_equals_the_fit_and_new_people_are_the_populations() -> None:
    data = panel()
    fit = lmm(FORMULA, data)
    np.testing.assert_allclose(fit.predict(data), fit.fitted(), atol=1e-9)
    stranger = data.head(1).assign(respondent=999, site=99)
    population = fit.predict(stranger, conditional=False)
    np.testing.assert_allclose(fit.predict(stranger), population)
    np.testing.assert_allclose(fit.residuals("marginal"), data["cohesion"] - fit.fitted(conditional=False))


def test_robust_table_has_the_fits_estimates_and_few_degrees_of_freedom() -> None:
    fit = lmm(FORMULA, panel())
    found = fit.robust("site")
    np.testing.assert_allclose(found["estimate"], fit.table["estimate"])
    assert (found["df"] < 6).all()
    assert set(found["method"]) == {"CR2"}


def test_simulated_outcomes_fit_back() -> None:
    data = panel()
    drawn = lmm(FORMULA, data).simulate(3, np.random.default_rng(7))
    assert drawn.shape == (240, 3)
    assert lmm(FORMULA, data.assign(cohesion=drawn[:, 0])).converged


def test_rows_with_missing_values_are_left_out_and_counted() -> None:
    data = panel()
    data.loc[[0, 1], "cohesion"] = np.nan
    data.loc[[1, 2], "arm"] = None
    fit = lmm(FORMULA, data)
    (problem,) = [p for p in fit.problems if p.code == "mixed.rows_left_out"]
    assert problem.values["rows"] == 3
    assert problem.values["columns"] == "arm (2), cohesion (2)"
    assert fit.n_rows == 237
    pd.testing.assert_frame_equal(fit.table, lmm(FORMULA, data.drop(index=[0, 1, 2])).table)


def test_columns_that_follow_from_others_are_dropped_and_named() -> None:
    data = panel()
    data["months"] = 12 * data["time"] + 3
    fit = lmm("cohesion ~ time + months + (1 | respondent)", data)
    assert fit.table["term"].tolist() == ["(Intercept)", "time"]
    (problem,) = [p for p in fit.problems if p.code == "mixed.columns_dropped"]
    assert problem.values["columns"] == "months"
    assert fit.criterion == pytest.approx(lmm("cohesion ~ time + (1 | respondent)", data).criterion)


def test_levels_without_rows_do_not_matter() -> None:
    data = panel()
    wide = data.assign(arm=pd.Categorical(data["arm"], categories=["comparison", "other", "intervention"]))
    np.testing.assert_allclose(lmm(FORMULA, wide).table["estimate"], lmm(FORMULA, data).table["estimate"])


def test_large_numbers_lose_no_digits() -> None:
    data = panel()
    small = lmm("cohesion ~ time + (1 + time | respondent)", data)
    grown = data.assign(cohesion=data["cohesion"] * 1e12, year=data["time"] + 2024)
    large = lmm("cohesion ~ year + (1 + year | respondent)", grown)
    assert large.table["estimate"][1] == pytest.approx(small.table["estimate"][1] * 1e12, rel=1e-8)
    assert large.table["df"][1] == pytest.approx(small.table["df"][1], rel=1e-4)


def _spoiled(column: str, value: object) -> pd.DataFrame:
    data = panel().astype({column: object})
    data.loc[5, column] = value
    return data.infer_objects()


@pytest.mark.parametrize(
    ("data", "formula", "code"),
    [
        (panel(), "cohesion ~ tme + (1 | respondent)", "mixed.unknown_column"),
        (panel(), "cohesion ~ time + (1 | person)", "mixed.unknown_column"),
        (panel(), "arm ~ time + (1 | respondent)", "mixed.outcome_not_number"),
        (panel().assign(cohesion=np.nan), "cohesion ~ time + (1 | respondent)", "mixed.no_rows"),
        (panel().assign(cohesion=3.0), "cohesion ~ time + (1 | respondent)", "mixed.no_variation"),
        (panel().assign(site=1), "cohesion ~ time + (1 | site)", "mixed.one_level"),
        (panel().iloc[::4], "cohesion ~ 1 + (1 | respondent)", "mixed.as_many_effects_as_rows"),
        (panel().iloc[:8], "cohesion ~ time + (1 + time | wave)", "mixed.as_many_effects_as_rows"),
        (panel().assign(flag=0.0), "cohesion ~ time + (1 + flag | respondent)", "mixed.effects_depend"),
        (panel(), "cohesion ~ time + (1 | respondent) + (1 | respondent)", "mixed.effects_depend"),
        (_spoiled("cohesion", np.inf), "cohesion ~ time + (1 | respondent)", "mixed.not_finite"),
        (_spoiled("time", -np.inf), "cohesion ~ time + (1 | respondent)", "mixed.not_finite"),
        (panel(), "cohesion ~ time + np.nothing(time) + (1 | respondent)", "mixed.formula_unread"),
        (panel(), "cohesion ~ . + (1 | respondent)", "mixed.formula_dot"),
        (panel(), "cohesion ~ time + s(time) + (1 | respondent)", "mixed.unknown_column"),
        (panel()[["cohesion", "time", "time", "site"]], "cohesion ~ time + (1 | site)", "mixed.column_twice"),
        (
            panel().assign(time=pd.Timestamp("2026-01-01")),
            "cohesion ~ time + (1 | site)",
            "mixed.column_is_date",
        ),
        (panel().iloc[:0], "cohesion ~ time + (1 | respondent)", "mixed.no_rows"),
        (panel().iloc[:1], "cohesion ~ time + (1 | respondent)", "mixed.too_few_rows"),
        (None, "cohesion ~ time + (1 | respondent)", "mixed.no_table"),
        (panel().assign(time=[[1]] * 240), "cohesion ~ time + (1 | site)", "mixed.column_kind"),
        (panel().assign(cohesion=1j), "cohesion ~ time + (1 | site)", "mixed.column_kind"),
        (panel(), "cohesion ~ time arm + (1 | respondent)", "mixed.formula_unread"),
    ],
)
def test_what_the_data_cannot_bear_is_refused(data: pd.DataFrame, formula: str, code: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        lmm(formula, data)
    assert code in {problem.code for problem in found.value.problems}
    assert all(problem.what("en") and problem.do("fr") for problem in found.value.problems)


def test_weights_of_zero_are_refused() -> None:
    with pytest.raises(ProblemsFound) as found:
        lmm("cohesion ~ time + (1 | respondent)", panel().assign(w=0.0), weights="w")
    assert found.value.problems[0].code == "mixed.weight_not_positive"


@pytest.mark.parametrize("lazy", [False, True])
def test_a_polars_frame_gives_the_same(lazy: bool) -> None:
    polars = pytest.importorskip("polars", reason="polars, for tests alone, is not installed")
    data = panel()
    data.loc[[2, 7], "cohesion"] = np.nan
    kinds = {"arm": polars.Enum(["intervention", "comparison"])}
    other = polars.DataFrame(data.assign(cohesion=data["cohesion"].astype(object)).to_dict("list"))
    other = other.with_columns(polars.col("cohesion").fill_nan(None)).cast(kinds)
    ordered = data.assign(arm=pd.Categorical(data["arm"], ["intervention", "comparison"]))
    found, expected = lmm(FORMULA, other.lazy() if lazy else other), lmm(FORMULA, ordered)
    pd.testing.assert_frame_equal(found.table, expected.table)
    assert [dict(p.values) for p in found.problems] == [dict(p.values) for p in expected.problems]
    np.testing.assert_allclose(found.predict(other), expected.predict(ordered))


def test_a_fit_can_be_stored_and_read_back() -> None:
    fit = lmm(FORMULA, panel())
    back = pickle.loads(pickle.dumps(fit))
    pd.testing.assert_frame_equal(back.table, fit.table)
    np.testing.assert_allclose(back.predict(panel()), fit.fitted())


def test_maximum_likelihood_has_satterthwaites_inference() -> None:
    fit = lmm("cohesion ~ time + (1 | respondent)", panel(), reml=False)
    assert set(fit.table["method"]) == {"satterthwaite"}


def test_satterthwaite_at_the_boundary_is_said() -> None:
    _, data = reference("dyestuff2")
    fit = lmm("Yield ~ 1 + (1 | Batch)", data, inference="satterthwaite")
    assert "mixed.satterthwaite_at_boundary" in {problem.code for problem in fit.problems}


@pytest.mark.parametrize("name", ["intercept", "slope"])
def test_six_districts_with_a_singular_optimum_have_rs_kenward_roger(name: str) -> None:
    """Of the slope, lme4 by default stops 0.026 above the optimum; the answers are of its tight fit."""
    answers = json.loads(gzip.decompress((FOLDER / "few_clusters.json.gz").read_bytes()))[name]
    data = pd.read_csv(FOLDER / "few_clusters_socatt6.csv.gz")
    fit = lmm(answers["formula"], data)
    assert fit.singular
    assert fit.criterion <= answers["REMLcrit"] + 1e-6
    np.testing.assert_allclose(fit.table["estimate"], answers["estimate"], rtol=1e-5)
    np.testing.assert_allclose(fit.table["std_error"], answers["se"], rtol=1e-5)
    np.testing.assert_allclose(fit.table["df"], answers["df"], atol=1e-2)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"inference": "kr"}, "mixed.no_method"),
        ({"engine": "lme4"}, "mixed.no_engine"),
        ({"level": 95}, "mixed.level_outside"),
        ({"weights": [1.0, 2.0]}, "mixed.weights_length"),
        ({"weights": "arm"}, "mixed.weights_not_numbers"),
        ({"weights": "weight"}, "mixed.unknown_column"),
        ({"engine": "statsmodels", "weights": "time"}, "mixed.engine_without_weights"),
        ({"engine": "statsmodels", "reml": False}, "mixed.engine_reml_only"),
    ],
)
def test_choices_that_do_not_exist_are_refused(options: dict, code: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        lmm("cohesion ~ arm + (1 | respondent)", panel(), **options)
    assert [problem.code for problem in found.value.problems] == [code]
    assert all(problem.what("fr") and problem.do("en") for problem in found.value.problems)


def test_all_unknown_columns_are_named_together() -> None:
    with pytest.raises(ProblemsFound) as found:
        lmm("cohesin ~ tme + (1 | person)", panel())
    assert {problem.where.column for problem in found.value.problems} == {"cohesin", "tme", "person"}


def test_rows_left_out_are_counted_by_wave_and_site_too() -> None:
    data = panel()
    data.loc[(data["wave"] == "w4") & (data["respondent"] < 7), "cohesion"] = np.nan
    fit = lmm("cohesion ~ time + (1 | respondent)", data)
    told = {problem.code: problem.values for problem in fit.problems}
    assert told["mixed.rows_left_out_by_wave"]["counts"] == "w4 (7/60)"
    assert told["mixed.rows_left_out_by_site"]["counts"].startswith("0 (2/40), 1 (1/40)")


def test_waves_in_order_get_treatment_contrasts_with_the_first_as_base() -> None:
    data = panel()
    data["wave"] = pd.Categorical(data["wave"], categories=["w2", "w1", "w4", "w3"], ordered=True)
    terms = lmm("cohesion ~ wave + (1 | respondent)", data).table["term"].tolist()
    assert terms == ["(Intercept)", "wave[T.w1]", "wave[T.w4]", "wave[T.w3]"]


@pytest.mark.parametrize(
    ("ours", "other"),
    [
        ("cohesion ~ time + I(time^2) + (1 | respondent)", "cohesion ~ time + I(time**2) + (1 | respondent)"),
        ("cohesion ~ factor(wave) + (1 | respondent)", "cohesion ~ wave + (1 | respondent)"),
        ("cohesion ~ (time + arm)^2 + (1 | respondent)", "cohesion ~ time * arm + (1 | respondent)"),
        ("cohesion ~ arm + (time | respondent)", "cohesion ~ arm + (1 + time | respondent)"),
        (
            "cohesion ~ arm + (time || respondent)",
            "cohesion ~ arm + (1 | respondent) + (0 + time | respondent)",
        ),
        ("cohesion ~ arm + (1 | site/wave)", "cohesion ~ arm + (1 | site) + (1 | wave:site)"),
        (
            "cohesion ~ poly(time, 2) + (1 | respondent)",
            "cohesion ~ scale(time) + I(time^2) + (1 | respondent)",
        ),
    ],
)
def test_two_ways_of_writing_one_model_give_one_optimum(ours: str, other: str) -> None:
    first, second = (lmm(formula, panel(), reml=False) for formula in (ours, other))
    assert first.criterion == pytest.approx(second.criterion, abs=1e-7)
    assert first.mixed.sigma == pytest.approx(second.mixed.sigma, rel=1e-6)


def test_weights_by_column_and_by_row_are_the_same() -> None:
    data = panel().assign(weight=np.tile([1.0, 2.0], 120))
    first = lmm("cohesion ~ time + (1 | respondent)", data, weights="weight")
    second = lmm("cohesion ~ time + (1 | respondent)", data, weights=data["weight"].to_numpy())
    pd.testing.assert_frame_equal(first.table, second.table)


def test_missing_booleans_leave_numbers_of_zero_and_one() -> None:
    data = panel()
    flags = (data["time"] > 1).astype(object)
    flags[3] = None
    found = lmm("cohesion ~ flag + (1 | respondent)", data.assign(flag=flags)).table["term"].tolist()
    assert found == ["(Intercept)", "flag"]


def test_another_engine_gives_a_second_opinion() -> None:
    formula = "cohesion ~ time * arm + (1 | respondent) + (1 | site)"
    ours, other = lmm(formula, panel()), lmm(formula, panel(), engine="statsmodels")
    assert other.engine == "statsmodels"
    assert ours.criterion == pytest.approx(other.criterion, abs=1e-3)
    np.testing.assert_allclose(ours.table["estimate"], other.table["estimate"], rtol=1e-3, atol=1e-3)
    assert other.table["conf_low"].isna().all()


def test_satterthwaite_that_nobody_asked_for_is_withheld_at_the_boundary() -> None:
    _, data = reference("dyestuff2")
    fit = lmm("Yield ~ 1 + (1 | Batch)", data, reml=False)
    assert fit.table[["df", "p_value", "conf_low", "conf_high"]].isna().all(axis=None)
    assert "mixed.satterthwaite_withheld" in {problem.code for problem in fit.problems}
    asked = lmm("Yield ~ 1 + (1 | Batch)", data, reml=False, inference="satterthwaite")
    assert asked.table["df"].notna().all()


def test_level_sets_the_width_of_intervals() -> None:
    wide, narrow = (lmm(FORMULA, panel(), level=level).table for level in (0.95, 0.8))
    assert (wide["conf_low"] < narrow["conf_low"]).all()
    np.testing.assert_array_equal(wide["df"], narrow["df"])


def test_a_category_with_one_level_is_left_out_and_named() -> None:
    fit = lmm("cohesion ~ time + place + (1 | respondent)", panel().assign(place="here"))
    assert fit.table["term"].tolist() == ["(Intercept)", "time"]
    (problem,) = fit.problems
    assert (problem.code, problem.values["columns"]) == ("mixed.columns_dropped", "place")
