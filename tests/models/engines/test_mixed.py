"""The engine `mixed` on models of the plan: R's optimum, Kenward-Roger's columns, and refusals."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalkit.models.engine import EngineFailed
from evalkit.models.engines.mixed import ENGINE
from evalkit.models.engines.statsmodels import ENGINE as STATSMODELS
from evalkit.models.fit import INTERCEPT, TABLE_COLUMNS, VARIANCE_COLUMNS
from evalkit.models.spec import ModelSpec, RandomTerm
from evalkit.texts.phrases import phrase

REFERENCE = Path(__file__).resolve().parents[2] / "reference" / "mixed"


def spec_of(name: str, outcome: str, fixed: dict[str, object], random: tuple[RandomTerm, ...]) -> ModelSpec:
    data = pd.read_csv(REFERENCE / f"{name}.csv.gz")
    design = pd.DataFrame({INTERCEPT: 1.0}, index=data.index).assign(**fixed)
    return ModelSpec(outcome, data, design.astype(float), random, phrase("words.list_and"), {})


def test_equals_r_where_the_site_keeps_its_variance() -> None:
    data = pd.read_csv(REFERENCE / "egsingle.csv.gz")
    fixed = {
        "year": data["year"],
        "low": data["lowinc"],
        "boy": data["female"] == "Male",
        "both": data["year"] * data["lowinc"],
    }
    random = (RandomTerm("childid", (INTERCEPT, "year")), RandomTerm("schoolid"))
    fit = ENGINE.fit(spec_of("egsingle", "math", fixed, random))
    answers = json.loads((REFERENCE / "egsingle.json").read_text(encoding="utf-8"))
    told = answers["kenward_roger"]["coef"].values()
    assert tuple(fit.table.columns) == TABLE_COLUMNS
    assert tuple(fit.variance_components.columns) == VARIANCE_COLUMNS
    np.testing.assert_allclose(fit.table["estimate"], [row["Estimate"] for row in told], rtol=1e-6)
    np.testing.assert_allclose(fit.table["std_error"], [row["Std. Error"] for row in told], rtol=1e-6)
    np.testing.assert_allclose(fit.table["df"], [row["df"] for row in told], atol=1e-2)
    assert fit.criterion == pytest.approx(answers["tight"]["REMLcrit"], abs=1e-6)
    assert fit.converged and not fit.singular


def test_a_zero_variance_is_said_and_its_interval_given() -> None:
    fit = ENGINE.fit(spec_of("dyestuff2", "Yield", {}, (RandomTerm("Batch"),)))
    assert fit.singular
    assert [problem.code for problem in fit.problems] == ["models.singular"]
    assert fit.table["df"][0] == pytest.approx(5.0)


def test_sites_without_a_variance_to_see_are_left_out_and_said() -> None:
    spec = spec_of("dyestuff", "Yield", {}, (RandomTerm("Batch"), RandomTerm("site")))
    one = ModelSpec("Yield", spec.data.assign(site="S1"), spec.fixed, spec.random, spec.estimand, {})
    alone = spec_of("dyestuff", "Yield", {}, (RandomTerm("Batch"),))
    fit, without = ENGINE.fit(one), ENGINE.fit(alone)
    pd.testing.assert_frame_equal(fit.table, without.table)
    (problem,) = fit.problems
    assert (problem.code, problem.severity) == ("models.term_left_out", "warning")
    assert problem.values["group"] == "site"


def test_slopes_as_many_as_answers_are_left_out_and_said() -> None:
    data = pd.read_csv(REFERENCE / "sleepstudy.csv.gz")
    data = data[data["Days"] < 2].reset_index(drop=True)
    fixed = pd.DataFrame({INTERCEPT: 1.0, "Days": data["Days"].astype(float)})
    random = (RandomTerm("Subject", (INTERCEPT, "Days")),)
    fit = ENGINE.fit(ModelSpec("Reaction", data, fixed, random, phrase("words.list_and"), {}))
    assert [problem.code for problem in fit.problems] == ["models.slope_not_borne"]
    assert fit.variance_components["term1"].tolist()[:-1] == [INTERCEPT]


def test_data_that_cannot_bear_the_model_are_refused_in_words() -> None:
    spec = spec_of("dyestuff", "Yield", {}, (RandomTerm("Batch"),))
    each = spec.data.assign(Batch=np.arange(len(spec.data)))
    with pytest.raises(EngineFailed, match="30 levels for 30 rows"):
        ENGINE.fit(ModelSpec("Yield", each, spec.fixed, spec.random, spec.estimand, {}))


@pytest.mark.parametrize(
    ("name", "outcome", "random"),
    [
        ("sleepstudy", "Reaction", (RandomTerm("Subject", (INTERCEPT, "Days")),)),
        ("dyestuff", "Yield", (RandomTerm("Batch"),)),
        ("pastes", "strength", (RandomTerm("batch:cask"), RandomTerm("batch"))),
    ],
)
def test_statsmodels_agrees_where_it_carries_the_model(
    name: str, outcome: str, random: tuple[RandomTerm, ...]
) -> None:
    data = pd.read_csv(REFERENCE / f"{name}.csv.gz")
    fixed = {"Days": data["Days"]} if "Days" in data else {}
    spec = spec_of(name, outcome, fixed, random)
    ours, other = ENGINE.fit(spec), STATSMODELS.fit(spec)
    assert not [problem.code for problem in other.problems]
    assert ours.criterion <= other.criterion + 1e-6
    assert ours.criterion == pytest.approx(other.criterion, abs=1e-4)
    np.testing.assert_allclose(ours.table["estimate"], other.table["estimate"], rtol=1e-4)
    np.testing.assert_allclose(ours.table["std_error"], other.table["std_error"], rtol=5e-3)
