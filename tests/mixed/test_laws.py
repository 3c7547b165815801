"""What must not change when data are said in another way, and what must change by a known amount."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.mixed.design import RandomTerm
from evalkit.mixed.fitting import MixedFit, fit_mixed, fit_prepared
from evalkit.mixed.wald import Inference, wald_t
from tests.mixed.designs import Data, panel, panels

CRITERION = 1e-8
PARAMETERS = 1e-6
EXAMPLES = settings(max_examples=12, deadline=None)


def fit_of(data: Data, reml: bool = True) -> MixedFit:
    return fit_mixed(data.y, data.X, data.terms, weights=data.weights, reml=reml)


def assert_same_variances(found: MixedFit, expected: MixedFit, unit: float = 1.0) -> None:
    """Compare on the scale of the residual variance: a variance near zero has no relative digits."""
    assert found.sigma == pytest.approx(expected.sigma * unit, rel=PARAMETERS)
    for own, other in zip(found.covariances, expected.covariances, strict=True):
        np.testing.assert_allclose(own, other * unit**2, rtol=1e-5, atol=PARAMETERS * found.sigma**2)


@EXAMPLES
@given(panels(), st.integers(0, 1000), st.booleans())
def test_order_of_rows_and_labels_of_groups_do_not_matter(data: Data, seed: int, reml: bool) -> None:
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(data.y))
    terms = []
    for term in data.terms:
        labels = rng.permutation(int(term.codes.max()) + 1)
        terms.append(replace(term, codes=labels[term.codes][order], columns=term.columns[order]))
    turned = Data(data.y[order], data.X[order], tuple(terms), data.weights[order])
    found, expected = fit_of(turned, reml), fit_of(data, reml)
    assert found.criterion == pytest.approx(expected.criterion, abs=CRITERION)
    np.testing.assert_allclose(found.coefficients, expected.coefficients, rtol=PARAMETERS, atol=PARAMETERS)
    assert_same_variances(found, expected)


@EXAMPLES
@given(panels(), st.floats(-1e4, 1e4), st.sampled_from([1e-6, 0.01, 3.0, 1e5]))
def test_affine_change_of_the_outcome(data: Data, shift: float, unit: float) -> None:
    expected = fit_of(data)
    found = fit_of(replace(data, y=(data.y + shift) * unit))
    df = len(data.y) - data.X.shape[1]
    assert found.criterion == pytest.approx(expected.criterion + 2 * df * np.log(unit), abs=CRITERION)
    moved = expected.coefficients + shift * np.eye(data.X.shape[1])[0]
    np.testing.assert_allclose(found.coefficients / unit, moved, rtol=PARAMETERS, atol=PARAMETERS)
    assert_same_variances(found, expected, unit)


@EXAMPLES
@given(panels(), st.sampled_from([-3.0, 10.0, 2024.0]), st.sampled_from([0.1, 1.0, 365.25]))
def test_affine_change_of_time_shifts_the_criterion_by_a_known_amount(
    data: Data, shift: float, unit: float
) -> None:
    change = np.array([[1.0, shift * unit], [0.0, unit]])
    X = data.X.copy()
    X[:, :2] = X[:, :2] @ change
    first = data.terms[0]
    columns = first.columns @ change if first.columns.shape[1] == 2 else first.columns
    terms = (replace(first, columns=columns), *data.terms[1:])
    expected, found = fit_of(data), fit_of(replace(data, X=X, terms=terms))
    assert found.criterion == pytest.approx(expected.criterion + 2 * np.log(unit), abs=CRITERION)
    assert found.coefficients[1] * unit == pytest.approx(expected.coefficients[1], rel=1e-5, abs=1e-6)
    assert found.sigma == pytest.approx(expected.sigma, rel=PARAMETERS)
    expected_df = wald_t(Inference(expected), np.array([[0.0, 1.0, 0.0]])).df
    np.testing.assert_allclose(
        wald_t(Inference(found), np.array([[0.0, 1.0, 0.0]])).df, expected_df, rtol=1e-4
    )


@EXAMPLES
@given(panels(), st.sampled_from([1e-3, 0.5, 7.0, 1e4]))
def test_all_weights_times_a_factor_change_sigma_alone(data: Data, factor: float) -> None:
    expected, found = fit_of(data), fit_of(replace(data, weights=data.weights * factor))
    assert found.criterion == pytest.approx(expected.criterion, abs=CRITERION)
    assert found.sigma**2 == pytest.approx(expected.sigma**2 * factor, rel=PARAMETERS)
    np.testing.assert_allclose(found.coefficients, expected.coefficients, rtol=PARAMETERS, atol=PARAMETERS)
    np.testing.assert_allclose(found.std_errors, expected.std_errors, rtol=PARAMETERS)


def test_weights_count_as_repeated_rows_do_in_the_fixed_effects() -> None:
    data = panel(6)
    unit = replace(data, weights=np.full(len(data.y), 2.0))
    np.testing.assert_allclose(fit_of(unit).coefficients, fit_of(data).coefficients, rtol=1e-9)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_no_start_finds_a_lower_criterion(seed: int, crossed: bool) -> None:
    data = panel(seed, crossed=crossed, residents=15, waves=4)

    fit = fit_of(data)
    rng = np.random.default_rng(seed)
    for _ in range(3):
        start = rng.normal(size=(1, fit.prepared.shape.number)) * 2
        other = fit_prepared(fit.prepared, start=start)
        assert fit.criterion <= other.criterion + 1e-7


def test_terms_on_one_grouping_equal_one_uncorrelated_term() -> None:
    data = panel(9, correlated=False)
    first, *others = data.terms
    split = tuple(
        RandomTerm(first.codes, first.columns[:, [k]], True, first.name, (first.effects[k],)) for k in (0, 1)
    )
    expected, found = fit_of(data), fit_of(replace(data, terms=(*split, *others)))
    assert found.criterion == pytest.approx(expected.criterion, abs=CRITERION)
