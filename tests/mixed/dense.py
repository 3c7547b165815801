"""The textbook's mixed model with n x n matrices: slow, and short enough to be trusted."""

from __future__ import annotations

import numpy as np

from evalkit.mixed.arrays import Array
from evalkit.mixed.design import RandomTerm


def covariance_parts(terms: tuple[RandomTerm, ...], rows: int) -> list[list[tuple[int, int, Array]]]:
    """Return by term the matrices dV / dG_ij, i >= j, each n x n."""
    found = []
    for term in terms:
        same = term.codes[:, None] == term.codes[None, :]
        parts = []
        size = term.columns.shape[1]
        for i in range(size):
            for j in range(i + 1):
                if i != j and not term.correlated:
                    continue
                outer = np.outer(term.columns[:, i], term.columns[:, j])
                parts.append((i, j, same * (outer if i == j else outer + outer.T)))
        found.append(parts)
    assert all(part[2].shape == (rows, rows) for parts in found for part in parts)
    return found


def dense_v(terms: tuple[RandomTerm, ...], covariances: list[Array], weights: Array) -> Array:
    """Return V of y with residual variance 1 / weights."""
    V = np.diag(1 / weights)
    for parts, G in zip(covariance_parts(terms, len(weights)), covariances, strict=True):
        for i, j, D in parts:
            V += G[i, j] * D
    return V


def dense_criterion(y: Array, X: Array, V: Array, reml: bool) -> float:
    """Return the criterion profiled over sigma: minus twice the log-likelihood."""
    inverse = np.linalg.inv(V)
    normal = X.T @ inverse @ X
    beta = np.linalg.solve(normal, X.T @ inverse @ y)
    rest = y - X @ beta
    df = len(y) - (X.shape[1] if reml else 0)
    rss = float(rest @ inverse @ rest)
    value = np.linalg.slogdet(V)[1] + df * (1 + np.log(2 * np.pi * rss / df))
    return float(value + (np.linalg.slogdet(normal)[1] if reml else 0.0))
