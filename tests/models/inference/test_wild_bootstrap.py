"""The wild bootstrap equals R's refits of every turn of signs and obeys its laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.models.inference.wild_bootstrap import multipliers, wild_bootstrap_test
from tests.models.inference.few_sites import ARM, Array, Case, drawn_sites, fits, named

ROUNDING = 1e-9
LEVEL = 0.8


@pytest.mark.parametrize(("case", "fit"), fits("wild_p"), ids=named)
def test_equals_every_refit_by_r(case: Case, fit: dict[str, Any]) -> None:
    design, weights = case.design(fit["covariate"]), case.weights(fit["weighted"])
    found = wild_bootstrap_test(case.changes, design, ARM, weights).single()
    assert found.p_value == pytest.approx(fit["wild_p"], rel=ROUNDING)
    assert found.estimate == pytest.approx(fit["estimate"], rel=ROUNDING)
    at = fit["wild_p_at"]
    shifted = case.changes - at["null"] * design[:, ARM]
    assert wild_bootstrap_test(shifted, design, ARM, weights).single().p_value == pytest.approx(at["p"])


@settings(deadline=None)
@given(drawn_sites(), st.sampled_from(["rademacher", "webb"]), st.floats(-5, 5), st.floats(0.1, 9))
def test_laws(sites: tuple[Array, Array, Array], points: Any, shift: float, scale: float) -> None:
    changes, design, weights = sites

    def test(numbers: Array) -> Any:
        return wild_bootstrap_test(
            numbers, design, ARM, weights, points=points, interval=False, most=50_000, draws=2000
        ).single()

    found = test(changes)
    assert found.p_value >= found.smallest_p
    assert test(shift + scale * changes).p_value == pytest.approx(found.p_value)
    assert test(-changes).p_value == pytest.approx(found.p_value)
    assert test(scale * changes).std_error == pytest.approx(scale * found.std_error)


@settings(deadline=None)
@given(drawn_sites())
def test_limits_are_where_the_p_value_falls_to_the_level(sites: tuple[Array, Array, Array]) -> None:
    changes, design, weights = sites
    found = wild_bootstrap_test(changes, design, ARM, weights, level=LEVEL).single()
    for limit, outward in ((found.conf_low, -1), (found.conf_high, 1)):
        if limit is not None:
            for step, rejected in ((1e-6, True), (-1e-6, False)):
                moved = changes - (limit + outward * step) * design[:, ARM]
                p = wild_bootstrap_test(moved, design, ARM, weights, interval=False).single().p_value
                assert (p <= 1 - LEVEL + ROUNDING) is rejected


@settings(deadline=None)
@given(drawn_sites())
def test_the_order_of_sites_does_not_matter(sites: tuple[Array, Array, Array]) -> None:
    changes, design, weights = sites
    back = wild_bootstrap_test(changes[::-1], design[::-1], ARM, weights[::-1]).single()
    found = wild_bootstrap_test(changes, design, ARM, weights).single()
    assert found.p_value == pytest.approx(back.p_value)
    assert found.conf_high == pytest.approx(back.conf_high)


def test_four_sites_cannot_reach_the_level() -> None:
    design = np.column_stack([np.ones(4), [1, 1, 0, 0]])
    found = wild_bootstrap_test(np.array([90.0, 91, 1, 2]), design, ARM).single()
    assert found.p_value == found.smallest_p == 0.125
    assert (found.conf_low, found.conf_high) == (None, None)
    assert not found.reaches(0.05)
    assert [problem.code for problem in found.problems] == ["inference.signs_too_few"]


def test_six_points_reach_it() -> None:
    design = np.column_stack([np.ones(4), [1, 1, 0, 0]])
    found = wild_bootstrap_test(np.array([90.0, 91, 1, 2]), design, ARM, points="webb").single()
    assert found.reaches(0.05) and found.p_value < 0.05
    assert found.conf_low < 89 < found.conf_high


def test_six_points_have_mean_zero_and_variance_one() -> None:
    values = multipliers(1, "webb").values
    assert len(values) == 6
    assert values.mean() == pytest.approx(0.0) and (values**2).mean() == pytest.approx(1.0)


@pytest.mark.parametrize(("points", "base"), [("rademacher", 2), ("webb", 6)])
def test_multipliers_start_with_the_data_and_repeat_nothing(points: Any, base: int) -> None:
    found = multipliers(4, points)
    assert (found.values[0] == 1).all() and not found.sampled
    assert len(np.unique(found.values, axis=0)) == len(found.values) == base**4
    assert found.smallest_p == base / base**4


def test_a_sample_is_said_and_near_the_enumeration() -> None:
    rng = np.random.default_rng(2)
    design = np.column_stack([np.ones(12), np.arange(12) < 6])
    changes = rng.normal(size=12) + 1.2 * design[:, ARM]
    every = wild_bootstrap_test(changes, design, ARM, interval=False).single()
    some = wild_bootstrap_test(changes, design, ARM, interval=False, most=3000, draws=1999).single()
    assert [problem.code for problem in some.problems] == ["inference.signs_sampled"]
    error = np.sqrt(every.p_value * (1 - every.p_value) / 2000)
    assert some.p_value == pytest.approx(every.p_value, abs=4 * error)


def test_holds_its_level_with_three_against_three() -> None:
    rng = np.random.default_rng(12)
    runs = 4000
    design = np.column_stack([np.ones(6), np.arange(6) < 3])
    found = wild_bootstrap_test(rng.normal(size=(runs, 6)), design, ARM, interval=False)
    assert 0.03 < (found.p_value <= 0.05).mean() < 0.06  # .044 over runs of many seeds, error .003


def test_several_data_sets_in_parts_are_each_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    changes, weights = rng.normal(size=(7, 8)), rng.uniform(0.5, 2, (7, 8))
    design = np.column_stack([np.ones(8), np.arange(8) < 4])
    whole = wild_bootstrap_test(changes, design, ARM, weights)
    monkeypatch.setattr("evalkit.models.inference.wild_bootstrap.CHUNK", 500)
    parts = wild_bootstrap_test(changes, design, ARM, weights)
    np.testing.assert_allclose(whole.p_value, parts.p_value)
    np.testing.assert_allclose(whole.conf_high, parts.conf_high)


def test_what_cannot_be_told_has_no_p_value() -> None:
    same = wild_bootstrap_test(np.arange(4.0), np.ones((4, 2)), ARM).single()
    assert (same.estimate, same.p_value, same.conf_low) == (None, None, None)
    full = np.column_stack([np.ones(3), [1, 1, 0], [0.2, 0.7, 0.4]])
    found = wild_bootstrap_test(np.array([1.0, 2, 4]), full, ARM).single()
    assert found.estimate is not None and found.p_value is None
