"""The permutation test equals R's enumeration and obeys its laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.models.inference.assignments import allowed_assignments
from evalkit.models.inference.permuting import permutation_test
from tests.models.inference.few_sites import ARM, Array, Case, drawn_sites, fits, named

ROUNDING = 1e-9
HALVED = 1e-6  # R's limits are found by halving, and ties are let go a little early
ALPHA = 0.05


def _of(case: Case, fit: dict[str, Any], **more: Any) -> Any:
    design, weights = case.design(fit["covariate"]), case.weights(fit["weighted"])
    allowed = allowed_assignments(case.arms, case.blocks)
    return permutation_test(case.changes, design, ARM, allowed, weights, randomised=True, **more).single()


@pytest.mark.parametrize(("case", "fit"), fits("permutation_p"), ids=named)
def test_equals_every_refit_by_r(case: Case, fit: dict[str, Any]) -> None:
    found = _of(case, fit)
    assert found.p_value == pytest.approx(fit["permutation_p"], rel=ROUNDING)
    assert found.estimate == pytest.approx(fit["estimate"], rel=ROUNDING)
    assert found.statistic == pytest.approx(fit["t"], rel=ROUNDING)


@pytest.mark.parametrize(("case", "fit"), fits("permutation_interval"), ids=named)
def test_interval_holds_what_r_does_not_reject(case: Case, fit: dict[str, Any]) -> None:
    found = _of(case, fit, level=0.9)
    assert (found.conf_low, found.conf_high) == pytest.approx(fit["permutation_interval"], rel=HALVED)


@pytest.mark.parametrize(("case", "fit"), fits("difference_p"), ids=named)
def test_the_difference_itself_equals_r(case: Case, fit: dict[str, Any]) -> None:
    assert _of(case, fit, statistic="difference").p_value == pytest.approx(fit["difference_p"], rel=ROUNDING)


@settings(deadline=None)
@given(drawn_sites(), st.sampled_from(["t", "difference"]), st.floats(-5, 5), st.floats(0.1, 9))
def test_laws(sites: tuple[Array, Array, Array], statistic: Any, shift: float, scale: float) -> None:
    changes, design, weights = sites
    allowed = allowed_assignments(design[:, ARM])

    def test(numbers: Array, level: float = 0.8) -> Any:
        found = permutation_test(
            numbers, design, ARM, allowed, weights, randomised=False, statistic=statistic, level=level
        )
        return found.single()

    found = test(changes)
    assert found.p_value * allowed.n_allowed == pytest.approx(round(found.p_value * allowed.n_allowed))
    assert found.p_value >= found.smallest_p >= allowed.smallest_p - ROUNDING
    assert test(shift + scale * changes).p_value == pytest.approx(found.p_value)
    assert test(-changes).p_value == pytest.approx(found.p_value)
    assert test(-changes).estimate == pytest.approx(-found.estimate)
    if statistic == "t":
        assert (found.conf_low is not None) is found.reaches(0.2)
    if found.conf_low is None:
        return
    assert found.conf_low <= found.estimate <= found.conf_high
    moved = test(shift + scale * changes + 2.0 * design[:, ARM])
    assert moved.conf_low == pytest.approx(scale * found.conf_low + 2.0)
    assert moved.conf_high == pytest.approx(scale * found.conf_high + 2.0)


@settings(deadline=None)
@given(drawn_sites(), st.randoms(use_true_random=False))
def test_the_order_of_sites_does_not_matter(sites: tuple[Array, Array, Array], random: Any) -> None:
    changes, design, weights = sites
    order = list(range(len(changes)))
    random.shuffle(order)
    both = [
        permutation_test(y, x, ARM, allowed_assignments(x[:, ARM]), w, randomised=True, level=0.8).single()
        for y, x, w in ((changes, design, weights), (changes[order], design[order], weights[order]))
    ]
    assert both[0].p_value == pytest.approx(both[1].p_value)
    assert both[0].conf_low == pytest.approx(both[1].conf_low)


@settings(deadline=None)
@given(drawn_sites())
def test_limits_are_where_the_p_value_falls_to_the_level(sites: tuple[Array, Array, Array]) -> None:
    changes, design, weights = sites
    allowed = allowed_assignments(design[:, ARM])
    found = permutation_test(changes, design, ARM, allowed, weights, randomised=True, level=0.8).single()
    if found.conf_high is None:
        return
    for limit, outward in ((found.conf_low, -1), (found.conf_high, 1)):
        for step, rejected in ((1e-5, True), (-1e-5, False)):
            null = limit + outward * step
            moved = changes - null * design[:, ARM]
            p = permutation_test(moved, design, ARM, allowed, weights, randomised=True).single().p_value
            assert (p <= 0.2 + ROUNDING) is rejected


def test_three_against_three_is_shown_and_cannot_reach_the_level() -> None:
    design = np.column_stack([np.ones(6), [1, 1, 1, 0, 0, 0]])
    allowed = allowed_assignments(design[:, ARM])
    found = permutation_test(np.array([9.0, 8, 7, 1, 2, 3]), design, ARM, allowed, randomised=True).single()
    assert found.p_value == found.smallest_p == pytest.approx(0.1)
    assert (found.conf_low, found.conf_high) == (None, None)
    assert not found.reaches(ALPHA) and found.reaches(0.1)
    assert [problem.code for problem in found.problems] == ["inference.assignments_too_few"]


def test_a_level_that_is_just_reached_is_reached() -> None:
    design = np.column_stack([np.ones(6), [1, 1, 1, 0, 0, 0]])
    allowed = allowed_assignments(design[:, ARM])
    changes = np.array([9.0, 8, 7, 1, 2, 3])
    found = permutation_test(changes, design, ARM, allowed, randomised=True, level=0.9).single()
    assert found.reaches(1 - 0.9) and not found.problems
    assert found.conf_low is not None and found.conf_low > 0


def test_the_name_says_whether_arms_were_drawn() -> None:
    design = np.column_stack([np.ones(4), [1, 1, 0, 0]])
    allowed = allowed_assignments(design[:, ARM])
    methods = [
        permutation_test(np.arange(4.0), design, ARM, allowed, randomised=r).method for r in (True, False)
    ]
    assert methods == ["randomisation", "permutation"]


def test_a_sample_is_said_and_near_the_enumeration() -> None:
    rng = np.random.default_rng(2)
    design = np.column_stack([np.ones(14), np.arange(14) < 7])
    changes = rng.normal(size=14) + 1.2 * design[:, ARM]
    every = permutation_test(changes, design, ARM, allowed_assignments(design[:, ARM]), randomised=True)
    some = allowed_assignments(design[:, ARM], most=3000, draws=1999)
    sampled = permutation_test(changes, design, ARM, some, randomised=True)
    assert [problem.code for problem in sampled.problems] == ["inference.assignments_sampled"]
    error = np.sqrt(every.p_value * (1 - every.p_value) / 2000)
    assert sampled.p_value == pytest.approx(every.p_value, abs=4 * error)


def test_holds_its_level_and_covers_whatever_the_distribution() -> None:
    rng = np.random.default_rng(11)
    runs, effect = 4000, 3.0
    design = np.column_stack([np.ones(8), np.arange(8) < 4, rng.normal(size=8)])
    changes = rng.standard_cauchy((runs, 8)) + effect * design[:, ARM]
    weights = rng.uniform(0.2, 3, (runs, 8))
    allowed = allowed_assignments(design[:, ARM])
    found = permutation_test(
        changes - effect * design[:, ARM], design, ARM, allowed, weights, randomised=True
    )
    exact = 2 / 70  # the one multiple of 2/70 up to .05; no more than that can be rejected
    error = np.sqrt(exact * (1 - exact) / runs)
    assert (found.p_value <= ALPHA).mean() == pytest.approx(exact, abs=3 * error)
    covered = permutation_test(changes, design, ARM, allowed, weights, randomised=True)
    inside = (covered.conf_low <= effect) & (effect <= covered.conf_high)
    assert inside.mean() == pytest.approx(1 - exact, abs=3 * error)


def test_several_data_sets_in_parts_are_each_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    changes, weights = rng.normal(size=(7, 8)), rng.uniform(0.5, 2, (7, 8))
    design = np.column_stack([np.ones(8), np.arange(8) < 4])
    allowed = allowed_assignments(design[:, ARM])
    whole = permutation_test(changes, design, ARM, allowed, weights, randomised=True)
    for most_numbers in (100, 3 * 560):  # a part of the assignments at a time; three data sets at a time
        monkeypatch.setattr("evalkit.models.inference.permuting.CHUNK", most_numbers)
        parts = permutation_test(changes, design, ARM, allowed, weights, randomised=True)
        np.testing.assert_allclose(whole.p_value, parts.p_value)
        np.testing.assert_allclose(whole.conf_low, parts.conf_low)


def test_an_assignment_that_a_covariate_repeats_counts_as_no_difference() -> None:
    design = np.column_stack([np.ones(6), [1, 0, 1, 0, 1, 0], [1, 1, 1, 0, 0, 0]])
    allowed = allowed_assignments(design[:, ARM])
    found = permutation_test(np.array([9.0, 1, 8, 2, 7, 3]), design, ARM, allowed, randomised=True).single()
    assert found.p_value == found.smallest_p == pytest.approx(2 / 20)


def test_no_degrees_of_freedom_leave_an_estimate_alone() -> None:
    design = np.column_stack([np.ones(3), [1, 1, 0], [0.2, 0.7, 0.4]])
    allowed = allowed_assignments(design[:, ARM])
    found = permutation_test(np.array([1.0, 2, 4]), design, ARM, allowed, randomised=True).single()
    assert found.estimate is not None and found.p_value is None and found.conf_low is None


def test_assignments_of_another_arm_are_refused() -> None:
    design = np.column_stack([np.ones(4), [1, 1, 0, 0]])
    allowed = allowed_assignments([True, False, True, False])
    with pytest.raises(ValueError, match="first assignment"):
        permutation_test(np.arange(4.0), design, ARM, allowed, randomised=True)
