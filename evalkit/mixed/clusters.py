"""Clusters of rows that count as independent of one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.mixed.arrays import IntArray
from evalkit.mixed.design import DesignFault
from evalkit.mixed.factors import Factor


@dataclass(frozen=True)
class Clusters:
    """Hold the cluster of each row.

    Parameters
    ----------
    codes : (n,), from 0, every cluster with rows.
    labels : (C,), the code that was given for each cluster.
    """

    codes: IntArray
    labels: IntArray

    @property
    def number(self) -> int:
        """Return C."""
        return len(self.labels)

    def rows(self) -> list[IntArray]:
        """Return the rows of each cluster."""
        order = np.argsort(self.codes, kind="stable")
        ends = np.cumsum(np.bincount(self.codes, minlength=self.number))
        return np.split(order, ends[:-1])


def clusters_of(codes: npt.ArrayLike, rows: int) -> Clusters:
    """Number clusters from 0.

    Parameters
    ----------
    codes : (n,) integers, which may leave numbers out.
    rows : n, that the model has.

    Raises
    ------
    DesignFault
        Codes of another length, or a single cluster.

    Examples
    --------
    >>> clusters_of([7, 3, 7], 3).codes.tolist()
    [1, 0, 1]
    """
    given = np.asarray(codes)
    if given.shape != (rows,):
        raise DesignFault("shapes_disagree")
    labels, dense = np.unique(given, return_inverse=True)
    if len(labels) < 2:
        raise DesignFault("one_cluster")
    return Clusters(dense.astype(np.intp).reshape(rows), labels)


def check_nested(clusters: Clusters, factors: Sequence[Factor]) -> None:
    """Refuse clusters that share a group: their rows are not independent.

    Raises
    ------
    DesignFault
        When some group of a factor has rows in several clusters.
    """
    for factor in factors:
        if cluster_of_levels(clusters, factor) is None:
            raise DesignFault("cluster_cuts_groups", term=factor.name)


def cluster_of_levels(clusters: Clusters, factor: Factor) -> IntArray | None:
    """Return the cluster of each level of a factor, or None when some level has several."""
    parent = np.empty(factor.levels, dtype=np.intp)
    parent[factor.codes] = clusters.codes
    return parent if (parent[factor.codes] == clusters.codes).all() else None
