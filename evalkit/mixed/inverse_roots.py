"""CR2 without a matrix of a cluster's rows: the inverse square root as a sum of shifted inverses.

The adjustment A = D'(D B D')^(-1/2) D is (2 / pi) times the integral over s > 0 of (B + s^2 W)^-1. By
Woodbury's identity that inverse needs only C_s^-1 = (V + s^2 W)^-1 = V (V^2 + s^2)^-1, the real part of
(V + is)^-1, and X'W C_s^-1 = X'(V^2 + s^2)^-1, its imaginary part over -s. So CR2 needs normal equations
with an imaginary residual variance added, which come from a summary as the real ones do.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import special

from evalkit.mixed.adjusting import LONE, Adjusted, normal_parts, shares
from evalkit.mixed.arrays import Array, transpose

ComplexArray = NDArray[np.complex128]
Shifted = Callable[[complex], ComplexArray]

# Decimal digits asked of the quadrature; its error falls by the same factor with every node.
DIGITS = 15
# Terms of a series whose terms fall by exp(-pi / 2) or faster.
TERMS = 24
# Circle and points for derivatives: the nearest pole is at -1, so that the error is RADIUS^POINTS.
RADIUS, POINTS = 0.25, 24


def root_nodes(lowest: float, highest: float) -> tuple[Array, Array]:
    """Return nodes s and weights w with sum w / (x + s^2) = x^(-1/2) for lowest <= x <= highest.

    References
    ----------
    Hale, Higham & Trefethen 2008, SIAM Journal on Numerical Analysis 46:2505, method 3.

    Examples
    --------
    >>> s, w = root_nodes(0.5, 1e4)
    >>> [round(float((w / (x + s**2)).sum() * x**0.5), 12) for x in (0.5, 30.0, 1e4)]
    [1.0, 1.0, 1.0]
    """
    ratio = min(lowest / highest, 0.5)
    number = int(np.ceil(DIGITS * np.log(10) * (6 - np.log(ratio)) / (2 * np.pi**2)))
    t, step = _tangents(number, ratio)
    slope = np.sqrt((1 + ratio * t**2) * (1 + t**2))
    return np.sqrt(lowest) * t, 2 * step * np.sqrt(lowest) / np.pi * slope


def _tangents(number: int, ratio: float) -> tuple[Array, float]:
    """Return Jacobi's sc, of modulus sqrt(1 - ratio), at N midpoints of its quarter period K, and K / N.

    Libraries lose digits as the modulus nears one. With it, sc(u) = -i sn(iu) of modulus sqrt(ratio), by its
    Fourier series up to K / 2, where all terms are positive; then sc(u) sc(K - u) = 1 / sqrt(ratio).
    """
    other, period = float(special.ellipk(ratio)), float(special.ellipkm1(ratio))
    u = (np.arange(number) + 0.5) * period / number
    odd = 2 * np.arange(TERMS) + 1
    up = np.pi / (2 * other) * odd * np.minimum(u, period - u)[:, None]
    down = np.pi / (2 * other) * odd * period
    terms = np.exp(up - down) * np.expm1(-2 * up) / np.expm1(-2 * down)
    t = np.pi / (np.sqrt(ratio) * other) * terms.sum(axis=1)
    return np.where(u <= period / 2, t, 1 / (np.sqrt(ratio) * t)), period / number


def bias_reduced_by_quadrature(shifted: Shifted, bread: Array, highest: float) -> Adjusted:
    """Return the CR2 adjustment of all clusters, with a pseudoinverse where B has null directions.

    Parameters
    ----------
    shifted : of a complex z, [X e]'(V + z)^-1 [X e] by cluster, (C, p + 1, p + 1); no eigenvalue of V is
        below one.
    bread : (p, p), M.
    highest : bound of the eigenvalues of V; a loose one costs a few more nodes.
    """
    plain = np.real(shifted(0.0))
    xx, _ = normal_parts(plain)
    values, vectors = shares(xx, bread)
    lone = values > 1 - LONE
    nodes, weights = root_nodes(1 - float(values[~lone].max(initial=0.0)), highest**2)
    right = plain[:, :-1].copy()
    information = xx.sum(axis=0)
    for s, weight in zip(nodes, weights, strict=True):
        normal = shifted(1j * float(s))
        inside = np.real(normal[:, :-1])
        squared = -np.imag(normal[:, :-1, :-1]) / s
        right += weight * squared @ np.linalg.solve(information - inside[:, :, :-1], inside)
    spread = xx.copy()
    if lone.any():
        # The quadrature takes an eigenvalue of zero for this one's inverse root.
        nothing = float((weights / nodes**2).sum())
        second, third = _powers(shifted)
        for k in np.flatnonzero(lone.any(axis=1)):
            T = vectors[k][:, lone[k]]
            turned = np.linalg.solve(T.T @ third[k] @ T, T.T)
            right[k] -= nothing * second[k] @ T @ turned @ plain[k, :-1]
            spread[k] -= second[k] @ T @ turned @ second[k]
    through = right[:, :, :-1]
    # A B A' = V, less the null directions, gives E V E' without another integral.
    return Adjusted(right[:, :, -1], through, spread + through @ bread @ transpose(through))


def _powers(shifted: Shifted) -> tuple[Array, Array]:
    """Return X'W^2 X and X'W^3 X by cluster: derivatives in z at zero, by Cauchy's integral."""
    turns = RADIUS * np.exp(2j * np.pi * (np.arange(POINTS) + 0.5) / POINTS)
    found = [shifted(complex(z))[:, :-1, :-1] for z in turns]
    first = sum(np.real(one / z) for one, z in zip(found, turns, strict=True)) / POINTS
    second = sum(np.real(one / z**2) for one, z in zip(found, turns, strict=True)) / POINTS
    return -np.asarray(first), np.asarray(second)
