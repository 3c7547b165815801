"""Means by site and wave with their sampling covariance, against nlme and closed forms."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.models.cell_means import cell_means

REFERENCE = Path(__file__).parents[1] / "reference" / "few_sites"
# gls stops when its criterion moves by 1e-14; its parameters are then good to the square root of that.
RELATIVE = 5e-6


def drawn(seed: int, batch: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    answers = rng.normal(50, 8, (batch, 40, 1)) + rng.normal(0, 6, (batch, 40, 3))
    lost = rng.random((40, 3)) < 0.25
    answers[:, lost & (np.arange(40)[:, None] > 9)] = np.nan
    return answers, np.arange(40) % 3


def test_equals_generalised_least_squares_of_nlme() -> None:
    rows = pd.read_csv(REFERENCE / "cell_means.csv")
    expected = json.loads((REFERENCE / "cell_means.json").read_text(encoding="utf-8"))
    wide = rows.pivot(index="respondent", columns="wave", values="y")
    site = rows.groupby("respondent")["site"].first().map({"A": 0, "B": 1, "C": 2})
    found = cell_means(wide.to_numpy(), site.to_numpy(), 3)
    assert found.converged.all()
    std_errors = np.sqrt(np.diagonal(found.sampling[0], axis1=1, axis2=2))
    by_site = np.array(expected["means"]).reshape(4, 3).T, np.array(expected["std_errors"]).reshape(4, 3).T
    np.testing.assert_allclose(found.means[0], by_site[0], rtol=RELATIVE)
    np.testing.assert_allclose(std_errors, by_site[1], rtol=RELATIVE)
    np.testing.assert_allclose(found.covariance[0], expected["covariance"], rtol=RELATIVE)


def test_complete_answers_give_the_pooled_covariance() -> None:
    rng = np.random.default_rng(3)
    answers, site = rng.normal(0, 1, (12, 4)), np.arange(12) % 3
    apart = answers - np.stack([answers[site == s].mean(axis=0) for s in range(3)])[site]
    found = cell_means(answers, site, 3)
    np.testing.assert_allclose(found.covariance[0], apart.T @ apart / 9, atol=1e-8)
    np.testing.assert_allclose(found.sampling[0, 0], found.covariance[0] / 4, atol=1e-8)


def test_each_outcome_of_a_batch_as_if_alone() -> None:
    answers, site = drawn(1, batch=4)
    together = cell_means(answers, site, 3)
    for b in range(4):
        alone = cell_means(answers[b], site, 3)
        np.testing.assert_allclose(together.means[b], alone.means[0], rtol=1e-7)
        np.testing.assert_allclose(together.sampling[b], alone.sampling[0], rtol=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(-100, 100), st.floats(0.01, 100))
def test_follows_order_shift_and_unit(seed: int, shift: float, unit: float) -> None:
    answers, site = drawn(seed)
    order = np.random.default_rng(seed).permutation(40)
    plain, turned = cell_means(answers, site, 3), cell_means(shift + unit * answers[:, order], site[order], 3)
    np.testing.assert_allclose(turned.means, shift + unit * plain.means, rtol=1e-6, atol=1e-6 * unit)
    np.testing.assert_allclose(turned.sampling, unit**2 * plain.sampling, rtol=1e-4, atol=1e-7 * unit**2)


def test_a_cell_without_answers_has_neither_mean_nor_variance() -> None:
    answers, site = drawn(4)
    answers[0, site == 1, 2] = np.nan
    found = cell_means(answers, site, 4)
    assert np.isnan(found.means[0, 1, 2]) and np.isnan(found.means[0, 3]).all()
    assert not found.sampling[0, 1, 2].any() and not found.sampling[0, 3].any()
    assert (np.diagonal(found.sampling[0, 1])[:2] > 0).all()


def test_nobody_twice_leaves_waves_independent() -> None:
    answers, site = drawn(5)
    once = np.where(np.arange(3) == np.arange(40)[:, None] % 3, np.nan_to_num(answers[0], nan=50.0), np.nan)
    found = cell_means(once, site[np.random.default_rng(1).permutation(40)], 3)
    off = found.sampling[0][:, ~np.eye(3, dtype=bool)]
    assert np.abs(off).max() == pytest.approx(0.0, abs=1e-12)


def test_outcomes_absent_in_other_places_as_if_alone() -> None:
    rng = np.random.default_rng(8)
    answers = rng.normal(50, 8, (5, 40, 1)) + rng.normal(0, 6, (5, 40, 3))
    answers[rng.random(answers.shape) < 0.3] = np.nan
    answers[2, np.arange(40) % 3 == 1, 2] = np.nan
    site = np.arange(40) % 3
    together = cell_means(answers, site, 3)
    assert together.both.shape == (5, 3, 3, 3)
    for b in range(5):
        alone = cell_means(answers[b], site, 3)
        np.testing.assert_array_equal(together.both[b], alone.both)
        np.testing.assert_allclose(together.means[b], alone.means[0], rtol=1e-6)
        np.testing.assert_allclose(together.sampling[b], alone.sampling[0], rtol=1e-4, atol=1e-9)
