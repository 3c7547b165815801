"""Each cluster's effect on the coefficients, and the degrees of freedom that follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.mixed.adjusting import Adjusted
from evalkit.mixed.arrays import Array, transpose


@dataclass(frozen=True)
class ClusterEffects:
    """Hold what variances and tests are made of, in the units of the coefficients.

    Parameters
    ----------
    scores : (C, p), M E_i e_i: their products sum to the robust covariance.
    own : (C, p, p), M E_i V_i E_i' M, what the working covariance expects of a cluster.
    shared : (C, p, p), M E_i X_i M^(1/2): products of two clusters' are taken off that expectation.
    """

    scores: Array
    own: Array
    shared: Array

    @property
    def covariance(self) -> Array:
        """Return the covariance of the coefficients (p, p)."""
        return np.asarray(self.scores.T @ self.scores)


def effects_of(adjusted: Adjusted, bread: Array, change: Array, unit: float, factor: float) -> ClusterEffects:
    """Return effects in original units.

    Parameters
    ----------
    adjusted, bread : of columns X C.
    change : (p, p), C. unit : of the outcome in the residuals. factor : on the variances.
    """
    left = change @ bread
    root = np.linalg.cholesky(bread)
    return ClusterEffects(
        adjusted.scores @ left.T * (unit * np.sqrt(factor)),
        left @ adjusted.spread @ left.T * factor,
        left @ adjusted.through @ root * np.sqrt(factor),
    )


def satterthwaite_df(effects: ClusterEffects, L: Array) -> Array:
    """Return degrees of freedom of single contrasts, (k,): 2 E^2 / Var of their variance.

    With P the C x C matrix whose trace is that expectation, this is tr(P)^2 / sum P_ij^2; P is diagonal
    less a product of rank p, and is not formed.

    References
    ----------
    Bell & McCaffrey 2002, Survey Methodology 28:169; Pustejovsky & Tipton 2018, Journal of Business &
    Economic Statistics 36:672.
    """
    own = np.einsum("kp,cpq,kq->kc", L, effects.own, L)
    shared = np.einsum("kp,cpq->kcq", L, effects.shared)
    lost = (shared**2).sum(axis=2)
    among = transpose(shared) @ shared
    expected = (own - lost).sum(axis=1)
    squares = (own**2 - 2 * own * lost).sum(axis=1) + (among**2).sum(axis=(1, 2))
    return np.asarray(expected**2 / squares)


def hotelling_df(effects: ClusterEffects, L: Array) -> float:
    """Return eta, the degrees of freedom of several contrasts' covariance as a Wishart matrix (HTZ).

    Parameters
    ----------
    L : (q, p), independent rows.

    References
    ----------
    Tipton & Pustejovsky 2015, Journal of Educational and Behavioral Statistics 40:604; Pustejovsky &
    Tipton 2018.
    """
    own, shared = L @ effects.own @ L.T, L @ effects.shared
    values, vectors = np.linalg.eigh(own.sum(axis=0) - (shared @ transpose(shared)).sum(axis=0))
    root = (vectors / np.sqrt(values)) @ vectors.T
    own, shared = root @ own @ root, root @ shared
    lost = shared @ transpose(shared)
    clusters, q, p = shared.shape
    flat = shared.reshape(clusters, -1)
    among = (flat.T @ flat).reshape(q, p, q, p)
    traces, lost_traces = np.trace(own, axis1=1, axis2=2), np.trace(lost, axis1=1, axis2=2)
    crossed = (own**2).sum() - 2 * (own * lost).sum() + np.einsum("satb,tasb->", among, among)
    straight = (traces**2).sum() - 2 * (traces * lost_traces).sum() + (among**2).sum()
    return float(q * (q + 1) / (crossed + straight))
