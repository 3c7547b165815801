"""Predicted effects, fitted values, simulation and description, against lme4 and the textbook."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.mixed.describing import describe
from evalkit.mixed.effects import random_effects
from evalkit.mixed.fitting import fit_mixed
from evalkit.mixed.rows import fitted_values, residuals
from evalkit.mixed.simulating import simulate_outcomes
from tests.mixed.dense import dense_v
from tests.mixed.designs import panel
from tests.mixed.reference import NAMES, case, values

SMALL = tuple(name for name in NAMES if name != "insteval")


@pytest.mark.parametrize("name", SMALL)
def test_effects_fits_and_information_equal_lme4(name: str) -> None:
    known = case(name)
    fit = fit_mixed(known.y, known.X, known.terms, names=known.names)
    spread = known.y.std()
    np.testing.assert_allclose(
        fitted_values(fit)[:10], known.answers["fitted_first10"], rtol=1e-5, atol=1e-5 * spread
    )
    effects = {found.name: found for found in random_effects(fit)}
    for group, told in known.answers["ranef_first5"].items():
        name = group if group in effects else ":".join(reversed(group.split(":")))
        labels = known.frame[name.split(":")[0]].astype(str)
        for part in name.split(":")[1:]:
            labels = labels + ":" + known.frame[part].astype(str)
        term = next(term for term in known.terms if term.name == name)
        wanted = told["level"] if isinstance(told["level"], list) else [told["level"]]
        turned = wanted if name == group else [":".join(reversed(level.split(":"))) for level in wanted]
        rows = [int(np.flatnonzero(labels == level)[0]) for level in turned]
        for k, effect in enumerate(effects[name].effects):
            found = effects[name].values[term.codes[rows], k]
            np.testing.assert_allclose(found, told[effect], rtol=1e-4, atol=1e-5 * spread)
    tight, found = known.answers["tight"], describe(fit)
    assert found.log_likelihood == pytest.approx(tight["logLik"], abs=1e-6)
    assert found.aic == pytest.approx(tight["AIC"], abs=1e-6)
    assert found.bic == pytest.approx(tight["BIC"], abs=1e-6)
    assert len(values(tight["fixef"])) == len(fit.coefficients)


@pytest.mark.parametrize("crossed", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_effects_and_their_variances_equal_the_textbook(crossed: bool, weighted: bool) -> None:
    data = panel(21, crossed=crossed, weighted=weighted, site_wave=True)
    fit = fit_mixed(data.y, data.X, data.terms, weights=data.weights)
    places = [[f.name for f in fit.prepared.factors].index(term.name) for term in data.terms]
    G = [fit.covariances[place] for place in places]
    V = dense_v(data.terms, G, data.weights / fit.sigma**2)
    weight = np.linalg.solve(V, np.eye(len(V)))
    left = data.y - data.X @ fit.coefficients
    found = random_effects(fit)
    for term, place, own in zip(data.terms, places, G, strict=True):
        for level in (0, int(term.codes.max())):
            there = term.codes == level
            across = own @ (term.columns * there[:, None]).T
            np.testing.assert_allclose(found[place].values[level], across @ weight @ left, atol=1e-7)
            variance = own - across @ weight @ across.T
            np.testing.assert_allclose(found[place].variances[level], variance, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(residuals(fit, "marginal"), left, atol=1e-9)
    scaled = residuals(fit, "scaled")
    np.testing.assert_allclose(scaled, residuals(fit) * np.sqrt(data.weights) / fit.sigma, atol=1e-12)


def test_simulated_outcomes_have_the_fitted_covariance() -> None:
    data = panel(4, residents=8, waves=3, sites=3)
    fit = fit_mixed(data.y, data.X, data.terms)
    places = [[f.name for f in fit.prepared.factors].index(term.name) for term in data.terms]
    V = dense_v(data.terms, [fit.covariances[p] for p in places], data.weights / fit.sigma**2)
    drawn = simulate_outcomes(fit, 40_000, np.random.default_rng(1))
    unit = np.sqrt(np.outer(np.diag(V), np.diag(V)))
    assert np.abs((np.cov(drawn) - V) / unit).max() < 0.04
    assert np.abs(drawn.mean(axis=1) - data.X @ fit.coefficients).max() < 0.05 * np.sqrt(V.max())


def test_shares_of_variance_add_up() -> None:
    data = panel(5)
    found = describe(fit_mixed(data.y, data.X, data.terms))
    assert 0 < found.r2_marginal < found.r2_conditional < 1
    assert found.r2_conditional - found.r2_marginal == pytest.approx(found.icc_conditional)
    assert found.icc == pytest.approx(found.icc_conditional / (1 - found.r2_marginal))
