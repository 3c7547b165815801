"""Fits with residual parameters: derivatives, laws, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.mixed import residual_design
from evalkit.mixed.adjusting import Kind, adjusted_by_rows
from evalkit.mixed.arrays import Array
from evalkit.mixed.batch import fit_batch
from evalkit.mixed.clusters import clusters_of
from evalkit.mixed.criterion import criterion, degrees_of_freedom, profiled
from evalkit.mixed.deletion import leave_out
from evalkit.mixed.design import DesignFault, RandomTerm, make_design
from evalkit.mixed.effects import random_effects
from evalkit.mixed.fitting import MixedFit, fit_mixed
from evalkit.mixed.moments import solve
from evalkit.mixed.profiling import profile_intervals
from evalkit.mixed.residual_design import make_residual_design
from evalkit.mixed.residual_fitting import fit_residual, refit
from evalkit.mixed.residual_parameters import autocorrelation, residual_deviations
from evalkit.mixed.residual_point import joint_moments, point_at, prepare_at
from evalkit.mixed.robust import robust_mixed
from evalkit.mixed.rows import residuals
from evalkit.mixed.simulating import simulate_outcomes
from evalkit.mixed.whitening import plain_rows
from tests.mixed.dense import dense_criterion
from tests.mixed.residual_panels import (
    ResidualPanel,
    fit_panel,
    residual_panel,
    textbook_parameters,
    textbook_v,
)

CRITERION = 1e-7
# Two descents end within the square root of what the criterion cannot tell apart.
PARAMETERS = 1e-5
STEP = 1e-5
EXAMPLES = settings(max_examples=4, deadline=None)
SEEDS = st.sampled_from([0, 3, 7, 10, 13])
KINDS = st.sampled_from([{"in_time": False}, {"by_wave": False}, {}])


@pytest.mark.parametrize("site_wave", [False, True])
def test_joint_derivatives_equal_differences(site_wave: bool) -> None:
    data = residual_panel(1, residents=20, site_wave=site_wave, weighted=True)
    plain = plain_rows(make_design(data.y, data.X, data.terms, data.weights), data.residual)
    psi = np.array([0.3, -0.2, 0.5, 0.1, 0.8])
    theta = np.array([[0.8, 0.5, 0.4]])[:, : len(data.terms)]

    def at(values: Array) -> tuple[float, Array]:
        ready = prepare_at(plain, values)
        here = criterion(ready.summary, ready.shape, theta, True)
        found = joint_moments(ready, here)
        df = degrees_of_freedom(ready.summary, True)
        _, slope, _ = profiled(found, solve(found), df, True)
        assert ready.white is not None
        return float(here.value[0]) + ready.white.residual.logdet, slope[0]

    ready = prepare_at(plain, psi)
    found = joint_moments(ready, criterion(ready.summary, ready.shape, theta, True))
    _, slope, curve = profiled(found, solve(found), degrees_of_freedom(ready.summary, True), True)
    m = ready.shape.number
    for k, step in enumerate(STEP * np.eye(len(psi))):
        (above, up), (below, down) = at(psi + step), at(psi - step)
        assert slope[0, m + k] == pytest.approx((above - below) / (2 * STEP), abs=1e-5)
        np.testing.assert_allclose(curve[0, m + k], (up - down) / (2 * STEP), rtol=1e-5, atol=1e-5)


def test_profiled_hessian_equals_differences_of_the_gradient() -> None:
    data = residual_panel(3, residents=30)
    plain = plain_rows(make_design(data.y, data.X, data.terms, data.weights), data.residual)
    psi = np.array([0.3, -0.2, 0.5, 0.1, 0.8])
    found = point_at(plain, psi, True)
    for k, step in enumerate(1e-4 * np.eye(len(psi))):
        above, below = (point_at(plain, psi + sign * step, True).gradient[0] for sign in (1, -1))
        np.testing.assert_allclose(found.hessian[0, k], (above - below) / 2e-4, rtol=1e-4, atol=1e-4)


@EXAMPLES
@given(SEEDS, KINDS, st.booleans())
def test_the_criterion_is_the_textbooks_and_no_neighbour_is_lower(seed: int, kind: dict, reml: bool) -> None:
    data = residual_panel(seed, residents=30, weighted=True, **kind)
    fit = fit_panel(data, reml)
    parameters = textbook_parameters(data, fit)
    assert fit.converged
    value = dense_criterion(data.y, data.X, textbook_v(data, parameters), reml)
    assert fit.criterion == pytest.approx(value, abs=CRITERION)
    rng = np.random.default_rng(seed)
    for _ in range(5):
        near = np.abs(parameters * np.exp(0.05 * rng.normal(size=len(parameters))))
        assert dense_criterion(data.y, data.X, textbook_v(data, near), reml) >= fit.criterion - 1e-8


@EXAMPLES
@given(SEEDS, KINDS)
def test_order_of_rows_and_labels_of_groups_do_not_matter(seed: int, kind: dict) -> None:
    data = residual_panel(seed, residents=30, **kind)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(data.y))
    labels = rng.permutation(30)
    terms = [replace(t, codes=t.codes[order], columns=t.columns[order]) for t in data.terms]
    terms[0] = replace(terms[0], codes=labels[terms[0].codes])
    structure = data.residual
    turned = make_residual_design(
        len(order),
        levels=None if structure.levels is None else structure.levels[order],
        times=None if structure.times is None else structure.times[order],
        within=None if structure.within is None else labels[structure.within[order]],
    )
    found = fit_panel(ResidualPanel(data.y[order], data.X[order], tuple(terms), data.weights[order], turned))
    assert_same(found, fit_panel(data))


@EXAMPLES
@given(SEEDS, KINDS, st.floats(-1e3, 1e3), st.sampled_from([0.01, 3.0, 1e5]))
def test_affine_change_of_the_outcome(seed: int, kind: dict, shift: float, unit: float) -> None:
    data = residual_panel(seed, residents=30, **kind)
    expected, found = fit_panel(data), fit_panel(replace(data, y=(data.y + shift) * unit))
    df = len(data.y) - 3
    assert found.criterion == pytest.approx(expected.criterion + 2 * df * np.log(unit), abs=CRITERION)
    moved = expected.coefficients + shift * np.eye(3)[0]
    np.testing.assert_allclose(found.coefficients / unit, moved, rtol=PARAMETERS, atol=PARAMETERS)
    assert found.sigma == pytest.approx(expected.sigma * unit, rel=PARAMETERS)


def test_the_unit_of_time_turns_rho_alone() -> None:
    data = residual_panel(3, residents=30)
    structure = data.residual
    assert structure.times is not None
    days = replace(data, residual=replace(structure, times=structure.times * 365.25))
    expected, found = fit_panel(data), fit_panel(days)
    assert found.criterion == pytest.approx(expected.criterion, abs=CRITERION)
    assert autocorrelation(found) ** 365.25 == pytest.approx(autocorrelation(expected), rel=1e-4)


def test_the_level_named_first_does_not_matter() -> None:
    data = residual_panel(3, residents=30, in_time=False)
    levels = data.residual.levels
    assert levels is not None
    expected = fit_panel(data)
    found = fit_panel(replace(data, residual=make_residual_design(len(levels), levels=4 - levels)))
    assert found.criterion == pytest.approx(expected.criterion, abs=CRITERION)
    np.testing.assert_allclose(
        list(residual_deviations(found).values())[::-1],
        list(residual_deviations(expected).values()),
        rtol=PARAMETERS,
    )


def assert_same(found: MixedFit, expected: MixedFit) -> None:
    assert found.criterion == pytest.approx(expected.criterion, abs=CRITERION)
    np.testing.assert_allclose(found.coefficients, expected.coefficients, rtol=PARAMETERS, atol=PARAMETERS)
    np.testing.assert_allclose(found.std_errors, expected.std_errors, rtol=PARAMETERS)
    told, known = residual_deviations(found), residual_deviations(expected)
    np.testing.assert_allclose(list(told.values()), list(known.values()), rtol=PARAMETERS)


@pytest.mark.parametrize("site_wave", [False, True])
def test_equal_variances_without_correlation_are_the_plain_model(site_wave: bool) -> None:
    data = residual_panel(6, site_wave=site_wave, weighted=True)
    plain = plain_rows(make_design(data.y, data.X, data.terms, data.weights), data.residual)
    found = point_at(plain, np.zeros(5), True)
    expected = fit_mixed(data.y, data.X, data.terms, weights=data.weights)
    fit = MixedFit(found.ready, True, found.optimum)
    assert fit.criterion == pytest.approx(expected.criterion, abs=1e-8)
    np.testing.assert_allclose(fit.covariance, expected.covariance, rtol=1e-6)
    assert fit.sigma == pytest.approx(expected.sigma, rel=1e-7)
    for own, other in zip(random_effects(fit), random_effects(expected), strict=True):
        np.testing.assert_allclose(own.values, other.values, atol=1e-6)
        np.testing.assert_allclose(own.variances, other.variances, atol=1e-6)


def test_autocorrelation_of_independent_residuals_can_be_an_exact_zero() -> None:
    data = residual_panel(5, residents=30, by_wave=False, rho=1e-9)
    fit = fit_panel(data)
    assert fit.converged and autocorrelation(fit) == 0.0
    assert fit.criterion == pytest.approx(fit_mixed(data.y, data.X, data.terms).criterion, abs=1e-7)


def test_effects_and_their_variances_are_the_textbooks() -> None:
    data = residual_panel(3, residents=20, site_wave=True)
    fit = fit_panel(data)
    V = textbook_v(data, textbook_parameters(data, fit))
    inverse, rest = np.linalg.inv(V), data.y - data.X @ fit.coefficients
    for effects, covariance, factor in zip(
        random_effects(fit), fit.covariances, fit.prepared.factors, strict=True
    ):
        Z = (factor.codes[:, None] == np.arange(factor.levels)).astype(float)
        g = covariance[0, 0]
        np.testing.assert_allclose(effects.values[:, 0], g * Z.T @ inverse @ rest, atol=1e-8)
        spread = g - g**2 * np.diag(Z.T @ inverse @ Z)
        np.testing.assert_allclose(effects.variances[:, 0, 0], spread, atol=1e-8)


def test_draws_have_the_fitted_covariance() -> None:
    data = residual_panel(3, weighted=True)
    fit = fit_panel(data)
    V = textbook_v(data, textbook_parameters(data, fit))[:40, :40]
    drawn = simulate_outcomes(fit, 20_000, np.random.default_rng(1))[:40]
    found = np.cov(drawn)
    # A covariance of 20,000 draws is right to about 1 % of the product of standard deviations.
    assert np.abs(found - V).max() < 0.06 * np.diag(V).max()


def test_normalised_residuals_of_draws_are_white() -> None:
    data = residual_panel(3, residents=400)
    fit = fit_panel(data)
    white, scaled = residuals(fit, "normalised"), residuals(fit, "scaled")
    assert fit.residual is not None
    before = fit.residual.chains.previous
    linked = before >= 0
    lag = [np.corrcoef(kind[linked], kind[before[linked]])[0, 1] for kind in (white, scaled)]
    # Predicted effects take some of each resident's residuals away, hence below zero rather than at it.
    assert abs(lag[0]) < abs(lag[1])


def test_without_each_site_is_a_fit_of_the_rows_that_stay() -> None:
    data = residual_panel(3, residents=30)
    fit = fit_panel(data)
    sites = data.terms[1].codes
    found = leave_out(fit, sites, which=[2])
    keep = np.flatnonzero(sites != 2)
    again = refit(fit, reml=True, rows=keep)
    terms = [replace(t, codes=t.codes[keep], columns=t.columns[keep]) for t in data.terms]
    structure = data.residual
    assert structure.levels is not None and structure.times is not None and structure.within is not None
    own = make_residual_design(
        len(keep), levels=structure.levels[keep], times=structure.times[keep], within=structure.within[keep]
    )
    expected = fit_residual(data.y[keep], data.X[keep], terms, own)
    assert_same(again, expected)
    np.testing.assert_allclose(found.coefficients[0], expected.coefficients, rtol=1e-4)
    assert found.criterion[0] == pytest.approx(expected.criterion, abs=CRITERION)


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR2", "CR3"])
@pytest.mark.parametrize("options", [{"in_time": False}, {"by_wave": False}, {}])
def test_cluster_robust_errors_are_those_of_the_textbooks_v(kind: Kind, options: dict) -> None:
    data = residual_panel(3, residents=30, weighted=True, **options)
    fit = fit_panel(data)
    V = textbook_v(data, textbook_parameters(data, fit))
    bread = np.linalg.inv(data.X.T @ np.linalg.solve(V, data.X))
    codes = data.terms[1].codes
    left = data.y - data.X @ fit.coefficients
    clusters = clusters_of(codes, len(codes))
    parts = adjusted_by_rows(data.X, left, clusters, lambda rows: V[np.ix_(rows, rows)], bread, kind)
    factor = clusters.number / (clusters.number - 1) if kind == "CR1" else 1.0
    expected = bread @ parts.scores.T @ parts.scores @ bread * factor
    np.testing.assert_allclose(robust_mixed(fit, codes, kind).covariance, expected, rtol=1e-6)


def test_profiles_are_refused() -> None:
    with pytest.raises(DesignFault, match="profile_without_residual"):
        profile_intervals(fit_panel(residual_panel(3, residents=30, in_time=False)))


def test_a_constant_residual_is_not_touched() -> None:
    data = residual_panel(3, residents=30)
    fit = fit_mixed(data.y, data.X, data.terms)
    assert fit.residual is None and list(residual_deviations(fit)) == [None] and autocorrelation(fit) is None
    batch = fit_batch(data.y[:, None], data.X, data.terms)
    np.testing.assert_allclose(batch.estimate[0], fit.coefficients, rtol=1e-8)


def refused(code: str, y: Array, X: Array, terms: list[RandomTerm], **structure: Array) -> None:
    with pytest.raises(DesignFault, match=code):
        fit_residual(y, X, terms, make_residual_design(len(y), **structure))


def test_what_the_data_cannot_tell_is_refused() -> None:
    rng = np.random.default_rng(1)
    person, wave = np.repeat(np.arange(40), 3), np.tile(np.arange(3), 40)
    one, y = np.ones((120, 1)), rng.normal(size=40)[person] + rng.normal(size=120)
    terms = [RandomTerm(person, one, name="person")]
    time = wave.astype(float)
    refused("one_residual_level", y, one, terms, levels=np.zeros(120, dtype=int))
    refused("residual_level_small", y, one, terms, levels=np.where(np.arange(120) == 5, 1, 0))
    refused("shapes_disagree", y, one, terms, levels=wave[:-1])
    refused("times_missing", y, one, terms, times=np.where(wave == 1, np.nan, time))
    refused("times_repeat", y, one, terms, times=np.minimum(time, 1.0))
    refused("no_repeats", y, one, terms, times=time, within=np.arange(120))
    crossed = [RandomTerm(wave, one, name="wave")]
    refused("autocorrelation_outside", y, one, crossed, times=time, within=person)


def test_more_pairs_than_memory_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(residual_design, "MOST_PAIRS", 100)
    with pytest.raises(DesignFault, match="groups_too_long"):
        fit_panel(residual_panel(3, residents=30))


def test_two_waves_do_not_tell_autocorrelation_from_an_effect_of_residents() -> None:
    rng = np.random.default_rng(2)
    person, time = np.repeat(np.arange(60), 2), np.tile([0.0, 1.0], 60)
    y = rng.normal(size=60)[person] + rng.normal(size=120)
    terms = [RandomTerm(person, np.ones((120, 1)))]
    refused("residual_not_identified", y, np.column_stack([np.ones(120), time]), terms, times=time)


def test_a_level_that_the_fixed_part_explains_fully_is_refused() -> None:
    rng = np.random.default_rng(2)
    person, wave = np.repeat(np.arange(30), 3), np.tile(np.arange(3), 30)
    y = rng.normal(size=30)[person] + rng.normal(size=90)
    level = np.where(np.isin(np.arange(90), [4, 50]), 1, 0)
    X = np.column_stack([np.ones(90), wave, np.arange(90) == 4, np.arange(90) == 50]).astype(float)
    refused("residual_not_identified", y, X, [RandomTerm(person, np.ones((90, 1)))], levels=level)
