"""The second stage against metafor, Student's t, and the laws that it keeps."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evalkit.models.inference.two_stage import second_stage

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "few_sites" / "second_stage.json").read_text(encoding="utf-8")
)
# metafor's Fisher scoring stops at a change of 1e-14 in tau2, and at 1e-15 above a boundary of zero.
TAU2_ABSOLUTE = 1e-9
RELATIVE = 1e-7


def design_of(case: dict[str, list[float]]) -> np.ndarray:
    columns = [case[name] for name in case if name not in ("y", "v")]
    return np.column_stack([np.ones(len(case["y"])), *columns])


@pytest.mark.parametrize("name", list(REFERENCE))
def test_equals_metafor(name: str) -> None:
    expected, case = REFERENCE[name], REFERENCE[name]["case"]
    found = second_stage(np.array(case["y"]), np.array(case["v"]), design_of(case))
    std_errors = np.sqrt(found.covariance[0].diagonal())
    assert found.tau2[0] == pytest.approx(expected["tau2"], rel=RELATIVE, abs=TAU2_ABSOLUTE)
    np.testing.assert_allclose(found.coefficients[0], expected["coefficients"], rtol=RELATIVE)
    np.testing.assert_allclose(std_errors, expected["std_errors"], rtol=RELATIVE)
    assert found.df == expected["df"]
    half = stats.t.ppf(0.975, found.df) * std_errors
    np.testing.assert_allclose(found.coefficients[0] - half, expected["conf_low"], rtol=1e-6)


def test_equal_variances_give_students_t() -> None:
    ours, theirs = np.array([3.1, 0.4, 2.2]), np.array([0.1, -0.8, 1.5, 0.2])
    design = np.column_stack([np.ones(7), [1, 1, 1, 0, 0, 0, 0]])
    found = second_stage(np.concatenate([ours, theirs]), np.full(7, 0.3), design)
    statistic = found.coefficients[0, 1] / np.sqrt(found.covariance[0, 1, 1])
    assert statistic == pytest.approx(stats.ttest_ind(ours, theirs).statistic, rel=1e-10)


def test_within_is_the_variance_by_sampling_alone() -> None:
    rng = np.random.default_rng(5)
    v, design = np.array([0.2, 0.9, 0.4, 0.3]), np.column_stack([np.ones(4), [1, 1, 0, 0]])
    fixed = second_stage(np.array([4.0, 1.0, 0.0, 2.0]), v, design)
    loads = np.linalg.inv(design.T * fixed.weights[0] @ design) @ (design.T * fixed.weights[0])
    drawn = rng.normal(0, np.sqrt(v), (200_000, 4)) @ loads[1]
    assert fixed.within[0, 1, 1] == pytest.approx(drawn.var(), rel=0.02)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(-1e6, 1e6), st.floats(1e-8, 1e8))
def test_follows_order_shift_and_unit(seed: int, shift: float, unit: float) -> None:
    rng = np.random.default_rng(seed)
    y, v = rng.normal(0, 1, 8), rng.uniform(0.05, 2, 8)
    design = np.column_stack([np.ones(8), np.arange(8) % 2])
    plain, order = second_stage(y, v, design), rng.permutation(8)
    turned = second_stage(shift * unit + unit * y[order], unit**2 * v[order], design[order])
    np.testing.assert_allclose(
        turned.coefficients[0, 1], unit * plain.coefficients[0, 1], rtol=1e-4, atol=1e-6 * unit
    )
    np.testing.assert_allclose(turned.covariance[0, 1, 1], unit**2 * plain.covariance[0, 1, 1], rtol=1e-4)


def test_each_outcome_of_a_batch_as_if_alone() -> None:
    rng = np.random.default_rng(2)
    y, v = rng.normal(size=(5, 6)), rng.uniform(0.1, 1, (5, 6))
    design = np.column_stack([np.ones(6), [1, 1, 1, 0, 0, 0]])
    together = second_stage(y, v, design)
    for b in range(5):
        alone = second_stage(y[b], v[b], design)
        np.testing.assert_allclose(alone.coefficients[0], together.coefficients[b], rtol=1e-12)
        np.testing.assert_allclose(alone.covariance[0], together.covariance[b], rtol=1e-12)


def test_likelihood_has_no_better_variance_between_sites() -> None:
    rng = np.random.default_rng(8)
    for _ in range(20):
        y, v = rng.normal(0, 1, 5), rng.uniform(0.01, 3, 5)
        design = np.ones((5, 1))
        found = second_stage(y, v, design).tau2[0]

        def criterion(tau2: float, y: np.ndarray = y, v: np.ndarray = v) -> float:
            w = 1 / (tau2 + v)
            return float(
                np.sum(np.log(w)) - np.log(w.sum()) - np.sum(w * (y - np.average(y, weights=w)) ** 2)
            )

        others = [criterion(t) for t in np.linspace(0, 10, 400)]
        assert criterion(found) >= max(others) - 1e-9


@pytest.mark.parametrize("y", [[0.0, 0.0, 0.0, 0.0], [2.0, 2.0, 1.0, 1.0]])
def test_sites_that_agree_exactly_leave_no_variance(y: list[float]) -> None:
    found = second_stage(np.array(y), np.zeros(4), np.column_stack([np.ones(4), [1, 1, 0, 0]]))
    assert found.coefficients[0, 1] == pytest.approx(y[0] - y[2])
    assert found.covariance[0, 1, 1] == pytest.approx(0.0, abs=1e-20)


def test_no_spare_site_leaves_no_scale() -> None:
    found = second_stage(np.array([1.0, 3.0]), np.array([0.1, 0.2]), np.column_stack([np.ones(2), [1, 0]]))
    assert found.df == 0 and np.isnan(found.covariance).all()
    assert found.coefficients[0].tolist() == pytest.approx([3.0, -2.0])
    assert found.within[0, 1, 1] == pytest.approx(0.3)
