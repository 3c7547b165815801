"""The gradient is that of what is maximised, whatever the nodes; Louis' matrix is the Hessian with many."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from evalkit.mixed.quadrature.answers import make_answers
from evalkit.mixed.quadrature.bounds import Bounds, make_bounds
from evalkit.mixed.quadrature.derivatives import gradient, hessian, information
from evalkit.mixed.quadrature.integrals import integrate
from tests.mixed.quadrature.cases import simulated

AT = np.array([-0.9, 0.4, 1.3, 0.4, -0.5, 1.1])
DIFFERENCED = 1e-6  # central differences with a step of 1e-5 leave 1e-8, and sums of 60 groups more
CLOSE = 1e-4  # of 25 nodes to the integral


def bounds() -> Bounds:
    given = simulated(3)
    answers = make_answers(given.categories, given.X, given.groups, None, None, ordinal=True)
    return make_bounds(answers)


@pytest.mark.parametrize("nodes", [1, 2, 5, 15])
@pytest.mark.parametrize("sd", [0.0, 0.3, 1.1, -2.5])
def test_gradient_is_that_of_the_value(nodes: int, sd: float) -> None:
    rows, at = bounds(), np.append(AT[:-1], sd)
    step = 1e-5
    by_value = [
        (
            integrate(rows, at + step * one, nodes).log_likelihood
            - integrate(rows, at - step * one, nodes).log_likelihood
        )
        / (2 * step)
        for one in np.eye(len(at))
    ]
    np.testing.assert_allclose(gradient(integrate(rows, at, nodes)), by_value, atol=DIFFERENCED)


def test_louis_matrix_is_the_hessian_with_many_nodes() -> None:
    rows = bounds()
    np.testing.assert_allclose(information(integrate(rows, AT, 25)), -hessian(rows, AT, 25), atol=1e-2)


def test_value_is_the_integral() -> None:
    given, total = simulated(3), 0.0
    cuts = np.concatenate([[-np.inf], AT[:3], [np.inf]])
    for group in np.unique(given.groups):
        mine = given.groups == group
        eta, y = given.X[mine] @ AT[3:5], given.categories[mine]

        def density(u: float, eta: np.ndarray = eta, y: np.ndarray = y) -> float:
            shift = eta + AT[5] * u
            return float(np.prod(expit(cuts[y + 1] - shift) - expit(cuts[y] - shift)) * norm.pdf(u))

        total += np.log(quad(density, -9, 9, epsabs=1e-12)[0])
    assert integrate(bounds(), AT, 25).log_likelihood == pytest.approx(total, abs=CLOSE)


def test_thresholds_out_of_order_have_no_likelihood() -> None:
    assert integrate(bounds(), AT[[1, 0, 2, 3, 4, 5]], 5).log_likelihood == -np.inf
