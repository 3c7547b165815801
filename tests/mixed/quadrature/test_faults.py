"""Data that cannot bear the model are refused with the reason, and a zero is said to be one."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.mixed.design import DesignFault
from evalkit.mixed.quadrature.fitting import fit_logistic, fit_ordinal

GROUPS = np.repeat(np.arange(80), 3)
RNG = np.random.default_rng(8)
Y = (RNG.normal(size=80)[GROUPS] + RNG.logistic(size=240) > 0).astype(int)
ONE = np.ones((240, 1))


def code_of(verb, *arguments, **options) -> str:
    with pytest.raises(DesignFault) as fault:
        verb(*arguments, **options)
    return fault.value.code


def test_effects_without_end_are_refused_and_named() -> None:
    whole = np.column_stack([ONE, Y])
    some = np.column_stack([ONE, RNG.normal(size=240), (Y == 1) & (np.arange(240) % 3 == 0)]).astype(float)
    assert code_of(fit_logistic, Y, whole, GROUPS) == "separation"
    with pytest.raises(DesignFault) as fault:
        fit_logistic(Y, some, GROUPS, names=("one", "noise", "flag"))
    assert (fault.value.code, fault.value.values["columns"]) == ("separation", "flag")
    rating = np.clip(Y + GROUPS % 3, 0, 3)
    flag = ((rating == 3) & (np.arange(240) % 2 == 0)).astype(float)[:, None]
    assert code_of(fit_ordinal, rating, flag, GROUPS) == "separation"


def test_large_effects_that_are_finite_are_not_refused() -> None:
    x = np.linspace(-30, 30, 240)
    y = (x + RNG.logistic(size=240) > 0).astype(int)
    fit = fit_logistic(y, np.column_stack([np.ones(240), x]), RNG.permutation(GROUPS))
    assert fit.converged and 0.5 < fit.coefficients[1] < 3


def test_answers_that_never_differ_within_a_group_are_refused() -> None:
    assert code_of(fit_logistic, RNG.integers(0, 2, 80)[GROUPS], ONE, GROUPS) == "sd_unbounded"


def test_no_difference_between_groups_is_a_zero_that_is_said() -> None:
    y = np.tile([0, 1, 1], 80)
    fit = fit_logistic(y, ONE, GROUPS)
    assert fit.boundary and fit.converged and fit.sd == 0.0
    assert np.isnan(fit.std_errors[-1]) and fit.std_errors[0] == pytest.approx(np.sqrt(1 / (240 * 2 / 9)))
    assert fit.coefficients[0] == pytest.approx(np.log(2))


@pytest.mark.parametrize(
    ("code", "y", "groups", "weights"),
    [
        ("one_category", np.ones(240, dtype=int), GROUPS, None),
        ("empty_category", 2 * Y, GROUPS, None),
        ("one_group", Y, np.zeros(240, dtype=int), None),
        ("one_answer_each", Y, np.arange(240), None),
        ("weight_negative", Y, GROUPS, np.linspace(-1, 1, 240)),
        ("not_finite", Y, GROUPS, np.full(240, np.nan)),
        ("shapes_disagree", Y, GROUPS[:-1], None),
    ],
)
def test_counts_that_bear_no_model(code: str, y, groups, weights) -> None:
    assert code_of(fit_ordinal, y, np.zeros((240, 0)), groups, weights=weights) == code


def test_nodes_start_at_one() -> None:
    assert code_of(fit_logistic, Y, ONE, GROUPS, nodes=0) == "no_nodes"


def test_columns_that_depend_on_others_are_left_out() -> None:
    x = RNG.normal(size=240)
    fit = fit_ordinal(Y, np.column_stack([np.full(240, 3.0), x, 2 * x - 1]), GROUPS)
    assert fit.answers.kept == (1,) and fit.answers.names == ("x2",)


def test_inputs_stay_as_they_were() -> None:
    X, y = np.column_stack([ONE, RNG.normal(size=240)]), Y.copy()
    before = X.copy()
    fit_logistic(y, X, GROUPS)
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(y, Y)
