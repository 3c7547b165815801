"""Products of two factors' columns, kept by pair of effects while the number of levels is not known."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from evalkit.mixed.arrays import Array, IntArray, sums_by
from evalkit.mixed.factors import Factor

# Factors that a packed place can name.
FACTORS = 64

Triplets = tuple[IntArray, IntArray, Array]


def pair_products(factors: tuple[Factor, ...], root: Array) -> tuple[IntArray, IntArray, Array]:
    """Return products of leaf and outer columns and among outer columns, summed within the chunk.

    Rows and columns number effects as (factor, level, effect), packed into one integer each, since the
    number of levels is not known yet.
    """
    rows: list[IntArray] = [np.empty(0, dtype=np.intp)]
    cols: list[IntArray] = [np.empty(0, dtype=np.intp)]
    values: list[Array] = [np.empty(0)]
    columns = [factor.columns * root for factor in factors]
    for a, one in enumerate(factors):
        for b, other in enumerate(factors[max(a, 1) :], start=max(a, 1)):
            left, right, data = _pair(one, other, columns[a], columns[b])
            rows.append(left * FACTORS + a)
            cols.append(right * FACTORS + b)
            values.append(data)
    return np.concatenate(rows), np.concatenate(cols), np.concatenate(values)


def _pair(one: Factor, other: Factor, u: Array, v: Array) -> tuple[IntArray, IntArray, Array]:
    """Return products of two factors' columns by pair of effects that occur together.

    Pairs of levels are numbered by the rows that first hold them, so that a nested pair costs its inner
    levels alone.
    """
    first, level = _levels(one.codes)
    parent = other.codes[first]
    pair, starts = level, first
    if (parent[level] != other.codes).any():
        joint = level * (int(other.codes.max()) + 1) + other.codes
        _, starts, pair = np.unique(joint, return_index=True, return_inverse=True)
    products = sums_by(pair.ravel(), (u[:, :, None] * v[:, None, :]).reshape(len(u), -1), len(starts))
    left = one.codes[starts][:, None, None] * one.size + np.arange(one.size)[:, None]
    right = other.codes[starts][:, None, None] * other.size + np.arange(other.size)
    left, right = np.broadcast_arrays(left, right)
    return left.ravel().astype(np.intp), right.ravel().astype(np.intp), products.ravel()


def _levels(codes: IntArray) -> tuple[IntArray, IntArray]:
    """Return a row of each level that occurs, and the number of each row's level among these."""
    low = int(codes.min())
    row = np.full(int(codes.max()) - low + 1, -1, dtype=np.intp)
    row[codes - low] = np.arange(len(codes))
    there = row >= 0
    number = np.cumsum(there) - 1
    return row[there], number[codes - low].astype(np.intp)


def placed_products(
    parts: list[Triplets], factors: tuple[Factor, ...], cells: IntArray, mean_weight: float
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Return Z'U of the chosen cells, and U'U, from the products of all chunks."""
    starts = np.concatenate([[0], np.cumsum([factor.levels * factor.size for factor in factors[1:]])])
    left, right, data = (np.concatenate([part[k] for part in parts]) for k in range(3))
    data = data / mean_weight
    a, b = left % FACTORS, right % FACTORS
    columns = right // FACTORS + starts[np.maximum(b - 1, 0)]
    size, number = factors[0].size, int(starts[-1])
    inside = a == 0
    place = np.full(factors[0].levels, -1, dtype=np.intp)
    place[cells] = np.arange(len(cells))
    level, effect = np.divmod(left[inside] // FACTORS, size)
    there = place[level] >= 0
    rows = place[level[there]] * size + effect[there]
    shape = (len(cells) * size, number)
    cross = sparse.csr_matrix((data[inside][there], (rows, columns[inside][there])), shape=shape)
    rows = left[~inside] // FACTORS + starts[np.maximum(a[~inside] - 1, 0)]
    half = sparse.csr_matrix((data[~inside], (rows, columns[~inside])), shape=(number, number))
    same = a[~inside] == b[~inside]
    own = sparse.csr_matrix(
        (data[~inside][same], (rows[same], columns[~inside][same])), shape=(number, number)
    )
    return cross, sparse.csr_matrix(half + half.T - own)
