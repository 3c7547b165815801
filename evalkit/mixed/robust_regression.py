"""Least squares with a cluster-robust covariance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evalkit.mixed.adjusting import Adjusted, Kind, bias_reduced, check_rows, joined, left_out, unadjusted
from evalkit.mixed.arrays import Array, sums_by
from evalkit.mixed.cluster_effects import effects_of
from evalkit.mixed.clusters import Clusters, clusters_of
from evalkit.mixed.design import DesignFault
from evalkit.mixed.robust import RobustCovariance, variance_factor

# Part of a scaled column outside the earlier ones below which it counts as dependent.
DEPENDENT = 1e-10


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
    Without weights a cluster costs its rows times p^2; with weights CR2 takes its rows cubed, and 10,000
    at most.

    Examples
    --------
    >>> site = np.repeat(np.arange(6), 4)
    >>> X = np.column_stack([np.ones(24), site % 2])
    >>> y = 0.5 * site + np.tile([0.0, 1.0, 0.0, 2.0], 6)
    >>> robust_least_squares(y, X, site).std_errors.round(4).tolist()
    [0.5774, 0.8165]
    """
    clusters = clusters_of(codes, len(y))
    X, y, wide = _checked(X, y, weights)
    length = np.sqrt((X**2).mean(axis=0))
    scaled, root = X / np.where(length == 0, 1.0, length), np.sqrt(wide)
    Q, R = np.linalg.qr(scaled * root[:, None])
    own = np.abs(np.diag(R))
    if own.min() < DEPENDENT * own.max():
        raise DesignFault("columns_depend")
    beta = np.linalg.solve(R, Q.T @ (y * root))
    inverse = np.linalg.inv(R)
    bread = inverse @ inverse.T
    right = np.column_stack([scaled, y - scaled @ beta])
    adjusted = _adjusted_plain(right, wide, clusters, bread, kind)
    factor = variance_factor(kind, clusters.number, len(y), X.shape[1])
    effects = effects_of(adjusted, bread, np.diag(1 / length), 1.0, factor)
    return RobustCovariance(kind, beta / length, effects.covariance, clusters.number, effects)


def _checked(X: Array, y: Array, weights: Array | None) -> tuple[Array, Array, Array]:
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    wide = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=float)
    if X.ndim != 2 or len(X) != len(y) or wide.shape != y.shape or y.ndim != 1:
        raise DesignFault("shapes_disagree")
    if not all(np.isfinite(part).all() for part in (X, y, wide)):
        raise DesignFault("not_finite", part="least_squares")
    if (wide <= 0).any():
        raise DesignFault("weight_not_positive", count=int((wide <= 0).sum()))
    if len(y) <= X.shape[1]:
        raise DesignFault("too_few_rows", rows=len(y), columns=X.shape[1])
    return X, y, wide


def _adjusted_plain(right: Array, weights: Array, clusters: Clusters, bread: Array, kind: Kind) -> Adjusted:
    if kind != "CR2":
        wide = right.shape[1]
        products = (right[:, :, None] * right[:, None] * weights[:, None, None]).reshape(len(right), -1)
        normal = sums_by(clusters.codes, products, clusters.number).reshape(-1, wide, wide)
        return left_out(normal, bread) if kind == "CR3" else unadjusted(normal)
    found, equal = [], bool((weights == weights[0]).all())
    if not equal:
        check_rows(clusters)
    for rows in clusters.rows():
        own, variance = right[rows], 1 / weights[rows]
        if equal and len(rows) > own.shape[1]:
            # Outside the span of X an equally weighted cluster is left as it is, and nothing of it is used.
            own, variance = np.asarray(np.linalg.qr(own, mode="r")), variance[: own.shape[1]]
        found.append(bias_reduced(own[:, :-1], own[:, -1], np.diag(variance), bread))
    return joined(found)
