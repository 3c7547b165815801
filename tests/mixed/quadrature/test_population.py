"""Population probabilities: the integral, its derivatives, and intervals that stay where they may."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from evalkit.mixed.quadrature.fitting import QuadratureFit
from evalkit.mixed.quadrature.population import (
    CellValues,
    difference_intervals,
    differences,
    population_probabilities,
    probability_intervals,
)
from tests.mixed.quadrature.cases import case, simulated

INTEGRAL = 1e-9  # the trapezoid rule's error on so smooth a function, and quad's
DERIVATIVE = 1e-8  # central differences with a step of 1e-5


def moved(fit: QuadratureFit, step: np.ndarray) -> QuadratureFit:
    at, cut = fit.parameters + step, len(fit.thresholds)
    return replace(fit, thresholds=at[:cut], coefficients=at[cut:-1], sd=float(at[-1]))


@pytest.mark.parametrize("sd", [0.0, 0.7, 2.5, 8.0])
def test_averages_over_people_and_their_effects(sd: float) -> None:
    fit = replace(simulated(1).fit(), sd=sd)
    rows = np.array([[0.0, 1.0], [2.0, -1.0], [2.0, -1.0]])
    found = population_probabilities(fit, [rows]).probabilities[0]
    for k, cut in enumerate(fit.thresholds):
        each = [
            quad(lambda u, c=cut - row @ fit.coefficients: expit(c - sd * u) * norm.pdf(u), -9, 9, limit=300)[
                0
            ]
            for row in rows
        ]
        assert found[: k + 1].sum() == pytest.approx(np.mean(each), abs=INTEGRAL)
    assert found.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["wine", "cbpp"])
def test_derivatives_are_those_of_the_probabilities(name: str) -> None:
    given = case(name)
    fit, step = given.fit(), 1e-5
    settings = [given.X[:5], given.X[5:10]]
    found = population_probabilities(fit, settings)
    for k, one in enumerate(np.eye(len(fit.parameters))):
        higher = population_probabilities(moved(fit, step * one), settings).probabilities
        lower = population_probabilities(moved(fit, -step * one), settings).probabilities
        np.testing.assert_allclose(found.jacobian[:, :, k], (higher - lower) / (2 * step), atol=DERIVATIVE)


def test_weights_count_rows() -> None:
    fit = simulated(2).fit()
    rows = np.array([[0.0, 1.0], [2.0, -1.0]])
    weighted = population_probabilities(fit, [rows], np.array([1.0, 3.0])).probabilities
    repeated = population_probabilities(fit, [rows[[0, 1, 1, 1]]]).probabilities
    np.testing.assert_allclose(weighted, repeated)


def test_a_population_is_less_extreme_than_its_middle_person() -> None:
    fit = replace(case("cbpp").fit(), sd=3.0)
    share = population_probabilities(fit, [case("cbpp").X[:4]]).probabilities[0, 1]
    middle = expit(case("cbpp").X[:4] @ fit.coefficients).mean()
    assert middle < share < 0.5


def test_intervals_stay_where_probabilities_and_differences_may_be() -> None:
    cells = CellValues(np.array([0.01, 0.97]), np.diag([0.02**2, 0.05**2]))
    near = probability_intervals(cells)
    assert (near.low > 0).all() and (near.high < 1).all()
    assert (near.low < cells.estimate).all() and (near.high > cells.estimate).all()
    apart = differences(cells, [(0, 1), (0, 0)])
    assert apart.estimate.tolist() == pytest.approx([0.96, 0.0])
    assert apart.std_errors.tolist() == pytest.approx([np.hypot(0.02, 0.05), 0.0])
    ends = difference_intervals(apart)
    assert ends.high[0] < 1 and ends.low[0] < 0.96
