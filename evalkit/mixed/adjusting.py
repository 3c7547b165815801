"""How much each cluster moves the coefficients: residuals adjusted for having been fitted (CR0 to CR3).

Clusters are independent, with working covariance V_i and W_i = V_i^-1. With M = (sum X_i'W_i X_i)^-1, the
residuals of a cluster have covariance B_i = V_i - X_i M X_i' if the working covariance is right. A kind of
estimate is a matrix A_i for each cluster, in E_i = X_i'W_i A_i; what tests need of it is small.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from evalkit.mixed.arrays import Array, IntArray, transpose
from evalkit.mixed.clusters import Clusters
from evalkit.mixed.design import DesignFault

Kind = Literal["CR0", "CR1", "CR1S", "CR2", "CR3"]
Working = Callable[[IntArray], Array]

# A direction of the coefficients of which a cluster holds all but this share of the information is its own.
LONE = 1e-9
# Rows of a cluster whose matrices still fit into memory, at 0.8 GB each.
MOST_ROWS = 10_000


@dataclass(frozen=True)
class Adjusted:
    """Hold what adjustment leaves of each cluster.

    Parameters
    ----------
    scores : (C, p), E_i e_i with residuals e_i.
    through : (C, p, p), E_i X_i.
    spread : (C, p, p), E_i V_i E_i'.
    """

    scores: Array
    through: Array
    spread: Array


def normal_parts(normal: Array) -> tuple[Array, Array]:
    """Split [X e]'[..][X e], (C, p + 1, p + 1), into its X'X part and its X'e part."""
    return normal[:, :-1, :-1], normal[:, :-1, -1]


def unadjusted(normal: Array) -> Adjusted:
    """Return A_i = I, for CR0 and CR1.

    Parameters
    ----------
    normal : (C, p + 1, p + 1), [X e]'W [X e] by cluster.
    """
    xx, xe = normal_parts(normal)
    return Adjusted(xe, xx, xx)


def left_out(normal: Array, bread: Array) -> Adjusted:
    """Return A_i = (I - H_i)^-1, for CR3: the residuals from a fit without the cluster.

    E_i = (I - X_i'W_i X_i M)^-1 X_i'W_i, so that only p x p matrices are inverted.

    Parameters
    ----------
    normal : as for `unadjusted`. bread : (p, p), M.

    Raises
    ------
    DesignFault
        When coefficients cannot be estimated without some cluster.
    """
    xx, xe = normal_parts(normal)
    if lone_directions(xx, bread).any():
        raise DesignFault("cluster_needed")
    rest = np.asarray(np.linalg.inv(np.eye(len(bread)) - xx @ bread), dtype=np.float64)
    through = rest @ xx
    return Adjusted((rest @ xe[..., None])[..., 0], through, through @ transpose(rest))


def shares(xx: Array, bread: Array) -> tuple[Array, Array]:
    """Return eigenvalues (C, p), rising, and eigenvectors of a cluster's share in the information."""
    root = np.linalg.cholesky(bread)
    values, vectors = np.linalg.eigh(root.T @ xx @ root)
    return values, root @ vectors


def lone_directions(xx: Array, bread: Array) -> npt.NDArray[np.intp]:
    """Return how many directions of the coefficients each cluster alone identifies: (C,)."""
    return np.asarray((shares(xx, bread)[0] > 1 - LONE).sum(axis=1))


def bias_reduced(X: Array, residuals: Array, covariance: Array, bread: Array) -> Adjusted:
    """Return Bell and McCaffrey's adjustment of one cluster, for CR2: A B A' = V where B has full rank.

    A = D'(D B D')^(+1/2) D with V = D'D, by eigenvalues of an n x n matrix. A does not depend on which root
    D is taken. Null directions of B, which belong to coefficients that this cluster alone identifies, are
    left out (a pseudoinverse).

    Parameters
    ----------
    X : (n, p). residuals : (n,). covariance : (n, n), V. bread : (p, p), M.

    References
    ----------
    Bell & McCaffrey 2002, Survey Methodology 28:169; Pustejovsky & Tipton 2018, Journal of Business &
    Economic Statistics 36:672, for GLS and for the pseudoinverse.
    """
    L = np.linalg.cholesky(covariance)
    whitened = np.linalg.solve(L, np.column_stack([X, residuals]))
    lone = int(lone_directions((whitened[:, :-1].T @ whitened[:, :-1])[None], bread)[0])
    moved = L.T @ X
    squared = L.T @ L
    values, vectors = np.linalg.eigh(squared @ squared - moved @ bread @ moved.T)
    inverse = np.concatenate([np.zeros(lone), 1 / np.sqrt(values[lone:])])
    E = whitened[:, :-1].T @ (vectors * inverse) @ vectors.T @ L.T
    half = E @ L
    return Adjusted((E @ residuals)[None], (E @ X)[None], (half @ half.T)[None])


def adjusted_by_rows(
    X: Array, residuals: Array, clusters: Clusters, working: Working, bread: Array, kind: Kind = "CR2"
) -> Adjusted:
    """Adjust residuals of any generalised least squares fit, cluster by cluster.

    Parameters
    ----------
    X : (n, p). residuals : (n,).
    working : of rows (n_i,), their working covariance V_i (n_i, n_i).
    bread : (p, p), (sum X_i'V_i^-1 X_i)^-1.

    Raises
    ------
    DesignFault
        Clusters of more than `MOST_ROWS` rows; CR3 where a cluster alone carries a coefficient.
    """
    check_rows(clusters)
    found = [_one_cluster(X[rows], residuals[rows], working(rows), bread, kind) for rows in clusters.rows()]
    return joined(found)


def _one_cluster(X: Array, residuals: Array, covariance: Array, bread: Array, kind: Kind) -> Adjusted:
    if kind == "CR2":
        return bias_reduced(X, residuals, covariance, bread)
    right = np.column_stack([X, residuals])
    normal = (right.T @ np.linalg.solve(covariance, right))[None]
    return left_out(normal, bread) if kind == "CR3" else unadjusted(normal)


def check_rows(clusters: Clusters, chosen: IntArray | None = None) -> None:
    """Refuse clusters whose matrices would not fit into memory.

    Parameters
    ----------
    chosen : numbers of the clusters that are worked by rows; all by default.

    Raises
    ------
    DesignFault
        When a cluster has more than `MOST_ROWS` rows.
    """
    counts = np.bincount(clusters.codes)
    rows = int((counts if chosen is None else counts[chosen]).max(initial=0))
    if rows > MOST_ROWS:
        raise DesignFault("cluster_too_large", rows=rows, most=MOST_ROWS)


def joined(found: list[Adjusted]) -> Adjusted:
    """Return clusters adjusted one by one as one."""
    return Adjusted(
        np.concatenate([one.scores for one in found]),
        np.concatenate([one.through for one in found]),
        np.concatenate([one.spread for one in found]),
    )
