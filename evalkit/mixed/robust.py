"""Cluster-robust covariances of fixed effects, and tests that hold with few clusters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from evalkit.mixed.adjusting import (
    Adjusted,
    Kind,
    bias_reduced,
    left_out,
    lone_directions,
    normal_parts,
    shares,
    unadjusted,
)
from evalkit.mixed.arrays import Array, IntArray, sums_by
from evalkit.mixed.cluster_effects import ClusterEffects, effects_of, hotelling_df, satterthwaite_df
from evalkit.mixed.cluster_sums import cluster_sums
from evalkit.mixed.clusters import Clusters, check_nested, clusters_of
from evalkit.mixed.covariances import covariances
from evalkit.mixed.design import DesignFault
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.inverse_roots import bias_reduced_by_quadrature

DegreesOfFreedom = Literal["satterthwaite", "clusters", "infinite"]
Working = Callable[[IntArray], Array]


@dataclass(frozen=True)
class RobustCovariance:
    """Hold a cluster-robust covariance of fixed effects.

    Parameters
    ----------
    kind : of estimate. coefficients : (p,).
    covariance : (p, p).
    clusters : their number.
    effects : by cluster, what tests are made of.
    """

    kind: Kind
    coefficients: Array
    covariance: Array
    clusters: int
    effects: ClusterEffects

    @property
    def std_errors(self) -> Array:
        """Return standard errors (p,)."""
        return np.sqrt(np.diag(self.covariance))


@dataclass(frozen=True)
class RobustTests:
    """Hold two-sided tests of k single contrasts; all arrays (k,)."""

    estimate: Array
    std_error: Array
    df: Array
    statistic: Array
    p_value: Array
    conf_low: Array
    conf_high: Array


@dataclass(frozen=True)
class RobustF:
    """Hold a test of several contrasts: `statistic`, scaled by `scaling` already, is F on (rank, df).

    With `df` of zero or below there are too few clusters for these contrasts together; p is then nan.
    """

    statistic: float
    rank: int
    df: float
    p_value: float
    scaling: float


def robust_mixed(fit: MixedFit, codes: npt.ArrayLike, kind: Kind = "CR2") -> RobustCovariance:
    """Return a covariance of a mixed model's fixed effects that holds if clusters are independent.

    The fitted covariance serves as the working covariance: it need not be right.

    Parameters
    ----------
    fit : of a mixed model.
    codes : (n,) integers, cluster of each row; all groups of the model must nest in clusters.
    kind : CR2 by default, which few clusters need. CR0 does not correct for fitting, CR1 multiplies by
        C / (C - 1), CR1S by C (n - 1) / ((C - 1) (n - p)), CR3 leaves each cluster out.

    Raises
    ------
    DesignFault
        Groups that cross clusters; a single cluster; CR3 where a cluster alone carries a coefficient.

    Notes
    -----
    CR0, CR1 and CR3 cost one pass over rows and residents. With equal weights CR2 costs some 30 to 50
    evaluations of the criterion besides, whatever the size of the clusters. With unequal weights, and for
    clusters that alone carry a coefficient, CR2 takes matrices of a cluster's rows: their number cubed
    in time.

    References
    ----------
    Bell & McCaffrey 2002, Survey Methodology 28:169; Pustejovsky & Tipton 2018, Journal of Business &
    Economic Statistics 36:672.

    Examples
    --------
    >>> from evalkit.mixed.design import RandomTerm
    >>> from evalkit.mixed.fitting import fit_mixed
    >>> site = np.repeat(np.arange(6), 4)
    >>> X = np.column_stack([np.ones(24), site % 2])
    >>> y = 0.5 * site + np.tile([0.0, 1.0, 0.0, 2.0], 6)
    >>> fit = fit_mixed(y, X, [RandomTerm(site, X[:, :1])])
    >>> robust_t(robust_mixed(fit, site), np.array([[0.0, 1.0]])).df.round(6).tolist()
    [4.0]
    """
    clusters = clusters_of(codes, fit.rows)
    check_nested(clusters, fit.prepared.factors)
    bread = fit.optimum.at.solved.unscaled[0]
    adjusted = _adjusted_mixed(fit, clusters, bread, kind)
    factor = _factor(kind, clusters.number, fit.rows, len(bread))
    effects = effects_of(adjusted, bread, fit.prepared.scaled.scaling, fit.scale, factor)
    return RobustCovariance(kind, fit.coefficients, effects.covariance, clusters.number, effects)


def robust_least_squares(
    y: Array, X: Array, codes: npt.ArrayLike, weights: Array | None = None, kind: Kind = "CR2"
) -> RobustCovariance:
    """Return coefficients by least squares with a covariance that holds if clusters are independent.

    Parameters
    ----------
    y : (n,). X : (n, p), independent columns.
    codes : (n,) integers, cluster of each row.
    weights : (n,) positive, inverse variances of the working covariance; equal by default.
    kind : as for `robust_mixed`.

    Raises
    ------
    DesignFault
        Columns that depend on one another, values not finite, and as for `robust_mixed`.

    Notes
    -----
    Without weights a cluster costs its rows times p^2; with weights CR2 takes its rows cubed.

    Examples
    --------
    >>> site = np.repeat(np.arange(6), 4)
    >>> X = np.column_stack([np.ones(24), site % 2])
    >>> y = 0.5 * site + np.tile([0.0, 1.0, 0.0, 2.0], 6)
    >>> robust_least_squares(y, X, site).std_errors.round(4).tolist()
    [0.5774, 0.8165]
    """
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    clusters = clusters_of(codes, len(y))
    wide = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=float)
    if X.shape[0] != len(y) or wide.shape != y.shape:
        raise DesignFault("shapes_disagree")
    if not all(np.isfinite(part).all() for part in (X, y, wide)):
        raise DesignFault("not_finite", part="least_squares")
    if (wide <= 0).any():
        raise DesignFault("weight_not_positive", count=int((wide <= 0).sum()))
    length = np.sqrt((X**2).mean(axis=0))
    scaled = X / np.where(length == 0, 1.0, length)
    root = np.sqrt(wide)[:, None]
    Q, R = np.linalg.qr(scaled * root)
    if np.abs(np.diag(R)).min() < 1e-10 * np.abs(np.diag(R)).max():
        raise DesignFault("columns_depend")
    beta = np.linalg.solve(R, Q.T @ (y * root[:, 0]))
    inverse = np.linalg.inv(R)
    bread = inverse @ inverse.T
    whitened = np.column_stack([scaled, y - scaled @ beta])
    adjusted = _adjusted_plain(whitened, wide, clusters, bread, (kind, weights is None))
    factor = _factor(kind, clusters.number, len(y), X.shape[1])
    effects = effects_of(adjusted, bread, np.diag(1 / length), 1.0, factor)
    return RobustCovariance(kind, beta / length, effects.covariance, clusters.number, effects)


def robust_t(
    robust: RobustCovariance, L: Array, df: DegreesOfFreedom = "satterthwaite", level: float = 0.95
) -> RobustTests:
    """Test single contrasts of the coefficients.

    Parameters
    ----------
    robust : covariance.
    L : (k, p), one contrast a row.
    df : Satterthwaite's by default; `clusters` takes C - 1, `infinite` a normal distribution.
    level : of the intervals.
    """
    rows = np.atleast_2d(np.asarray(L, dtype=float))
    estimate = rows @ robust.coefficients
    std_error = np.sqrt(np.einsum("kp,pq,kq->k", rows, robust.covariance, rows))
    if df == "satterthwaite":
        found = satterthwaite_df(robust.effects, rows)
    else:
        found = np.full(len(rows), np.inf if df == "infinite" else robust.clusters - 1.0)
    statistic = estimate / std_error
    half = stats.t.ppf((1 + level) / 2, found) * std_error
    p_value = np.asarray(2 * stats.t.sf(np.abs(statistic), found))
    return RobustTests(estimate, std_error, found, statistic, p_value, estimate - half, estimate + half)


def robust_f(robust: RobustCovariance, L: Array) -> RobustF:
    """Test that all rows of L beta are zero, by an approximate Hotelling T^2 (HTZ).

    Parameters
    ----------
    robust : covariance.
    L : (q, p); rows that depend on others do not count.

    Raises
    ------
    DesignFault
        When clusters are too few for the covariance of these contrasts to have full rank.

    References
    ----------
    Tipton & Pustejovsky 2015, Journal of Educational and Behavioral Statistics 40:604.
    """
    rows = np.atleast_2d(np.asarray(L, dtype=float))
    _, values, right = np.linalg.svd(rows, full_matrices=False)
    rows = right[values > 1e-10 * values[0]]
    rank = len(rows)
    covariance = rows @ robust.covariance @ rows.T
    estimate = rows @ robust.coefficients
    spread = np.sqrt(np.diag(covariance))
    if np.linalg.eigvalsh(covariance / np.outer(spread, spread))[0] < 1e-12:
        raise DesignFault("too_few_clusters", clusters=robust.clusters, contrasts=rank)
    wald = float(estimate @ np.linalg.solve(covariance, estimate))
    eta = hotelling_df(robust.effects, rows)
    df, scaling = eta - rank + 1, max((eta - rank + 1) / eta, 0.0)
    statistic = scaling * wald / rank
    p_value = float(stats.f.sf(statistic, rank, df)) if df > 0 else float("nan")
    return RobustF(statistic, rank, df, p_value, scaling)


def adjusted_by_rows(
    X: Array, residuals: Array, clusters: Clusters, working: Working, bread: Array, kind: Kind = "CR2"
) -> Adjusted:
    """Adjust residuals of any generalised least squares fit, cluster by cluster.

    Parameters
    ----------
    X : (n, p). residuals : (n,).
    working : of rows (n_i,), their working covariance V_i (n_i, n_i).
    bread : (p, p), (sum X_i'V_i^-1 X_i)^-1.
    """
    found = [_one_cluster(X[rows], residuals[rows], working(rows), bread, kind) for rows in clusters.rows()]
    return _stacked(found)


def _one_cluster(X: Array, residuals: Array, covariance: Array, bread: Array, kind: Kind) -> Adjusted:
    if kind == "CR2":
        return bias_reduced(X, residuals, covariance, bread)
    right = np.column_stack([X, residuals])
    normal = (right.T @ np.linalg.solve(covariance, right))[None]
    return left_out(normal, bread) if kind == "CR3" else unadjusted(normal)


def _stacked(found: list[Adjusted]) -> Adjusted:
    return Adjusted(
        np.concatenate([one.scores for one in found]),
        np.concatenate([one.through for one in found]),
        np.concatenate([one.spread for one in found]),
    )


def _factor(kind: Kind, clusters: int, rows: int, columns: int) -> float:
    if kind == "CR1":
        return clusters / (clusters - 1)
    if kind == "CR1S":
        return clusters * (rows - 1) / ((clusters - 1) * (rows - columns))
    return 1.0


def _adjusted_plain(
    right: Array, weights: Array, clusters: Clusters, bread: Array, how: tuple[Kind, bool]
) -> Adjusted:
    kind, equal = how
    if kind != "CR2":
        wide = right.shape[1]
        products = (right[:, :, None] * right[:, None] * weights[:, None, None]).reshape(len(right), -1)
        normal = sums_by(clusters.codes, products, clusters.number).reshape(-1, wide, wide)
        return left_out(normal, bread) if kind == "CR3" else unadjusted(normal)
    found = []
    for rows in clusters.rows():
        own, variance = right[rows], 1 / weights[rows]
        if equal and len(rows) > own.shape[1]:
            # Outside the span of X an unweighted cluster is left as it is, and nothing of it is used.
            own, variance = np.linalg.qr(own, mode="r"), np.ones(own.shape[1])
        found.append(bias_reduced(own[:, :-1], own[:, -1], np.diag(variance), bread))
    return _stacked(found)


def _adjusted_mixed(fit: MixedFit, clusters: Clusters, bread: Array, kind: Kind) -> Adjusted:
    ready = fit.prepared
    residuals = ready.scaled.outcomes[:, fit.outcome] - ready.scaled.fixed @ fit.optimum.at.solved.beta[0]
    working = working_covariance(fit)
    if ready.scaled.root_weights is not None:
        return adjusted_by_rows(ready.scaled.fixed, residuals, clusters, working, bread, kind)
    sums = cluster_sums(fit, clusters)
    normal = np.real(sums.shifted(0.0))
    if kind != "CR2":
        return left_out(normal, bread) if kind == "CR3" else unadjusted(normal)
    xx, _ = normal_parts(normal)
    lone = lone_directions(xx, bread) > 0
    lowest = 1 - float(shares(xx, bread)[0][~lone].max(initial=0.0))
    found = bias_reduced_by_quadrature(sums.shifted, bread, lowest, _largest_variance(fit) ** 2)
    rows = clusters.rows()
    for k in np.flatnonzero(lone):
        own = rows[k]
        one = bias_reduced(ready.scaled.fixed[own], residuals[own], working(own), bread)
        found.scores[k], found.through[k], found.spread[k] = one.scores[0], one.through[0], one.spread[0]
    return found


def working_covariance(fit: MixedFit) -> Working:
    """Return a function of rows (n_i,) that gives their fitted covariance (n_i, n_i), over sigma^2."""
    ready = fit.prepared
    G = [matrix[0] for matrix in covariances(ready.shape, fit.optimum.at.theta)]

    def working(rows: IntArray) -> Array:
        root = ready.scaled.root_weights
        V = np.diag(np.ones(len(rows)) if root is None else 1 / root[rows] ** 2)
        for factor, own in zip(ready.factors, G, strict=True):
            Z, codes = factor.columns[rows], factor.codes[rows]
            V += (Z @ own @ Z.T) * (codes[:, None] == codes)
        return V

    return working


def _largest_variance(fit: MixedFit) -> float:
    """Return a bound on the eigenvalues of V: one, and by factor the largest trace of a group's part."""
    bound = 1.0
    for factor, G in zip(
        fit.prepared.factors, covariances(fit.prepared.shape, fit.optimum.at.theta), strict=True
    ):
        by_row = np.einsum("nq,qr,nr->n", factor.columns, G[0], factor.columns)
        bound += float(np.bincount(factor.codes, by_row).max())
    return bound
