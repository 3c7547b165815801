"""The engine `statsmodels` equals R's lme4 where it can carry the model, and says where it cannot."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalkit.models.engine import EngineFailed
from evalkit.models.engines.statsmodels import ENGINE, ROWS_PER_SITE, WITHHELD
from evalkit.models.fit import INTERCEPT, TABLE_COLUMNS, VARIANCE_COLUMNS
from evalkit.models.kinds import change_since_baseline, difference_in_change
from evalkit.models.spec import ModelSpec, RandomTerm
from evalkit.study.study import Study
from evalkit.texts.phrases import phrase

REFERENCE = Path(__file__).resolve().parents[2] / "reference" / "mixed"
CRITERION, ESTIMATE, STD_ERROR, VARIANCE = 1e-5, 1e-6, 2e-4, 1e-3


def one(data: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({INTERCEPT: 1.0}, index=data.index)


def orthodont(data: pd.DataFrame) -> pd.DataFrame:
    girl = (data["Sex"] == "Female").astype(float)
    return one(data).assign(age=data["age"], girl=girl, age_girl=girl * data["age"])


def egsingle(data: pd.DataFrame) -> pd.DataFrame:
    year, low = data["year"], data["lowinc"]
    return one(data).assign(year=year, low=low, boy=(data["female"] == "Male") * 1.0, both=year * low)


Design = Callable[[pd.DataFrame], pd.DataFrame]
CARRIED: dict[str, tuple[str, Design, tuple[RandomTerm, ...]]] = {
    "sleepstudy": (
        "Reaction",
        lambda data: one(data).assign(Days=data["Days"]),
        (RandomTerm("Subject", (INTERCEPT, "Days")),),
    ),
    "orthodont": ("distance", orthodont, (RandomTerm("Subject", (INTERCEPT, "age")),)),
    "pastes": ("strength", one, (RandomTerm("batch:cask"), RandomTerm("batch"))),
    "dyestuff2": ("Yield", one, (RandomTerm("Batch"),)),
}


def spec_of(name: str, outcome: str, design: Design, random: tuple[RandomTerm, ...]) -> ModelSpec:
    data = pd.read_csv(REFERENCE / f"{name}.csv.gz")
    return ModelSpec(outcome, data, design(data).astype(float), random, phrase("words.list_and"), {})


def answers_of_r(name: str) -> dict[str, Any]:
    return dict(json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))["tight"])


@pytest.mark.parametrize("name", CARRIED)
def test_equals_lme4(name: str) -> None:
    found, expected = ENGINE.fit(spec_of(name, *CARRIED[name])), answers_of_r(name)
    assert found.converged
    assert found.criterion == pytest.approx(expected["REMLcrit"], abs=CRITERION)
    assert list(found.table["estimate"]) == pytest.approx(list(expected["fixef"].values()), rel=ESTIMATE)
    assert list(found.table["std_error"]) == pytest.approx(list(expected["se"].values()), rel=STD_ERROR)
    assert found.singular is expected["singular"]


@pytest.mark.parametrize("name", CARRIED)
def test_variances_equal_lme4(name: str) -> None:
    found = ENGINE.fit(spec_of(name, *CARRIED[name])).variance_components
    expected = {
        (row["group"], row["var1"], row["var2"]): row["vcov"] for row in answers_of_r(name)["varcomp"]
    }
    assert list(found.columns) == list(VARIANCE_COLUMNS)
    plain = found.astype(object).where(found.notna(), None)
    ours = {(row.group, row.term1, row.term2): row.value for row in plain.itertuples()}
    assert ours == pytest.approx(expected, rel=VARIANCE, abs=1e-6)


def test_no_normal_interval_is_given() -> None:
    table = ENGINE.fit(spec_of("sleepstudy", *CARRIED["sleepstudy"])).table
    assert list(table.columns) == list(TABLE_COLUMNS)
    assert table[["statistic", "df", "p_value", "conf_low", "conf_high"]].isna().all(axis=None)
    assert set(table["method"]) == {WITHHELD}


def test_too_many_large_sites_are_left_out_and_said() -> None:
    random = (RandomTerm("childid", (INTERCEPT, "year")), RandomTerm("schoolid"))
    found, expected = ENGINE.fit(spec_of("egsingle", "math", egsingle, random)), answers_of_r("egsingle")
    assert [problem.code for problem in found.problems] == ["models.sites_left_out"]
    year = found.table.set_index("term").loc["year"]
    assert year["estimate"] == pytest.approx(expected["fixef"]["year"], rel=1e-3)
    assert year["std_error"] == pytest.approx(expected["se"]["year"], rel=1e-3)


def test_small_sites_are_random_with_their_waves(panel: pd.DataFrame, study: Study) -> None:
    found = ENGINE.fit(change_since_baseline.KIND.build(panel, "cohesion", study))
    groups = set(found.variance_components["group"])
    assert groups == {"site", "respondent", "site:wave", "Residual"}
    assert "models.correlation_left_out" in {problem.code for problem in found.problems}
    assert (found.n_sites, found.n_waves) == (6, 3)
    assert found.n_rows == panel["cohesion"].notna().sum()
    effects = found.random_effects
    assert effects[effects["group"] == "site:wave"]["level"].nunique() == 18


def large(panel: pd.DataFrame) -> pd.DataFrame:
    """Return every resident six times over, so that sites are beyond what dense matrices bear."""
    copies = [panel.assign(respondent=panel["respondent"] + 10_000 * turn) for turn in range(6)]
    rng = np.random.default_rng(3)
    whole = pd.concat(copies, ignore_index=True)
    return whole.assign(cohesion=whole["cohesion"] + rng.normal(0, 8, len(whole)))


def test_large_sites_are_fixed_and_the_terms_are_means_over_sites(panel: pd.DataFrame, study: Study) -> None:
    whole = large(panel)
    assert whole.groupby("site").size().max() > ROWS_PER_SITE
    found = ENGINE.fit(difference_in_change.KIND.build(whole, "cohesion", study))
    assert "models.sites_fixed" in {problem.code for problem in found.problems}
    means = whole.groupby(["arm", "site", "wave"])["cohesion"].mean().unstack()
    change = (means["w2"] - means["w1"]).groupby("arm").mean()
    estimate = found.table.set_index("term").loc["arm[intervention]:wave[w2]", "estimate"]
    assert estimate == pytest.approx(change["intervention"] - change["comparison"], abs=1.0)


def test_an_outcome_that_never_varies_fails_with_a_reason(panel: pd.DataFrame, study: Study) -> None:
    with pytest.raises(EngineFailed):
        ENGINE.fit(change_since_baseline.KIND.build(panel.assign(cohesion=50.0), "cohesion", study))
