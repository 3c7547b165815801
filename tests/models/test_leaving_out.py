"""Fits without one group at a time equal fits to the rows that are left."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.lmm import lmm
from tests.models.panels import panel

FORMULA = "cohesion ~ time * arm + (1 + time | respondent) + (1 | site)"


def test_each_site_left_out_is_the_fit_of_the_others() -> None:
    data = panel()
    fit = lmm(FORMULA, data)
    found = fit.without_each("site")
    assert len(found) == 6 * 4
    for site in (0, 4):
        own = found[found["left_out"] == str(site)]
        other = lmm(FORMULA, data[data["site"] != site], inference="satterthwaite")
        np.testing.assert_allclose(own["estimate"], other.table["estimate"], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(own["std_error"], other.table["std_error"], rtol=1e-5)
        moved = (fit.table["estimate"].to_numpy() - own["estimate"]) / own["std_error"]
        np.testing.assert_allclose(own["dfbetas"], moved, atol=1e-5)


def test_waves_that_cut_residents_can_be_left_out_too() -> None:
    data = panel()
    found = lmm("cohesion ~ wave + (1 | respondent)", data).without_each("wave")
    assert not found.loc[found["left_out"] == "w2", "possible"].any()
    found = lmm("cohesion ~ time + (1 | respondent) + (1 | wave)", data).without_each("wave")
    own = found[found["left_out"] == "w3"]
    other = lmm("cohesion ~ time + (1 | respondent) + (1 | wave)", data[data["wave"] != "w3"])
    np.testing.assert_allclose(own["estimate"], other.table["estimate"], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("group", "code"), [("block", "mixed.unknown_group"), ("town", "mixed.one_cluster")])
def test_groups_that_cannot_be_left_out_are_refused(group: str, code: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        lmm("cohesion ~ time + town + (1 | site)", panel().assign(town="here")).without_each(group)
    assert [problem.code for problem in found.value.problems] == [code]
