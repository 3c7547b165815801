"""Kenward and Roger's covariance, degrees of freedom and F."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.mixed.arrays import Array, transpose
from evalkit.mixed.moments import Moments
from evalkit.mixed.uncertainty import Uncertainty

# Information (scaled to a unit diagonal) below this share of the largest counts as none.
FLAT = 1e-10


@dataclass(frozen=True)
class KenwardRoger:
    """Hold the adjusted covariance and what its tests need.

    Parameters
    ----------
    covariance : (B, p, p), Phi.
    adjusted : (B, p, p), Phi_A.
    P : (B, m + 1, p, p), derivatives of X' Sigma^-1 X in the natural parameters.
    W : (B, m + 1, m + 1), asymptotic covariance of the natural parameters, from expected information,
        so that it stands at zero variances too.
    """

    covariance: Array
    adjusted: Array
    P: Array
    W: Array


@dataclass(frozen=True)
class KenwardRogerF:
    """Hold the null distribution of a Wald statistic: `scaling` times it is F on (rank, df)."""

    rank: int
    df: float
    scaling: float


def kenward_roger(known: Uncertainty) -> KenwardRoger:
    """Adjust the covariance of the fixed effects for the estimation of the variances.

    Sigma is linear in (gamma, sigma^2), so that the term in its second derivatives vanishes. What the
    published formulas sum over n x n matrices are derivatives of log |Sigma| and X' Sigma^-1 X, which
    the summary gives.

    References
    ----------
    Kenward & Roger 1997, Biometrics 53:983; Halekoh & Højsgaard 2014, Journal of Statistical
    Software 59(9), for the steps in pbkrtest.
    """
    moments, phi = known.moments, known.covariance
    p = phi.shape[-1]
    P = moments.normal_first[..., :p, :p]
    Q = moments.normal_second[..., :p, :p] / 2
    scaled = phi[:, None] @ P
    W = 2 * _inverse(_information(moments, phi, scaled))
    products = P[:, :, None] @ scaled[:, None]
    products = (products + transpose(products)) / 2
    inner = (W[..., None, None] * (Q - products)).sum(axis=(1, 2))
    return KenwardRoger(phi, phi + 2 * phi @ inner @ phi, P, W)


def expected_information(known: Uncertainty) -> Array:
    """Return tr(P Sigma_i P Sigma_j), twice the expected information of REML: (B, m + 1, m + 1)."""
    p = known.covariance.shape[-1]
    scaled = known.covariance[:, None] @ known.moments.normal_first[..., :p, :p]
    return _information(known.moments, known.covariance, scaled)


def _information(moments: Moments, phi: Array, scaled: Array) -> Array:
    batch, number, p = scaled.shape[:3]
    flat, turned = scaled.reshape(batch, number, -1), transpose(scaled).reshape(batch, number, -1)
    straight = (moments.normal_second[..., :p, :p] * phi[:, None, None]).sum(axis=(-1, -2))
    return np.asarray(-moments.logdet_second - straight + flat @ transpose(turned))


def _inverse(information: Array) -> Array:
    """Invert, leaving out directions on which the data say nothing."""
    root = np.sqrt(np.maximum(np.diagonal(information, axis1=1, axis2=2), np.finfo(float).tiny))
    scale = root[:, :, None] * root[:, None, :]
    values, vectors = np.linalg.eigh(information / scale)
    kept = values > FLAT * values[:, -1:]
    inverse = np.where(kept, 1.0 / np.where(kept, values, 1.0), 0.0)
    return np.asarray((vectors * inverse[:, None]) @ transpose(vectors) / scale)


def kenward_roger_df(prepared: KenwardRoger, L: Array) -> Array:
    """Return the degrees of freedom of single contrasts: (B, k).

    Parameters
    ----------
    L : (k, p) or (B, k, p), contrasts of the scaled coefficients.
    """
    rows = np.broadcast_to(L, (len(prepared.covariance), *L.shape[-2:]))
    turned = rows @ prepared.covariance
    variance = (turned * rows).sum(axis=-1)
    slope = np.einsum("bkp,bmpq,bkq->bkm", turned, prepared.P, turned) / variance[..., None]
    a2 = np.einsum("bkm,bmn,bkn->bk", slope, prepared.W, slope)
    return np.asarray(_df_and_scaling(a2, a2, 1)[0])


def kenward_roger_f(prepared: KenwardRoger, L: Array) -> tuple[Array, KenwardRogerF]:
    """Return rows of L that are independent, and the distribution of their Wald statistic.

    Parameters
    ----------
    L : (k, p), of one outcome.
    """
    phi = prepared.covariance[0]
    L = _independent(L)
    theta = L.T @ np.linalg.solve(L @ phi @ L.T, L)
    parts = theta @ phi @ prepared.P[0] @ phi
    traces = np.trace(parts, axis1=1, axis2=2)
    W = prepared.W[0]
    a1 = float(traces @ W @ traces)
    a2 = float(np.einsum("mn,mpq,nqp->", W, parts, parts))
    df, scaling = _df_and_scaling(np.array(a1), np.array(a2), len(L))
    return L, KenwardRogerF(len(L), float(df), float(scaling))


def _independent(L: Array) -> Array:
    left, values, right = np.linalg.svd(L, full_matrices=False)
    del left
    return right[values > 1e-10 * values[0]] if len(L) > 1 else L


def _df_and_scaling(a1: Array, a2: Array, rank: int) -> tuple[Array, Array]:
    """Match mean and variance of the statistic to F (Kenward & Roger 1997, section 3)."""
    q = float(rank)
    with np.errstate(divide="ignore", invalid="ignore"):
        b = (a1 + 6 * a2) / (2 * q)
        g = ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2)
        base = 3 * q + 2 * (1 - g)
        v0 = 1 + g / base * b
        v1 = 1 - (q - g) / base * b
        v2 = 1 - (q + 2 - g) / base * b
        v0 = np.where(np.abs(v0) < 1e-10, 0.0, v0)
        left = 1 - a2 / q
        ratio = np.where((np.abs(left) < 1e-14) & (np.abs(v1) < 1e-14), 1.0, left / v1)
        rho = ratio**2 * v0 / v2 / q
        df = 4 + (q + 2) / (q * rho - 1)
        scaling = np.where(np.abs(df - 2) < 1e-2, 1.0, df * left / (df - 2))
    return df, scaling
