"""Tests of fixed effects that hold with few clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from evalkit.mixed.arrays import Array
from evalkit.mixed.cluster_effects import hotelling_df, satterthwaite_df
from evalkit.mixed.design import DesignFault
from evalkit.mixed.robust import RobustCovariance
from evalkit.mixed.wald import ContrastTests

DegreesOfFreedom = Literal["satterthwaite", "clusters", "infinite"]


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


def robust_t(
    robust: RobustCovariance, L: Array, df: DegreesOfFreedom = "satterthwaite", level: float = 0.95
) -> ContrastTests:
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
    low, high = estimate - half, estimate + half
    return ContrastTests(estimate, std_error, found, statistic, p_value, low, high, robust.kind)


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
