"""Fits of outcomes drawn from a fit: by the textbook, at the covariances of the fit."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.mixed import redrawing
from evalkit.mixed.fitting import fit_mixed
from evalkit.mixed.redrawing import affordable, redrawn_fits
from evalkit.mixed.rows import residuals
from evalkit.mixed.simulating import simulate_outcomes
from tests.mixed.dense import dense_v
from tests.mixed.designs import panel


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("crossed", [False, True])
def test_redrawn_fits_are_those_of_the_textbook(crossed: bool, weighted: bool) -> None:
    data = panel(3, crossed=crossed, weighted=weighted)
    fit = fit_mixed(data.y, data.X, data.terms, weights=data.weights)
    drawn = simulate_outcomes(fit, 3, np.random.default_rng(5))
    by_name = {f.name: G for f, G in zip(fit.prepared.factors, fit.covariances, strict=True)}
    relative = [by_name[term.name] / fit.sigma**2 for term in data.terms]
    V = dense_v(data.terms, relative, data.weights)
    for k, again in enumerate(redrawn_fits(fit, 3, np.random.default_rng(5))):
        inverse = np.linalg.inv(V)
        beta = np.linalg.solve(data.X.T @ inverse @ data.X, data.X.T @ inverse @ drawn[:, k])
        np.testing.assert_allclose(again.coefficients, beta, rtol=1e-7, atol=1e-8)
        left = inverse @ (drawn[:, k] - data.X @ beta) / data.weights
        np.testing.assert_allclose(residuals(again), left, rtol=1e-6, atol=1e-7)


def test_many_rows_are_drawn_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    data = panel(3)
    fit = fit_mixed(data.y, data.X, data.terms)
    whole = [again.coefficients for again in redrawn_fits(fit, 4, np.random.default_rng(5))]
    monkeypatch.setattr(redrawing, "AT_ONCE", 2 * fit.rows)
    parts = [again.coefficients for again in redrawn_fits(fit, 4, np.random.default_rng(5))]
    assert len(parts) == len(whole) == 4
    assert not np.array_equal(parts[0], parts[2])


def test_very_many_rows_have_fewer_simulations(monkeypatch: pytest.MonkeyPatch) -> None:
    data = panel(3)
    fit = fit_mixed(data.y, data.X, data.terms)
    assert affordable(fit, 199) == 199
    monkeypatch.setattr(redrawing, "MOST_DRAWN", 100 * fit.rows)
    assert affordable(fit, 199) == 100
    monkeypatch.setattr(redrawing, "MOST_DRAWN", 1)
    assert affordable(fit, 199) == redrawing.FEWEST
    assert affordable(fit, 10) == 10
