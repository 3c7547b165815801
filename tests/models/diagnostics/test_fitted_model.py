"""A fit with its rows: which columns are what, and what cannot be diagnosed."""

from __future__ import annotations

import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.diagnostics.fitted_model import fitted_model
from evalkit.models.lmm import lmm
from tests.models.diagnostics.samples import FORMULA, fit_of, model_of, sample, sleep


def test_rows_have_the_roles_that_the_data_have() -> None:
    model = model_of(sample())
    assert model.has("respondent", "site", "wave") and not model.has("arm")
    assert len(model.rows) == model.mixed.rows == len(model.answers)


def test_waves_are_ordered_by_time() -> None:
    data = sample(waves=2)
    data["wave"] = data["wave"].map({"w1": "late name", "w2": "early name"})
    model = model_of(data, formula="y ~ wave + time + (1 | respondent) + (1 | site)")
    assert model.order("wave") == ["late name", "early name"]


def test_another_engine_is_refused() -> None:
    fit = lmm(FORMULA, sample(people=8), engine="statsmodels")
    with pytest.raises(ProblemsFound) as found:
        fitted_model(fit)
    assert [problem.code for problem in found.value.problems] == ["diagnostics.other_engine"]


def test_without_respondents_nothing_can_be_said() -> None:
    with pytest.raises(ProblemsFound) as found:
        fitted_model(sleep())
    assert [problem.code for problem in found.value.problems] == ["diagnostics.no_respondent"]


def test_groups_under_the_minimum_are_hidden() -> None:
    data = sample()
    data = data[(data["site"] != "S2") | data["respondent"].isin(["R25", "R26"])]
    model = model_of(data, least=10)
    assert model.hidden("site") == ["S2"]
    assert "S2" not in model.shown("site")
    assert fit_of(data).data is not None
