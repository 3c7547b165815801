"""What inference on fixed effects starts from where residuals are not alike: psi counts as estimated too."""

from __future__ import annotations

import numpy as np

from evalkit.mixed.arrays import Array, transpose
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.moments import Moments, solve
from evalkit.mixed.residual_point import in_theta, joint_moments, theta_jacobian
from evalkit.mixed.satterthwaite import FLAT, Satterthwaite
from evalkit.mixed.uncertainty import Uncertainty


def residual_uncertainty(fit: MixedFit) -> Uncertainty:
    """Return the optimum in (G, psi, log sigma^2), V counted as linear in them.

    Expected information and Kenward and Roger's formulas without second derivatives of V turn with the
    parameters, whichever these are. In variances by level V is linear, so that nothing is left out; in rho
    it is not, and their first order stands.
    """
    ready, sigma2 = fit.prepared, np.array([fit.scaled_sigma2])
    relative = joint_moments(ready, fit.optimum.at, linear=True)
    moments = _with_sigma(relative, sigma2, fit.rows)
    return Uncertainty(ready.shape, fit.optimum.at.theta, sigma2, moments, solve(moments), fit.reml)


def _with_sigma(relative: Moments, sigma2: Array, rows: int) -> Moments:
    """Return moments of Sigma = sigma^2 V; log sigma^2 is last, and Sigma its own derivative in it."""
    m = relative.logdet_first.shape[1]
    slope = np.append(relative.logdet_first[0], float(rows))
    curve = np.empty((m + 1, m + 1))
    curve[:m, :m], curve[m], curve[:, m] = relative.logdet_second[0], -slope, -slope
    bend = np.concatenate([relative.normal_first[0], -relative.normal])
    bow = np.empty((m + 1, *bend.shape))
    bow[:m, :m], bow[m], bow[:, m] = relative.normal_second[0], -2 * bend, -2 * bend
    logdet = relative.logdet + rows * np.log(sigma2)
    return Moments(
        logdet, slope[None], curve[None], relative.normal / sigma2, bend[None] / sigma2, bow[None] / sigma2
    )


def residual_satterthwaite(fit: MixedFit) -> Satterthwaite:
    """Prepare Satterthwaite's degrees of freedom: observed information in (theta, psi, log sigma^2)."""
    ready, s, theta = fit.prepared, fit.scaled_sigma2, fit.optimum.at.theta
    relative = joint_moments(ready, fit.optimum.at)
    solved, m = solve(relative), relative.logdet_first.shape[1]
    slope, curve = np.zeros((1, m + 1)), np.zeros((1, m + 1, m + 1))
    slope[:, :m] = relative.logdet_first + solved.rss_first / s
    curve[:, :m, :m] = relative.logdet_second + solved.rss_second / s
    if fit.reml:
        slope[:, :m] += solved.logdet_first
        curve[:, :m, :m] += solved.logdet_second
    curve[:, m, :m] = curve[:, :m, m] = -solved.rss_first / s
    curve[:, m, m] = solved.rss / s
    hessian = in_theta(ready, theta, slope, curve)
    values, vectors = np.linalg.eigh(hessian)
    kept = values > FLAT
    inverse = np.where(kept, 2.0 / np.where(kept, values, 1.0), 0.0)
    parameters = (vectors * inverse[:, None]) @ transpose(vectors)
    phi = solved.unscaled * s
    p = phi.shape[-1]
    natural = -phi[:, None] @ relative.normal_first[..., :p, :p] @ phi[:, None] / s
    natural = np.concatenate([natural, phi[:, None]], axis=1)
    jacobian = theta_jacobian(ready, theta, m + 1)
    return Satterthwaite(phi, np.einsum("bgt,bgpq->btpq", jacobian, natural), parameters)
