"""Comparison of nested fits: the law at the boundary, held against simulation, and what is no pair."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evalkit.errors import ProblemsFound
from evalkit.models.lmm import lmm
from tests.models.panels import panel

PLAIN = "cohesion ~ time + (1 | respondent)"


def test_one_variance_at_zero_is_half_and_half() -> None:
    fit = lmm("cohesion ~ time + (1 | respondent) + (1 | site)", panel()).compare(lmm(PLAIN, panel()))
    assert fit["p_value"][1] == pytest.approx(stats.chi2.sf(fit["statistic"][1], 1) / 2)


def test_simulation_agrees_with_the_mixture() -> None:
    large, small = lmm("cohesion ~ time + (1 + time | respondent)", panel(3)), lmm(PLAIN, panel(3))
    law = large.compare(small)["p_value"][1]
    drawn = large.compare(small, simulations=400, rng=np.random.default_rng(5))["p_value"][1]
    assert drawn == pytest.approx(law, abs=4 * np.sqrt(law * (1 - law) / 400) + 0.02)


def test_order_does_not_matter_and_several_variances_have_a_bound() -> None:
    large = lmm("cohesion ~ time + (1 | respondent) + (1 | site) + (1 | site:wave)", panel())
    small = lmm(PLAIN, panel())
    first, second = large.compare(small), small.compare(large)
    assert first["p_value"][1] == second["p_value"][1]
    assert first["p_value"][1] == pytest.approx(stats.chi2.sf(first["statistic"][1], 2))


def test_other_fixed_parts_are_compared_by_maximum_likelihood() -> None:
    found = lmm("cohesion ~ time * arm + (1 | respondent)", panel()).compare(lmm(PLAIN, panel()))
    assert found["method"].tolist() == ["ML", "chi-squared"]
    ml = [lmm(f, panel(), reml=False).criterion for f in (PLAIN, "cohesion ~ time * arm + (1 | respondent)")]
    assert found["statistic"][1] == pytest.approx(ml[0] - ml[1], abs=1e-6)


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (PLAIN, PLAIN, "mixed.compare_nested"),
        (PLAIN, "cohesion ~ arm + (1 | respondent) + (1 | site)", "mixed.compare_nested"),
        (PLAIN, "cohesion ~ time + arm + (1 | site)", "mixed.compare_nested"),
        (PLAIN, "log(cohesion) ~ time + arm + (1 | respondent)", "mixed.compare_rows"),
    ],
)
def test_models_that_are_no_pair_are_refused(first: str, second: str, code: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        lmm(first, panel()).compare(lmm(second, panel()))
    assert [problem.code for problem in found.value.problems] == [code]
