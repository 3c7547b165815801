"""CR2 of one number a site equals clubSandwich's, and the row-wise one of the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from evalkit.mixed.robust_regression import robust_least_squares
from evalkit.models.inference.site_robust import cr2_test
from tests.models.inference.few_sites import ARM, Array, Case, drawn_sites, fits, named

ROUNDING = 1e-8  # both are closed forms in double precision
OTHER_WAY = 1e-7  # the engine takes roots of matrices, whose rounding grows where a leverage is near one


@pytest.mark.parametrize(("case", "fit"), fits("cr2"), ids=named)
def test_equals_clubsandwich(case: Case, fit: dict[str, Any]) -> None:
    found = cr2_test(case.changes, case.design(fit["covariate"]), ARM, case.weights(fit["weighted"])).single()
    assert found.estimate == pytest.approx(fit["estimate"], rel=ROUNDING)
    assert found.std_error == pytest.approx(fit["cr2"]["SE"], rel=ROUNDING)
    assert found.df == pytest.approx(fit["cr2"]["df"], rel=ROUNDING)
    assert found.p_value == pytest.approx(fit["cr2"]["p"], rel=ROUNDING)


@settings(deadline=None)
@given(drawn_sites())
def test_equals_the_row_wise_estimate_with_one_row_a_cluster(sites: tuple[Array, Array, Array]) -> None:
    changes, design, _ = sites
    rows = robust_least_squares(changes, design, np.arange(len(changes)))
    found = cr2_test(changes, design, ARM).single()
    assert found.std_error == pytest.approx(np.sqrt(rows.covariance[ARM, ARM]), rel=OTHER_WAY)


def test_several_data_sets_with_weights_of_their_own_are_each_their_own() -> None:
    rng = np.random.default_rng(3)
    changes, weights = rng.normal(size=(2, 3, 7)), rng.uniform(0.5, 2, (2, 3, 7))
    design = np.column_stack([np.ones(7), [1, 1, 1, 0, 0, 0, 0]])
    together = cr2_test(changes, design, ARM, weights)
    alone = cr2_test(changes[1, 2], design, ARM, weights[1, 2])
    assert together.df.shape == (2, 3)
    for part in ("estimate", "std_error", "df", "p_value", "conf_low", "conf_high"):
        assert getattr(together, part)[1, 2] == pytest.approx(getattr(alone, part).item())


def test_a_single_treated_site_has_no_residual_of_its_own() -> None:
    design = np.column_stack([np.ones(5), [1, 0, 0, 0, 0]])
    found = cr2_test(np.array([9.0, 1, 2, 3, 4]), design, ARM).single()
    assert found.std_error == pytest.approx(np.sqrt(5 / 12))  # that of the mean of the other four
    assert found.df == pytest.approx(3.0)


@pytest.mark.parametrize(
    "design",
    [
        np.column_stack([np.ones(4), [1.0, 1, 0, 0], [2.0, 2, 1, 1]]),  # the covariate is the arm again
        np.column_stack([np.ones(4), np.ones(4)]),
    ],
)
def test_an_arm_that_cannot_be_told_has_no_estimate(design: Array) -> None:
    found = cr2_test(np.array([1.0, 2, 3, 5]), design, ARM).single()
    assert (found.estimate, found.std_error, found.p_value, found.conf_low) == (None, None, None, None)


def test_as_many_columns_as_sites_leave_an_estimate_alone() -> None:
    design = np.column_stack([np.ones(3), [1.0, 1, 0], [0.3, 0.9, 0.1]])
    found = cr2_test(np.array([1.0, 2, 3]), design, ARM).single()
    assert found.estimate is not None
    assert (found.std_error, found.df, found.p_value, found.conf_high) == (None, None, None, None)


@pytest.mark.parametrize(
    ("changes", "weights"),
    [([1.0, np.nan, 2, 3], None), ([1.0, 2, 3], None), ([1.0, 2, 3, 4], [1.0, 0, 1, 1])],
)
def test_wrong_numbers_are_refused(changes: list[float], weights: list[float] | None) -> None:
    design = np.column_stack([np.ones(4), [1.0, 1, 0, 0]])
    with pytest.raises(ValueError, match=r"missing|fit|zero"):
        cr2_test(np.array(changes), design, ARM, None if weights is None else np.array(weights))
