"""lmm on R's data sets by formula, and what is asked of a fit afterwards, against lme4 and lmerTest."""

from __future__ import annotations

import gzip
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalkit.models.lmm import lmm
from evalkit.models.lmm_fit import LmmFit

FOLDER = Path(__file__).resolve().parents[1] / "reference" / "mixed"
NAMES = tuple(sorted(file.stem for file in FOLDER.glob("*.json")))
# lme4's optimum of this set is no nearer than this to where the gradient vanishes.
LOOSE = {"insteval": 5e-6}
ENDS = (("estimate", "estimate"), ("std_error", "se"), ("conf_low", "low"), ("conf_high", "high"))
AFTER = json.loads(gzip.decompress((FOLDER / "after_fit.json.gz").read_bytes()))


@lru_cache(maxsize=2)
def reference(name: str) -> tuple[dict[str, Any], pd.DataFrame]:
    answers = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    data = pd.read_csv(FOLDER / f"{name}.csv.gz")
    for column, levels in answers["factor_levels"].items():
        data[column] = pd.Categorical(data[column].astype(str), categories=levels)
    return answers, data


@lru_cache(maxsize=8)
def fitted(name: str, formula: str | None = None, **options: Any) -> LmmFit:
    answers, data = reference(name)
    return lmm(formula or answers["formula"], data, **options)


def numbers(told: dict[str, float]) -> list[float]:
    return list(told.values())


@pytest.mark.parametrize("name", NAMES)
def test_optimum_is_lme4s_tight_one_or_lower(name: str) -> None:
    tight, fit = reference(name)[0]["tight"], fitted(name, inference="satterthwaite")
    assert fit.converged
    assert fit.singular == tight["singular"]
    assert fit.criterion <= tight["REMLcrit"] + 1e-6
    near = LOOSE.get(name, 1e-6)
    np.testing.assert_allclose(fit.table["estimate"], numbers(tight["fixef"]), rtol=near)
    np.testing.assert_allclose(fit.table["std_error"], numbers(tight["se"]), rtol=near)
    for key, found in (("logLik", fit.log_likelihood), ("AIC", fit.aic), ("BIC", fit.bic)):
        assert found == pytest.approx(tight[key], abs=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_variance_components_are_lme4s(name: str) -> None:
    found = fitted(name, inference="satterthwaite").variance_components
    for part in reference(name)[0]["tight"]["varcomp"]:
        group = re.sub(r"\.\d+$", "", part["group"])
        rows = found[found["group"].isin([group, ":".join(reversed(group.split(":")))])]
        if part["var2"] is None:
            rows = rows[rows["term2"].isna()]
            rows = rows if part["group"] == "Residual" else rows[rows["term1"] == part["var1"]]
        else:
            rows = rows[rows["term2"].notna()]
            pairs = [
                {a, b} == {part["var1"], part["var2"]} for a, b in zip(rows.term1, rows.term2, strict=True)
            ]
            rows = rows[pairs]
        assert rows["value"].item() == pytest.approx(part["vcov"], rel=1e-4, abs=1e-8)


@pytest.mark.parametrize("method", ["satterthwaite", "kenward-roger"])
@pytest.mark.parametrize("name", NAMES)
def test_tests_are_lmertests(name: str, method: str) -> None:
    answers = reference(name)[0].get(method.replace("-", "_"))
    if answers is None:
        pytest.skip("R takes too long")
    fit = fitted(name, inference=method)
    told = list(answers["coef"].values())
    np.testing.assert_allclose(fit.table["df"], [row["df"] for row in told], atol=1e-2, rtol=1e-5)
    np.testing.assert_allclose(fit.table["statistic"], [row["t value"] for row in told], rtol=1e-5)
    np.testing.assert_allclose(fit.table["p_value"], [row["Pr(>|t|)"] for row in told], rtol=1e-4, atol=1e-9)
    table = fit.anova().set_index("term")
    assert set(table.index) == set(answers["anova_type3"])
    for term, row in answers["anova_type3"].items():
        found = table.loc[term]
        assert found["statistic"] == pytest.approx(row["F value"], rel=1e-4)
        assert found["num_df"] == row["NumDF"]
        assert found["df"] == pytest.approx(row["DenDF"], abs=1e-2, rel=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_maximum_likelihood_is_lme4s(name: str) -> None:
    told, fit = reference(name)[0]["ML"], fitted(name, reml=False)
    assert fit.criterion <= told["deviance"] + 1e-6
    np.testing.assert_allclose(fit.table["estimate"], numbers(told["fixef"]), rtol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_fitted_values_and_predicted_effects_are_lme4s(name: str) -> None:
    answers, fit = reference(name)[0], fitted(name, inference="satterthwaite")
    np.testing.assert_allclose(fit.fitted()[:10], answers["fitted_first10"], rtol=1e-5)
    for group, told in answers["ranef_first5"].items():
        swapped = ":".join(reversed(group.split(":")))
        for term, values in told.items():
            if term == "level":
                continue
            rows = fit.random_effects[fit.random_effects["group"].isin([group, swapped])]
            rows = rows[rows["term"] == term].set_index("level")["value"]
            for level, value in zip(told["level"], values, strict=True):
                other = ":".join(reversed(str(level).split(":")))
                found = rows[str(level)] if str(level) in rows.index else rows[other]
                assert found == pytest.approx(value, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("over", [["Product"], ["Information"], ["Gender"], ["Product", "Information"]])
def test_adjusted_means_are_lmertests(over: list[str]) -> None:
    found, told = fitted("ham").adjusted_means(over), AFTER["means"]
    for _, row in found.iterrows():
        place = told["label"].index(":".join(f"{name}{row[name]}" for name in over))
        for column, key in (
            ("estimate", "estimate"),
            ("std_error", "se"),
            ("conf_low", "low"),
            ("conf_high", "high"),
        ):
            assert row[column] == pytest.approx(told[key][place], rel=1e-6)
        assert row["df"] == pytest.approx(told["df"][place], abs=1e-2)


@pytest.mark.parametrize("over", [["Product"], ["Gender"], ["Product", "Information"]])
def test_differences_of_adjusted_means_are_lmertests(over: list[str]) -> None:
    found, told = fitted("ham").adjusted_differences(over), AFTER["differences"]
    for _, row in found.iterrows():
        later, earlier = (
            ":".join(f"{name}{level}" for name, level in zip(over, part.split(":"), strict=True))
            for part in row["term"].split(" - ")
        )
        sign = 1 if f"{later} - {earlier}" in told["label"] else -1
        place = told["label"].index(f"{later} - {earlier}" if sign == 1 else f"{earlier} - {later}")
        assert row["estimate"] == pytest.approx(sign * told["estimate"][place], rel=1e-6)
        assert row["std_error"] == pytest.approx(told["se"][place], rel=1e-6)
        assert row["df"] == pytest.approx(told["df"][place], abs=1e-2)
        assert row["p_value"] == pytest.approx(told["p"][place], rel=1e-4)


def test_numbers_stand_at_their_mean_unless_told() -> None:
    fit, told = fitted("orthodont"), AFTER["numbers"]
    found = fit.adjusted_means("Sex")
    np.testing.assert_allclose(found["estimate"], told["estimate"], rtol=1e-6)
    np.testing.assert_allclose(found["std_error"], told["se"], rtol=1e-6)
    young = fit.adjusted_means("Sex", at={"age": 8.0})
    population = fit.predict(pd.DataFrame({"age": 8.0, "Sex": ["Male", "Female"]}), conditional=False)
    np.testing.assert_allclose(young["estimate"], population, rtol=1e-12)


def test_contrasts_and_their_joint_test_are_lmertests() -> None:
    fit, told, both = fitted("orthodont"), AFTER["contrasts"], AFTER["joint"]
    age, more = fit.table["term"][1], fit.table["term"][3]
    wanted = {"boys": {age: 1}, "girls": {age: 1, more: 1}}
    found = fit.contrast(wanted)
    assert found["term"].tolist() == ["boys", "girls"]
    for column, key in (
        ("estimate", "estimate"),
        ("std_error", "se"),
        ("conf_low", "low"),
        ("conf_high", "high"),
    ):
        np.testing.assert_allclose(found[column], told[key], rtol=1e-6)
    np.testing.assert_allclose(found["df"], told["df"], atol=1e-2)
    test = fit.joint_test(wanted).iloc[0]
    assert test["statistic"] == pytest.approx(both["statistic"], rel=1e-4)
    assert test["num_df"] == both["num_df"]
    assert test["df"] == pytest.approx(both["df"], abs=1e-2)
    np.testing.assert_allclose(fit.contrast(np.array([[0, 1, 0, 1.0]]))["estimate"], told["estimate"][1:])


def test_comparisons_have_rs_likelihoods() -> None:
    small = fitted("sleepstudy", "Reaction ~ Days + (1 | Subject)")
    large, none = fitted("sleepstudy"), fitted("sleepstudy", "Reaction ~ 1 + (Days | Subject)")
    apart = fitted("sleepstudy", "Reaction ~ Days + (Days || Subject)")
    assert apart.criterion == pytest.approx(AFTER["uncorrelated_crit"], abs=1e-6)
    for first, key in ((small, "slope"), (apart, "correlation"), (none, "fixed")):
        found, told = large.compare(first), AFTER[key]
        np.testing.assert_allclose(found["aic"], told["aic"], rtol=1e-8)
        np.testing.assert_allclose(found["bic"], told["bic"], rtol=1e-8)
        assert found["statistic"][1] == pytest.approx(told["statistic"], rel=1e-5)
        assert found["df"][1] == told["df"]
        if key != "slope":
            assert found["p_value"][1] == pytest.approx(told["p"], rel=1e-4)
    mixture = large.compare(small)["p_value"][1]
    assert mixture < AFTER["slope"]["p"]


def test_standard_errors_of_predicted_effects_are_lme4s() -> None:
    found, told = fitted("sleepstudy").effects(), AFTER["ranef"]
    for k, term in enumerate(("(Intercept)", "Days")):
        own = found[found["term"] == term].set_index("level")["std_error"]
        np.testing.assert_allclose(own[told["level"]], np.array(told["se"])[:, k], rtol=1e-4)


def test_predictions_are_lme4s_for_known_and_new_people() -> None:
    new, fit = pd.DataFrame({"Days": [0, 4.5, 20], "Subject": ["308", "999", "372"]}), fitted("sleepstudy")
    np.testing.assert_allclose(fit.predict(new), AFTER["predict"]["conditional"], rtol=1e-5)
    np.testing.assert_allclose(fit.predict(new, conditional=False), AFTER["predict"]["population"], rtol=1e-8)
