"""Student's and Welch's tests equal R's."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.models.inference.site_robust import cr2_test
from evalkit.models.inference.site_t_test import t_test
from tests.models.inference.few_sites import Case, cases, named

ROUNDING = 1e-9


@pytest.mark.parametrize("case", cases(), ids=named)
@pytest.mark.parametrize(("variances", "word"), [("pooled", "student"), ("separate", "welch")])
def test_equals_r(case: Case, variances: str, word: str) -> None:
    found = t_test(case.changes, case.arms, variances=variances).single()  # type: ignore[arg-type]
    known = case.found[word]
    assert (found.df, found.p_value, found.conf_low, found.conf_high) == pytest.approx(
        (known["df"], known["p"], known["low"], known["high"]), rel=ROUNDING
    )


def test_with_equal_arms_it_is_cr2() -> None:
    changes = np.random.default_rng(8).normal(size=(5, 8))
    arms = np.arange(8) < 4
    ours, robust = t_test(changes, arms), cr2_test(changes, np.column_stack([np.ones(8), arms]), 1)
    np.testing.assert_allclose(ours.p_value, robust.p_value)
    np.testing.assert_allclose(ours.conf_low, robust.conf_low)


@pytest.mark.parametrize("variances", ["pooled", "separate"])
def test_an_arm_of_one_site_has_an_estimate_alone(variances: str) -> None:
    arms = np.array([True, False, False])
    found = t_test(np.array([4.0, 1, 2]), arms, variances=variances).single()  # type: ignore[arg-type]
    assert found.estimate == pytest.approx(2.5)
    assert (found.std_error, found.df, found.p_value, found.conf_low) == (None, None, None, None)
    assert not found.reaches(0.05)


def test_an_arm_without_a_site_has_none() -> None:
    assert t_test(np.array([4.0, 1]), np.array([True, True])).single().estimate is None


def test_several_data_sets_are_no_single_one() -> None:
    with pytest.raises(ValueError, match="size 1"):
        t_test(np.zeros((2, 4)), np.array([True, True, False, False])).single()
