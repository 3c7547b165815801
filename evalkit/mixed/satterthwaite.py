"""Satterthwaite's degrees of freedom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.mixed.arrays import Array, transpose
from evalkit.mixed.natural import to_theta_sigma
from evalkit.mixed.uncertainty import Uncertainty

# Curvatures of the criterion that count as none, as in lmerTest.
FLAT = 1e-8


@dataclass(frozen=True)
class Satterthwaite:
    """Hold the asymptotic covariance of (theta, sigma) and the derivatives of Phi in them.

    Parameters
    ----------
    covariance : (B, p, p), Phi.
    slopes : (B, m + 1, p, p), derivatives of Phi.
    parameters : (B, m + 1, m + 1), twice the inverse Hessian of the criterion, flat directions left out.
    """

    covariance: Array
    slopes: Array
    parameters: Array


def satterthwaite(known: Uncertainty) -> Satterthwaite:
    """Prepare Satterthwaite's degrees of freedom from the observed information in (theta, sigma).

    References
    ----------
    Kuznetsova, Brockhoff & Christensen 2017, Journal of Statistical Software 82(13), for the method in
    lmerTest, whose choices at flat directions are kept.
    """
    moments, solved = known.moments, known.solved
    slope = moments.logdet_first + solved.rss_first
    curve = moments.logdet_second + solved.rss_second
    if known.reml:
        slope, curve = slope + solved.logdet_first, curve + solved.logdet_second
    jacobian, hessian = to_theta_sigma(known.shape, known.theta, known.sigma2, slope, curve)
    values, vectors = np.linalg.eigh(hessian)
    kept = values > FLAT
    inverse = np.where(kept, 2.0 / np.where(kept, values, 1.0), 0.0)
    parameters = (vectors * inverse[:, None]) @ transpose(vectors)
    p = known.covariance.shape[-1]
    phi = known.covariance[:, None]
    natural = -phi @ moments.normal_first[..., :p, :p] @ phi
    slopes = np.einsum("bgt,bgpq->btpq", jacobian, natural)
    return Satterthwaite(known.covariance, slopes, parameters)


def satterthwaite_df(prepared: Satterthwaite, L: Array) -> Array:
    """Return the degrees of freedom of single contrasts.

    Parameters
    ----------
    L : (k, p) or (B, k, p), contrasts of the scaled coefficients.

    Returns
    -------
    (B, k).
    """
    rows = np.broadcast_to(L, (len(prepared.covariance), *L.shape[-2:]))
    variance = np.einsum("bkp,bpq,bkq->bk", rows, prepared.covariance, rows)
    slope = np.einsum("bkp,btpq,bkq->bkt", rows, prepared.slopes, rows)
    bend = np.einsum("bkt,btu,bku->bk", slope, prepared.parameters, slope)
    return np.asarray(2 * variance**2 / bend)


def satterthwaite_f_df(prepared: Satterthwaite, L: Array) -> tuple[Array, float]:
    """Return independent contrasts equal to L, and the denominator degrees of freedom of their F.

    Parameters
    ----------
    L : (k, p), of one outcome.

    Returns
    -------
    (r, p) contrasts with uncorrelated estimates, r the rank, and the degrees of freedom.
    """
    values, vectors = np.linalg.eigh(L @ prepared.covariance[0] @ L.T)
    kept = values > values.max() * 1e-10
    apart = vectors[:, kept].T @ L
    own = satterthwaite_df(prepared, apart)[0]
    return apart, _pooled(own)


def _pooled(own: Array) -> float:
    """Combine degrees of freedom so that F has the right mean (Fai & Cornelius 1996)."""
    rank = len(own)
    if rank == 1 or np.abs(own - own.mean()).max() < 1e-8:
        return float(own.mean())
    if (own <= 2).any():
        return 2.0
    expected = float((own / (own - 2)).sum())
    return 2 * expected / (expected - rank)
