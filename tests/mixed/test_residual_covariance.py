"""The residuals' covariance: what it is, what undoes it, and its derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.mixed.arrays import Array
from evalkit.mixed.design import make_design
from evalkit.mixed.residual_covariance import ResidualCovariance
from evalkit.mixed.whitening import PlainRows, plain_rows
from tests.mixed.residual_panels import residual_panel

PSI = np.array([0.3, -0.2, 0.5, 0.1, 0.8])
STEP = 1e-5


@pytest.fixture(scope="module")
def plain() -> PlainRows:
    data = residual_panel(1, residents=12, weighted=True)
    return plain_rows(make_design(data.y, data.X, data.terms, data.weights), data.residual)


def test_entries_are_those_of_the_definition(plain: PlainRows) -> None:
    found, data = plain.covariance(PSI), residual_panel(1, residents=12, weighted=True)
    structure = data.residual
    assert structure.times is not None and structure.within is not None and found.rho is not None
    sd = np.sqrt(np.exp(np.append(0.0, PSI[:-1]))[structure.levels] / data.weights)
    same = structure.within[:, None] == structure.within
    apart = np.abs(structure.times[:, None] - structure.times)
    expected = same * found.rho**apart * np.outer(sd, sd)
    np.testing.assert_allclose(found.matrix().toarray(), expected, atol=1e-14)


@pytest.mark.parametrize("x", [0.0, 0.01, 0.8, 200.0])
def test_whitening_undoes_the_covariance(plain: PlainRows, x: float) -> None:
    found = plain.covariance(np.append(PSI[:-1], x))
    R, L = found.matrix().toarray(), found.whitening.toarray()
    np.testing.assert_allclose(L @ R @ L.T, np.eye(len(R)), atol=1e-9)
    assert found.logdet == pytest.approx(np.linalg.slogdet(R)[1], abs=1e-8)
    drawn = np.eye(len(R))
    np.testing.assert_allclose(found.coloured(drawn) @ found.coloured(drawn).T, R, atol=1e-12)


@pytest.mark.parametrize("x", [0.3, 2.0])
def test_derivatives_equal_differences(plain: PlainRows, x: float) -> None:
    psi = np.append(PSI[:-1], x)
    at, steps = plain.covariance(psi), STEP * np.eye(len(PSI))
    L = at.whitening.toarray()

    def slopes(values: Array) -> list[Array]:
        here: ResidualCovariance = plain.covariance(values)
        back = np.linalg.inv(here.whitening.toarray())
        return [back @ A.toarray() @ back.T for A in here.first()]

    def matrix(values: Array) -> Array:
        return np.asarray(plain.covariance(values).matrix().toarray())

    for k, step in enumerate(steps):
        slope = (matrix(psi + step) - matrix(psi - step)) / (2 * STEP)
        np.testing.assert_allclose(at.first()[k].toarray(), L @ slope @ L.T, atol=1e-8)
        for j, (after, before) in enumerate(zip(slopes(psi + step), slopes(psi - step), strict=True)):
            bend = (after - before) / (2 * STEP)
            np.testing.assert_allclose(at.second(k, j).toarray(), L @ bend @ L.T, atol=1e-6)


def test_the_natural_parameter_has_a_slope_where_theta_like_x_has_none(plain: PlainRows) -> None:
    at = plain.covariance(np.append(PSI[:-1], 0.0))
    assert at.first()[-1].nnz == 0 or np.abs(at.first()[-1].data).max() == 0.0
    assert np.abs(at.first(natural=True)[-1].data).max() > 0.1
