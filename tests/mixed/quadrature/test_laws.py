"""What holds whatever the data: order, names, direction, scales, and counts in place of rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.mixed.quadrature.fitting import fit_logistic, fit_ordinal
from tests.mixed.quadrature.cases import Case, simulated

# Optima are found to a decrement of 1e-9: parameters to about 1e-5 of their errors.
SAME = 1e-5
seeds = st.integers(0, 10_000)
few = settings(max_examples=12, deadline=None)


@given(seeds)
@few
def test_order_of_rows_and_names_of_groups_do_not_matter(seed: int) -> None:
    one = simulated(seed)
    order = np.random.default_rng(seed).permutation(len(one.categories))
    names = np.random.default_rng(seed + 1).permutation(500)
    other = Case(one.categories[order], one.X[order], names[one.groups[order]], one.weights, True)
    found, expected = other.fit(), one.fit()
    np.testing.assert_allclose(found.parameters, expected.parameters, atol=SAME)
    shown = np.argsort(names[np.unique(one.groups)])
    np.testing.assert_allclose(found.effects, expected.effects[shown], atol=SAME)


@given(seeds)
@few
def test_categories_in_reverse_turn_the_signs(seed: int) -> None:
    one = simulated(seed)
    turned = replace(one, categories=one.categories.max() - one.categories).fit()
    expected = one.fit()
    np.testing.assert_allclose(turned.coefficients, -expected.coefficients, atol=SAME)
    np.testing.assert_allclose(turned.thresholds, -expected.thresholds[::-1], atol=SAME)
    np.testing.assert_allclose(
        [turned.sd, turned.log_likelihood], [expected.sd, expected.log_likelihood], atol=SAME
    )


@given(seeds)
@few
def test_two_ordered_categories_are_a_logistic_model(seed: int) -> None:
    one = simulated(seed, categories=2)
    ordered = fit_ordinal(one.categories, one.X, one.groups)
    plain = fit_logistic(one.categories, np.column_stack([np.ones(len(one.X)), one.X]), one.groups)
    np.testing.assert_allclose(plain.coefficients[0], -ordered.thresholds[0], atol=SAME)
    np.testing.assert_allclose(plain.coefficients[1:], ordered.coefficients, atol=SAME)
    np.testing.assert_allclose(plain.std_errors[:-1], ordered.std_errors[:-1], atol=SAME)


@given(seeds, st.floats(0.01, 100), st.floats(-3000, 3000))
@few
def test_scales_and_origins_of_covariates_do_not_matter(seed: int, scale: float, origin: float) -> None:
    one = simulated(seed)
    other = replace(one, X=one.X * scale + origin).fit()
    expected = one.fit()
    np.testing.assert_allclose(other.coefficients * scale, expected.coefficients, atol=SAME)
    np.testing.assert_allclose(other.sd, expected.sd, atol=SAME)
    moved = other.thresholds - origin * other.coefficients.sum()
    np.testing.assert_allclose(moved, expected.thresholds, atol=10 * SAME)


@given(seeds, st.integers(2, 5))
@few
def test_a_weight_counts_answers(seed: int, times: int) -> None:
    one = simulated(seed)
    weighted = replace(one, weights=np.full(len(one.categories), float(times))).fit()
    again = Case(
        *(np.repeat(part, times, axis=0) for part in (one.categories, one.X, one.groups, one.weights)), True
    )
    np.testing.assert_allclose(weighted.parameters, again.fit().parameters, atol=SAME)


@given(seeds)
@few
def test_groups_twice_halve_the_variance_of_estimates(seed: int) -> None:
    one = simulated(seed)
    copies = [np.concatenate([part, part]) for part in (one.categories, one.X)]
    double = Case(
        *copies, np.concatenate([one.groups, one.groups + 1000]), np.ones(2 * len(one.X)), True
    ).fit()
    single = one.fit()
    np.testing.assert_allclose(double.parameters, single.parameters, atol=SAME)
    np.testing.assert_allclose(double.std_errors * np.sqrt(2), single.std_errors, rtol=1e-3)
    assert double.distinct_groups == single.distinct_groups
