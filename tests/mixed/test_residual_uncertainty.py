"""Kenward-Roger and Satterthwaite with residual parameters, against sums over n x n matrices."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.mixed.arrays import Array
from evalkit.mixed.wald import Inference, wald_f, wald_t
from tests.mixed.residual_panels import (
    ResidualPanel,
    fit_panel,
    residual_panel,
    textbook_parameters,
    textbook_v,
)

# Differences of V are right to about nine digits, and second differences of the criterion to six.
KENWARD_ROGER = 1e-6
SATTERTHWAITE = 1e-4
STEP = 1e-5
KINDS = [
    {"in_time": False},
    {"by_wave": False},
    {},
    {"in_time": False, "weighted": True, "site_wave": True},
    {"weighted": True, "site_wave": True},
]


def slopes(data: ResidualPanel, at: Array) -> list[Array]:
    """Return derivatives of V by differences."""
    steps = STEP * np.maximum(np.abs(at), 0.1)[:, None] * np.eye(len(at))
    return [(textbook_v(data, at + s) - textbook_v(data, at - s)) / (2 * s.sum()) for s in steps]


def textbook_kenward_roger(data: ResidualPanel, at: Array) -> tuple[Array, Array]:
    """Return Phi_A and df of each coefficient, without second derivatives of V."""
    inverse = np.linalg.inv(textbook_v(data, at))
    parts, X = slopes(data, at), data.X
    phi = np.linalg.inv(X.T @ inverse @ X)
    number = range(len(parts))
    P = [-X.T @ inverse @ D @ inverse @ X for D in parts]
    Q = [[X.T @ inverse @ D @ inverse @ E @ inverse @ X for E in parts] for D in parts]
    information = np.array(
        [
            [
                np.sum((inverse @ parts[i]) * (inverse @ parts[j]).T)
                - 2 * np.trace(phi @ Q[i][j])
                + np.trace(phi @ P[i] @ phi @ P[j])
                for j in number
            ]
            for i in number
        ]
    )
    W = 2 * np.linalg.inv(information)
    inner = sum(W[i, j] * (Q[i][j] - P[i] @ phi @ P[j]) for i in number for j in number)
    lean = np.array([np.diag(phi @ P[i] @ phi) for i in number]) / np.diag(phi)
    return phi + 2 * phi @ inner @ phi, 2 / np.einsum("mk,mn,nk->k", lean, W, lean)


@pytest.mark.parametrize("kind", KINDS)
def test_kenward_roger_equals_the_textbook(kind: dict) -> None:
    data = residual_panel(3, residents=40, **kind)
    fit = fit_panel(data)
    assert fit.converged and not fit.singular
    adjusted, df = textbook_kenward_roger(data, textbook_parameters(data, fit))
    known = Inference(fit)
    np.testing.assert_allclose(known.adjusted_covariance, adjusted, rtol=KENWARD_ROGER, atol=1e-10)
    np.testing.assert_allclose(wald_t(known, np.eye(3)).df, df, rtol=KENWARD_ROGER)


def deviance(data: ResidualPanel, at: Array) -> float:
    """Return minus twice the restricted log-likelihood, up to a constant."""
    V = textbook_v(data, at)
    inverse, X = np.linalg.inv(V), data.X
    normal = X.T @ inverse @ X
    rest = data.y - X @ np.linalg.solve(normal, X.T @ inverse @ data.y)
    return float(np.linalg.slogdet(V)[1] + np.linalg.slogdet(normal)[1] + rest @ inverse @ rest)


def textbook_satterthwaite(data: ResidualPanel, at: Array) -> Array:
    """Return df of each coefficient, from differences of the criterion and of Phi."""
    steps = 1e-3 * at[:, None] * np.eye(len(at))
    unit = np.diag(steps)

    def phi(values: Array) -> Array:
        return np.diag(np.linalg.inv(data.X.T @ np.linalg.solve(textbook_v(data, values), data.X)))

    hessian = np.empty((len(at), len(at)))
    for i, a in enumerate(steps):
        for j, b in enumerate(steps[: i + 1]):
            corners = [deviance(data, at + p * a + q * b) for p, q in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
            bend = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * unit[i] * unit[j])
            hessian[i, j] = hessian[j, i] = bend
    lean = np.array([(phi(at + s) - phi(at - s)) / (2 * s.sum()) for s in steps])
    bent = np.einsum("mk,mn,nk->k", lean, 2 * np.linalg.inv(hessian), lean)
    return 2 * phi(at) ** 2 / bent


@pytest.mark.parametrize("kind", KINDS[:3])
def test_satterthwaite_equals_differences_of_the_criterion(kind: dict) -> None:
    data = residual_panel(3, residents=40, **kind)
    fit = fit_panel(data)
    found = wald_t(Inference(fit), np.eye(3), "satterthwaite").df
    expected = textbook_satterthwaite(data, textbook_parameters(data, fit))
    np.testing.assert_allclose(found, expected, rtol=SATTERTHWAITE)


@pytest.mark.parametrize("method", ["kenward-roger", "satterthwaite"])
def test_one_contrast_gives_the_same_by_t_and_by_f(method: str) -> None:
    known = Inference(fit_panel(residual_panel(5, residents=30)))
    L = np.array([[0.0, 1.0, -1.0]])
    t, f = wald_t(known, L, method), wald_f(known, L, method)  # type: ignore[arg-type]
    assert f.statistic == pytest.approx(t.statistic[0] ** 2)
    assert f.df == pytest.approx(t.df[0])


def test_no_autocorrelation_still_costs_degrees_of_freedom() -> None:
    """At rho = 0 expected information stands, as at a variance of zero."""
    data = residual_panel(5, residents=30, by_wave=False, rho=1e-9)
    fit = fit_panel(data)
    assert fit.residual is not None
    assert fit.residual.rho == 0.0
    found = Inference(fit).kenward_roger
    assert found.W.shape == (1, 4, 4)
    assert (np.diag(found.W[0]) > 0).all()
