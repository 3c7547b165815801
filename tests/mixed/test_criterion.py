"""The criterion against the textbook, and its derivatives against differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.mixed import stacking
from evalkit.mixed.covariances import covariances
from evalkit.mixed.criterion import criterion
from evalkit.mixed.design import make_design
from evalkit.mixed.factors import merge_terms
from evalkit.mixed.fitting import Prepared, fit_mixed, prepare
from tests.mixed.dense import dense_criterion, dense_v
from tests.mixed.designs import Data, panel, panels

STEP = 1e-5


def prepared(data: Data) -> Prepared:
    return prepare(make_design(data.y, data.X, data.terms, data.weights))


def textbook(ready: Prepared, theta: np.ndarray, reml: bool) -> float:
    """Evaluate on the scaled columns, whose criterion the summary's is."""
    scaled = ready.scaled
    root = scaled.root_weights
    weights = np.ones(len(scaled.outcomes)) if root is None else root**2
    G = [matrix[0] for matrix in covariances(ready.shape, theta)]
    V = np.diag(1 / weights)
    for factor, own in zip(ready.factors, G, strict=True):
        same = factor.codes[:, None] == factor.codes[None, :]
        V += same * (factor.columns @ own @ factor.columns.T)
    return dense_criterion(scaled.outcomes[:, 0], scaled.fixed.rows(), V, reml)


@settings(max_examples=25, deadline=None)
@given(panels(), st.integers(0, 100), st.booleans())
def test_equals_the_textbook_at_any_theta(data: Data, seed: int, reml: bool) -> None:
    ready = prepared(data)
    theta = np.random.default_rng(seed).normal(size=(1, ready.shape.number))
    value = criterion(ready.summary, ready.shape, theta, reml).value[0]
    assert value == pytest.approx(textbook(ready, theta, reml), abs=1e-8)


@settings(max_examples=15, deadline=None)
@given(panels(), st.integers(0, 100), st.booleans())
def test_gradient_and_hessian_equal_differences(data: Data, seed: int, reml: bool) -> None:
    ready = prepared(data)
    theta = np.random.default_rng(seed).normal(size=(1, ready.shape.number))
    found = criterion(ready.summary, ready.shape, theta, reml)
    for k in range(ready.shape.number):
        change = np.zeros_like(theta)
        change[0, k] = STEP
        after = criterion(ready.summary, ready.shape, theta + change, reml)
        before = criterion(ready.summary, ready.shape, theta - change, reml)
        slope = (after.value - before.value)[0] / (2 * STEP)
        bend = (after.gradient - before.gradient)[0] / (2 * STEP)
        assert found.gradient[0, k] == pytest.approx(slope, abs=1e-5)
        np.testing.assert_allclose(found.hessian[0, k], bend, rtol=1e-5, atol=1e-4)


def test_sparse_blocks_give_what_dense_blocks_give(monkeypatch: pytest.MonkeyPatch) -> None:
    data = panel(3, crossed=True, site_wave=True, weighted=True)
    theta = np.array([[0.8, 0.2, 0.5, 0.6, 0.4]])
    dense = prepared(data)
    expected = criterion(dense.summary, dense.shape, theta, True)
    monkeypatch.setattr(stacking, "WIDEST_DENSE", 1)
    wide = prepared(data)
    found = criterion(wide.summary, wide.shape, theta, True)
    assert all(stack.wide is not None for stack in wide.summary.stacks)
    np.testing.assert_allclose(found.hessian, expected.hessian, rtol=1e-9, atol=1e-9)
    assert found.value == pytest.approx(expected.value, abs=1e-9)


def test_residents_with_the_same_waves_are_summarised_once() -> None:
    ready = prepared(panel(5, residents=400, waves=3))
    assert len(ready.summary.leaves.counts) <= 2**3 - 1


def test_columns_are_centred_only_where_covariances_are_free() -> None:
    free = merge_terms(panel(1).terms)[0]
    tied = merge_terms(panel(1, correlated=False).terms)[0]
    assert abs(free.columns[:, 1].mean()) < 1e-12
    assert abs(tied.columns[:, 1].mean()) > 0.1


def test_original_weights_and_columns_give_the_printed_criterion() -> None:
    data = panel(11, weighted=True)
    fit = fit_mixed(data.y, data.X, data.terms, weights=data.weights)
    names = [factor.name for factor in fit.prepared.factors]
    relative = [fit.covariances[names.index(term.name)] / fit.sigma**2 for term in data.terms]
    V = dense_v(data.terms, relative, data.weights)
    assert fit.criterion == pytest.approx(dense_criterion(data.y, data.X, V, True), abs=1e-8)
