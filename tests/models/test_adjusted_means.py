"""Adjusted means where some cells have no data, and what has no adjusted mean."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.lmm import lmm
from tests.models.panels import panel


def test_a_cell_without_data_has_no_mean_and_others_keep_theirs() -> None:
    data = panel()
    data = data[~((data["arm"] == "comparison") & (data["wave"] == "w4"))]
    fit = lmm("cohesion ~ wave * arm + (1 | respondent)", data)
    cells = fit.adjusted_means(["wave", "arm"]).set_index(["wave", "arm"])["estimate"]
    assert np.isnan(cells["w4", "comparison"])
    assert cells.drop(("w4", "comparison")).notna().all()
    waves = fit.adjusted_means("wave").set_index("wave")["estimate"]
    assert np.isnan(waves["w4"])
    assert waves["w1"] == pytest.approx(cells["w1"].mean())


def test_differences_are_those_of_the_means() -> None:
    fit = lmm("cohesion ~ time * arm + (1 | respondent)", panel())
    means = fit.adjusted_means("arm", at={"time": 2})["estimate"]
    (row,) = fit.adjusted_differences("arm", at={"time": 2}).to_dict("records")
    assert row["term"] == "intervention - comparison"
    assert row["estimate"] == pytest.approx(means[1] - means[0])


def test_a_difference_may_be_told_where_no_mean_is() -> None:
    """Waves and time say the same, so that no mean at another time exists; arms differ all the same."""
    fit = lmm("cohesion ~ wave + arm + time:arm + (1 | respondent)", panel())
    plain = lmm("cohesion ~ wave + arm + I(time * (arm == 'intervention')) + (1 | respondent)", panel())
    assert fit.adjusted_means("arm", at={"time": 2})["estimate"].isna().all()
    told = plain.contrast([0, 0, 0, 0, 1, 2])["estimate"][0]
    assert fit.adjusted_differences("arm", at={"time": 2})["estimate"][0] == pytest.approx(told)


def test_numbers_coded_as_categories_and_truths_have_levels() -> None:
    data = panel().assign(moved=panel()["respondent"] % 2 == 0)
    fit = lmm("cohesion ~ C(site) + moved + time + (1 | respondent)", data)
    assert fit.adjusted_means("site")["site"].tolist() == [0, 1, 2, 3, 4, 5]
    assert fit.adjusted_means("moved")["moved"].tolist() == [False, True]


@pytest.mark.parametrize(
    ("over", "at", "code"),
    [
        ("time", {}, "mixed.not_a_factor"),
        ("site", {}, "mixed.not_a_factor"),
        ("arm", {"age": 3}, "mixed.unknown_term"),
    ],
)
def test_what_has_no_levels_is_refused(over: str, at: dict[str, float], code: str) -> None:
    fit = lmm("cohesion ~ time * arm + (1 | site)", panel())
    with pytest.raises(ProblemsFound) as found:
        fit.adjusted_means(over, at=at)
    assert [problem.code for problem in found.value.problems] == [code]
