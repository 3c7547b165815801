"""Predictions for other rows: known people, new people, missing values, categories never seen."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.lmm import lmm
from tests.models.panels import panel

FORMULA = "cohesion ~ time * arm + (1 + time | respondent) + (1 | site) + (1 | site:wave)"


def test_rows_fitted_are_predicted_as_fitted_in_any_order() -> None:
    data = panel()
    fit, order = lmm(FORMULA, data), np.random.default_rng(1).permutation(len(data))
    np.testing.assert_allclose(fit.predict(data.iloc[order]), fit.fitted()[order], atol=1e-9)


def test_terms_that_share_groups_are_all_in_the_prediction() -> None:
    data = panel()
    fit = lmm("cohesion ~ arm + (1 | respondent) + (0 + time | respondent) + (1 | site)", data)
    np.testing.assert_allclose(fit.predict(data), fit.fitted(), atol=1e-9)


def test_a_missing_value_gives_a_missing_prediction_and_a_missing_group_the_populations() -> None:
    data = panel().head(3).assign(time=[np.nan, 1.0, 1.0])
    fit = lmm(FORMULA, panel())
    found = fit.predict(data)
    assert np.isnan(found[0]) and np.isfinite(found[1:]).all()
    nobody = data.assign(respondent=np.nan, site=np.nan)
    np.testing.assert_allclose(fit.predict(nobody)[1:], fit.predict(data, conditional=False)[1:])


def test_a_category_never_seen_is_refused_and_named() -> None:
    with pytest.raises(ProblemsFound) as found:
        lmm(FORMULA, panel()).predict(panel().head(2).assign(arm="waiting list"))
    (problem,) = found.value.problems
    assert (problem.code, problem.where.column) == ("mixed.unseen_level", "arm")
    assert problem.values["values"] == "waiting list"


def test_columns_that_are_not_needed_need_not_be_there() -> None:
    fit = lmm(FORMULA, panel())
    fit.predict(panel()[["time", "arm"]], conditional=False)
    with pytest.raises(ProblemsFound) as found:
        fit.predict(panel()[["time", "arm", "respondent"]])
    assert {problem.where.column for problem in found.value.problems} == {"site", "wave"}


def test_transformed_columns_keep_the_fits_centre() -> None:
    data = panel()
    fit = lmm("cohesion ~ scale(time) + poly(time, 2) + (1 | respondent)", data)
    np.testing.assert_allclose(fit.predict(data.tail(5)), fit.fitted()[-5:], atol=1e-9)


def test_dropped_columns_do_not_disturb_predictions() -> None:
    data = panel().assign(months=12 * panel()["time"])
    fit = lmm("cohesion ~ time + months + arm + (1 | respondent)", data)
    np.testing.assert_allclose(fit.predict(data), fit.fitted(), atol=1e-9)
