"""Cluster-robust covariances of a mixed model's fixed effects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.mixed.adjusting import (
    Adjusted,
    Kind,
    Working,
    adjusted_by_rows,
    bias_reduced,
    check_rows,
    left_out,
    lone_directions,
    normal_parts,
    unadjusted,
)
from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.cluster_effects import ClusterEffects, effects_of
from evalkit.mixed.cluster_sums import cluster_sums
from evalkit.mixed.clusters import Clusters, check_nested, clusters_of
from evalkit.mixed.covariances import covariances
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.inverse_roots import bias_reduced_by_quadrature

# Sums lose digits by the largest eigenvalue of V: once for themselves, and twice more for the third power
# of W that a pseudoinverse needs. Above this, clusters that need one are worked by rows.
LONE_NOISE = 1e-8


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
    CR0, CR1 and CR3 cost one pass over rows and residents. With equal weights CR2 costs some 30 to 60
    sums over the residents' patterns besides, whatever the size of the clusters. With unequal weights CR2
    takes matrices of a cluster's rows: their number cubed in time, and 10,000 at most. So it does for a
    cluster that alone carries a coefficient, if its rows vary together many times as much as one alone.

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
    >>> robust_mixed(fit, site).std_errors.round(4).tolist()
    [0.5774, 0.8165]
    """
    clusters = clusters_of(codes, fit.rows)
    check_nested(clusters, fit.prepared.factors)
    bread = fit.optimum.at.solved.unscaled[0]
    adjusted = _adjusted_mixed(fit, clusters, bread, kind)
    factor = variance_factor(kind, clusters.number, fit.rows, len(bread))
    effects = effects_of(adjusted, bread, fit.prepared.scaled.scaling, fit.scale, factor)
    return RobustCovariance(kind, fit.coefficients, effects.covariance, clusters.number, effects)


def variance_factor(kind: Kind, clusters: int, rows: int, columns: int) -> float:
    """Return what a kind multiplies variances by."""
    if kind == "CR1":
        return clusters / (clusters - 1)
    if kind == "CR1S":
        return clusters * (rows - 1) / ((clusters - 1) * (rows - columns))
    return 1.0


def _adjusted_mixed(fit: MixedFit, clusters: Clusters, bread: Array, kind: Kind) -> Adjusted:
    sums = cluster_sums(fit, clusters)
    normal = np.real(sums.shifted(0.0))
    if kind != "CR2":
        return left_out(normal, bread) if kind == "CR3" else unadjusted(normal)
    scaled, working = fit.prepared.scaled, working_covariance(fit)
    fixed, residuals = _plain_rows(fit)
    if scaled.root_weights is not None or fit.residual is not None:
        return adjusted_by_rows(fixed, residuals, clusters, working, bread)
    highest = _largest_variance(fit)
    lone = np.flatnonzero(lone_directions(normal_parts(normal)[0], bread))
    if np.finfo(float).eps * highest**3 <= LONE_NOISE:
        lone = lone[:0]
    check_rows(clusters, lone)
    found = bias_reduced_by_quadrature(sums.shifted, bread, highest)
    for k in lone:
        rows = np.flatnonzero(clusters.codes == k)
        one = bias_reduced(fixed[rows], residuals[rows], working(rows), bread)
        found.scores[k], found.through[k], found.spread[k] = one.scores[0], one.through[0], one.spread[0]
    return found


def _plain_rows(fit: MixedFit) -> tuple[Array, Array]:
    """Return scaled fixed columns and marginal residuals of the rows as they are, not turned."""
    ready, beta = fit.prepared, fit.optimum.at.solved.beta[0]
    if fit.residual is None:
        fixed = ready.scaled.fixed.rows()
        return fixed, ready.scaled.outcomes[:, fit.outcome] - fixed @ beta
    columns = ready.design.fixed[:, list(ready.scaled.kept)]
    left = ready.design.outcomes[:, fit.outcome] - columns @ fit.coefficients
    return columns @ ready.scaled.scaling, left / fit.scale


def working_covariance(fit: MixedFit) -> Working:
    """Return a function of rows (n_i,) that gives their fitted covariance (n_i, n_i), over sigma^2."""
    ready = fit.prepared
    G = [matrix[0] for matrix in covariances(ready.shape, fit.optimum.at.theta)]
    R = None if fit.residual is None else fit.residual.matrix()

    def working(rows: IntArray) -> Array:
        root = ready.scaled.root_weights
        if R is not None:
            V = R[rows][:, rows].toarray()
        else:
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
