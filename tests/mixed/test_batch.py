"""Outcomes fitted together equal outcomes fitted one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evalkit.mixed import batch as batch_module
from evalkit.mixed.batch import BatchMethod, fit_batch
from evalkit.mixed.fitting import fit_mixed
from evalkit.mixed.simulating import simulate_outcomes
from evalkit.mixed.wald import Inference, wald_t
from tests.mixed.designs import Data, panel


def many(data: Data, number: int) -> np.ndarray:
    fit = fit_mixed(data.y, data.X, data.terms, weights=data.weights)
    return simulate_outcomes(fit, number, np.random.default_rng(5))


@pytest.mark.parametrize("method", ["kenward-roger", "satterthwaite", "asymptotic"])
@pytest.mark.parametrize("shape", [{}, {"crossed": True}, {"site_wave": True, "weighted": True}])
def test_each_outcome_has_its_own_fit(shape: dict[str, bool], method: BatchMethod) -> None:
    data = panel(12, **shape)
    outcomes = many(data, 12)
    found = fit_batch(outcomes, data.X, data.terms, weights=data.weights, method=method)
    assert found.converged.all()
    for k in range(outcomes.shape[1]):
        fit = fit_mixed(outcomes[:, k], data.X, data.terms, weights=data.weights)
        alone = wald_t(Inference(fit), np.eye(3), method)
        np.testing.assert_allclose(found.estimate[k], alone.estimate, rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(found.std_error[k], alone.std_error, rtol=1e-6)
        np.testing.assert_allclose(found.p_value[k], alone.p_value, rtol=1e-4, atol=1e-9)
        assert found.sigma[k] == pytest.approx(fit.sigma, rel=1e-7)
        assert found.singular[k] == fit.singular


def test_groups_of_outcomes_give_what_all_at_once_give(monkeypatch: pytest.MonkeyPatch) -> None:
    data = panel(13)
    outcomes = many(data, 7)
    together = fit_batch(outcomes, data.X, data.terms)
    monkeypatch.setattr(batch_module, "AT_ONCE", 1)
    apart = fit_batch(outcomes, data.X, data.terms)
    np.testing.assert_allclose(apart.p_value, together.p_value, rtol=1e-8)
    np.testing.assert_allclose(apart.variances, together.variances, rtol=1e-5, atol=1e-8)


def test_contrasts_and_scales_are_those_of_the_outcome() -> None:
    data = panel(14)
    outcomes = many(data, 4)
    L = np.array([[0.0, 1.0, 2.0]])
    found = fit_batch(outcomes, data.X, data.terms, contrasts=L)
    grown = fit_batch(1e6 * outcomes + 3, data.X, data.terms, contrasts=L)
    np.testing.assert_allclose(grown.estimate, 1e6 * found.estimate, rtol=1e-6)
    np.testing.assert_allclose(grown.p_value, found.p_value, rtol=1e-5)
    alone = fit_mixed(outcomes[:, 0], data.X, replace(data).terms)
    assert found.estimate[0, 0] == pytest.approx(float((L @ alone.coefficients)[0]), rel=1e-7)
