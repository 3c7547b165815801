"""Cluster-robust covariances of fixed effects, and their Satterthwaite degrees of freedom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import linalg, stats

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.design import DesignFault
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.rows import residuals
from evalkit.mixed.wald import ContrastTests, Robust

# Eigenvalues below this share of the largest count as zero, as where a cluster has its own intercept.
RANK = 1e-12


@dataclass(frozen=True)
class ClusterRobust:
    """Hold a cluster-robust covariance and what its degrees of freedom need; K clusters.

    Parameters
    ----------
    kind : which adjustment. coefficients : (p,). covariance : (p, p).
    bread : (p, p), (X' W X)^-1.
    inner : (K, p, p), sums of squares g' Phi g of each cluster's adjusted scores.
    outer : (K, p, p), X' g of each cluster's adjusted scores.
    """

    kind: Robust
    coefficients: Array
    covariance: Array
    bread: Array
    inner: Array
    outer: Array


@dataclass(frozen=True)
class _Cluster:
    X: Array
    residual: Array
    phi: Array


def cluster_robust(fit: MixedFit, clusters: IntArray, kind: Robust = "CR2") -> ClusterRobust:
    """Return the cluster-robust covariance of a mixed model's fixed effects.

    The working model is the fitted one, weights its inverse covariance.

    Parameters
    ----------
    fit : of the mixed model.
    clusters : (n,), from 0; every group of every random term lies within one cluster.
    kind : CR2 is unbiased under the working model (Bell & McCaffrey 2002); CR3 is the jackknife.

    References
    ----------
    Pustejovsky & Tipton 2018, Journal of Business & Economic Statistics 36:672.
    """
    for factor in fit.prepared.factors:
        own = np.empty(factor.levels, dtype=np.intp)
        own[factor.codes] = clusters
        if (own[factor.codes] != clusters).any():
            raise DesignFault("cluster_cuts_groups", term=factor.name)
    order = np.argsort(clusters, kind="stable")
    starts = np.flatnonzero(np.diff(clusters[order], prepend=-1))
    groups = np.split(order, starts[1:])
    X = fit.prepared.design.fixed[:, list(fit.prepared.scaled.kept)]
    left = residuals(fit, "marginal")
    parts = (_Cluster(X[rows], left[rows], _covariance(fit, rows)) for rows in groups)
    return _sandwich(fit.coefficients, fit.covariance, parts, kind, (len(groups), fit.rows))


def cluster_robust_ols(y: Array, X: Array, clusters: IntArray, kind: Robust = "CR2") -> ClusterRobust:
    """Return the cluster-robust covariance of least squares, whose working model is independence.

    Parameters
    ----------
    y, X : (n,), (n, p) of full rank. clusters : (n,), from 0.
    """
    bread = np.asarray(np.linalg.inv(X.T @ X))
    beta = bread @ (X.T @ y)
    labels = np.unique(clusters)
    members = (np.flatnonzero(clusters == label) for label in labels)
    parts = (_Cluster(X[rows], y[rows] - X[rows] @ beta, np.eye(len(rows))) for rows in members)
    return _sandwich(beta, bread, parts, kind, (len(labels), len(y)))


def robust_t(found: ClusterRobust, L: Array, level: float = 0.95) -> ContrastTests:
    """Test single contrasts with cluster-robust standard errors and Satterthwaite's df.

    Parameters
    ----------
    L : (k, p).

    References
    ----------
    Bell & McCaffrey 2002, Survey Methodology 28:169.
    """
    rows = np.atleast_2d(np.asarray(L, dtype=float))
    estimate = rows @ found.coefficients
    std_error = np.sqrt(np.einsum("kp,pq,kq->k", rows, found.covariance, rows))
    df = np.array([_df(found, row) for row in rows])
    statistic = estimate / std_error
    half = np.asarray(stats.t.ppf((1 + level) / 2, df)) * std_error
    p_value = np.asarray(2 * stats.t.sf(np.abs(statistic), df))
    low, high = estimate - half, estimate + half
    return ContrastTests(estimate, std_error, df, statistic, p_value, low, high, found.kind)


def _df(found: ClusterRobust, row: Array) -> float:
    """Match the first two moments of the variance estimate under the working model."""
    turned = found.bread @ row
    own = np.einsum("p,kpq,q->k", turned, found.inner, turned)
    scores = found.outer @ turned
    across = -scores @ found.bread @ scores.T
    across[np.diag_indices_from(across)] += own
    return float(np.trace(across) ** 2 / (across**2).sum())


def _sandwich(
    beta: Array, bread: Array, clusters: Iterator[_Cluster], kind: Robust, counts: tuple[int, int]
) -> ClusterRobust:
    adjust = ADJUSTMENTS[kind]
    meat, inner, outer = np.zeros_like(bread), [], []
    for cluster in clusters:
        g = adjust(cluster, bread)
        score = g.T @ cluster.residual
        meat += np.outer(score, score)
        inner.append(g.T @ cluster.phi @ g)
        outer.append(cluster.X.T @ g)
    groups, rows = counts
    factor = {"CR1": groups / (groups - 1)}.get(kind, 1.0)
    if kind == "CR1S":
        factor = groups * (rows - 1) / ((groups - 1) * (rows - len(beta)))
    covariance = bread @ meat @ bread * factor
    return ClusterRobust(kind, beta, covariance, bread, np.array(inner), np.array(outer))


def _plain(cluster: _Cluster, bread: Array) -> Array:
    """Return Phi^-1 X: scores without adjustment."""
    return np.asarray(linalg.solve(cluster.phi, cluster.X, assume_a="pos"))


def _unbiased(cluster: _Cluster, bread: Array) -> Array:
    """Return A Phi^-1 X with A = D'(D (Phi - X M X') D')^(-1/2) D, D the Cholesky factor of Phi."""
    D = linalg.cholesky(cluster.phi)
    moved = D @ cluster.X
    middle = D @ cluster.phi @ D.T - moved @ bread @ moved.T
    values, vectors = linalg.eigh(middle)
    kept = values > RANK * max(values[-1], 0.0)
    root = np.where(kept, 1.0 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
    plain = D @ _plain(cluster, bread)
    return np.asarray(D.T @ (vectors @ (root[:, None] * (vectors.T @ plain))))


def _jackknife(cluster: _Cluster, bread: Array) -> Array:
    """Return (I - H)'^-1 Phi^-1 X by the size of X: what leaving the cluster out gives."""
    plain = _plain(cluster, bread)
    inside = plain.T @ cluster.X
    return np.asarray(plain @ np.linalg.inv(np.eye(len(bread)) - bread @ inside))


ADJUSTMENTS: dict[Robust, Callable[[_Cluster, Array], Array]] = {
    "CR0": _plain,
    "CR1": _plain,
    "CR1S": _plain,
    "CR2": _unbiased,
    "CR3": _jackknife,
}


def _covariance(fit: MixedFit, rows: IntArray) -> Array:
    """Return the fitted covariance of some rows."""
    phi = np.diag(fit.sigma**2 / fit.prepared.design.weights[rows])
    for factor, G in zip(fit.prepared.factors, fit.covariances, strict=True):
        codes = factor.codes[rows]
        columns = factor.columns[rows]
        inside = np.linalg.solve(factor.scaling, np.linalg.solve(factor.scaling, G).T)
        phi += (codes[:, None] == codes[None, :]) * (columns @ inside @ columns.T)
    return np.asarray(phi)
