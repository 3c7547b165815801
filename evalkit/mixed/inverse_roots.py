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

from evalkit.mixed.adjusting import Adjusted, normal_parts
from evalkit.mixed.arrays import Array, transpose

ComplexArray = NDArray[np.complex128]
Shifted = Callable[[float], ComplexArray]

# Decimal digits asked of the quadrature; its error falls by the same factor with every node.
DIGITS = 15


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
    number = int(np.ceil(DIGITS * np.log(10) * (np.log(highest / lowest) + 6) / (2 * np.pi**2)))
    period = float(special.ellipkm1(lowest / highest))
    at = (np.arange(number) + 0.5) * period / number
    sn, cn, dn, _ = special.ellipj(at, 1 - lowest / highest)
    root = np.sqrt(lowest)
    return root * sn / cn, 2 * period * root / (np.pi * number) * dn / cn**2


def bias_reduced_by_quadrature(shifted: Shifted, bread: Array, lowest: float, highest: float) -> Adjusted:
    """Return the CR2 adjustment of clusters none of which is alone in identifying a coefficient.

    Parameters
    ----------
    shifted : of s, [X e]'(V + is)^-1 [X e] by cluster, (C, p + 1, p + 1).
    bread : (p, p), M.
    lowest, highest : bounds of the eigenvalues of D B D'; loose ones cost a few more nodes.
    """
    plain = np.real(shifted(0.0))
    xx, xe = normal_parts(plain)
    right = plain[:, :-1].copy()
    information = np.linalg.inv(bread)
    for s, weight in zip(*root_nodes(lowest, highest), strict=True):
        normal = shifted(float(s))
        inside = np.real(normal[:, :-1])
        squared = -np.imag(normal[:, :-1, :-1]) / s
        right += weight * squared @ np.linalg.solve(information - inside[:, :, :-1], inside)
    through = right[:, :, :-1]
    # A B A' = V gives E V E' without another integral.
    return Adjusted(right[:, :, -1], through, xx + through @ bread @ transpose(through))
