"""From relative covariances to natural ones: derivatives in (gamma, sigma^2), gamma = sigma^2 G."""

from __future__ import annotations

import numpy as np

from evalkit.mixed.arrays import Array, transpose
from evalkit.mixed.covariances import Shape
from evalkit.mixed.moments import Moments


def natural_moments(relative: Moments, elements: Array, sigma2: Array, rows: int) -> Moments:
    """Return log |Sigma| and [X y]' Sigma^-1 [X y] with derivatives in gamma and sigma^2.

    With Sigma = sigma^2 V(G), they are n log sigma^2 + L(gamma / sigma^2) and N(gamma / sigma^2) / sigma^2.

    Parameters
    ----------
    relative : moments at G, m free elements.
    elements : (B, m), the free elements of G.
    sigma2 : (B,).
    rows : n.

    Returns
    -------
    Moments with m + 1 elements, sigma^2 last.
    """
    s, G = sigma2[:, None], elements
    slope, curve = relative.logdet_first, relative.logdet_second
    bent = np.einsum("bij,bj->bi", curve, G)
    first = np.concatenate([slope / s, (rows - (G * slope).sum(axis=1))[:, None] / s], axis=1)
    corner = -rows + 2 * (G * slope).sum(axis=1) + (G * bent).sum(axis=1)
    second = _bordered(curve, -(slope + bent), corner) / s[..., None] ** 2
    logdet = relative.logdet + rows * np.log(sigma2)

    N, N1, N2 = relative.normal, relative.normal_first, relative.normal_second
    s, wide = sigma2[:, None, None], G[:, :, None, None]
    leaning = (N1 * wide).sum(axis=1)
    turned = (N2 * wide[:, None]).sum(axis=2)
    n_first = np.concatenate([N1, -(N + leaning)[:, None]], axis=1) / s[:, None] ** 2
    n_corner = 2 * N + 4 * leaning + (turned * wide).sum(axis=1)
    n_second = _bordered(N2, -(2 * N1 + turned), n_corner) / s[:, None, None] ** 3
    return Moments(logdet, first, second, N / s, n_first, n_second)


def _bordered(inside: Array, edge: Array, corner: Array) -> Array:
    """Return matrices (B, m, m, ...) with one more row and column."""
    batch, m = inside.shape[:2]
    whole = np.empty((batch, m + 1, m + 1, *inside.shape[3:]))
    whole[:, :m, :m] = inside
    whole[:, :m, m] = whole[:, m, :m] = edge
    whole[:, m, m] = corner
    return whole


def to_theta_sigma(
    shape: Shape, theta: Array, sigma2: Array, slope: Array, curve: Array
) -> tuple[Array, Array]:
    """Return the Jacobian of (gamma, sigma^2) in (theta, sigma), and the Hessian in these.

    Parameters
    ----------
    slope, curve : (B, m + 1), (B, m + 1, m + 1), of a function of (gamma, sigma^2).
    """
    batch, m = theta.shape
    sigma = np.sqrt(sigma2)
    half = np.einsum("gab,nb->nga", shape.squares, theta)
    G = np.einsum("nga,na->ng", half, theta)
    jacobian = np.zeros((batch, m + 1, m + 1))
    jacobian[:, :m, :m] = 2 * half * sigma2[:, None, None]
    jacobian[:, :m, m] = 2 * G * sigma[:, None]
    jacobian[:, m, m] = 2 * sigma
    hessian = transpose(jacobian) @ curve @ jacobian
    hessian[:, :m, :m] += 2 * sigma2[:, None, None] * np.einsum("ng,gab->nab", slope[:, :m], shape.squares)
    edge = 4 * sigma[:, None] * np.einsum("ng,nga->na", slope[:, :m], half)
    hessian[:, :m, m] += edge
    hessian[:, m, :m] += edge
    hessian[:, m, m] += 2 * (slope[:, :m] * G).sum(axis=1) + 2 * slope[:, m]
    return jacobian, hessian
