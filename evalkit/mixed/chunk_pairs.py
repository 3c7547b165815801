"""Products of two groupings' columns by pair of levels that occur together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from evalkit.mixed.arrays import Array, IntArray, sums_by
from evalkit.mixed.factors import Factor

# Pairs not yet summed with others before they are: few calls, and memory by pairs and not by rows.
PENDING = 1_000_000


@dataclass(frozen=True)
class PairSums:
    """Hold sums by pair of levels.

    Parameters
    ----------
    left, right : (m,), levels of the one and the other grouping. products : (m, q1, q2).
    """

    left: IntArray
    right: IntArray
    products: Array


def pair_sums(codes: list[IntArray], columns: list[Array], root: Array) -> tuple[PairSums, ...]:
    """Return sums of products by pair of levels, for each pair of groupings.

    Parameters
    ----------
    codes, columns : by grouping, (n,) and (n, q). root : (n, 1), roots of weights.
    """
    weighted = [z * root for z in columns]
    number = range(len(codes))
    return tuple(_pair(codes[a], codes[b], weighted[a], weighted[b]) for a in number for b in number if a < b)


def _pair(one: IntArray, other: IntArray, u: Array, v: Array) -> PairSums:
    """Sum by pair; where one is nested in the other, by its levels alone."""
    for inner, outer in ((one, other), (other, one)):
        row = np.empty(int(inner.max()) + 1, dtype=np.intp)
        row[inner] = np.arange(len(inner))
        if (outer[row][inner] == outer).all():
            return _summed(inner, row, one, other, u, v)
    joint = one * (int(other.max()) + 1) + other
    _, first, pair = np.unique(joint, return_index=True, return_inverse=True)
    return _summed(pair.ravel().astype(np.intp), first, one, other, u, v)


def _summed(pair: IntArray, first: IntArray, one: IntArray, other: IntArray, u: Array, v: Array) -> PairSums:
    shape = (len(first), u.shape[1], v.shape[1])
    products = sums_by(pair, (u[:, :, None] * v[:, None, :]).reshape(len(u), -1), len(first))
    return PairSums(one[first], other[first], products.reshape(shape))


class PairTotals:
    """Add up the pairs of chunks; the levels are those of all chunks."""

    def __init__(self) -> None:
        self.parts: list[PairSums] = []
        self.pending = 0

    def add(self, sums: PairSums, left: IntArray, right: IntArray) -> None:
        """Add a chunk's pairs; `left` and `right` give the level over all of each of its levels."""
        self.parts.append(PairSums(left[sums.left], right[sums.right], sums.products))
        self.pending += len(sums.left)
        if self.pending > max(PENDING, len(self.parts[0].left)):
            self.parts, self.pending = [self.total()], 0

    def total(self) -> PairSums:
        """Return the sums, each pair once."""
        left, right = (
            np.concatenate([getattr(part, side) for part in self.parts]) for side in ("left", "right")
        )
        values = np.concatenate([part.products for part in self.parts])
        joint = left * (int(right.max()) + 1) + right
        known, pair = np.unique(joint, return_inverse=True)
        flat = sums_by(pair.ravel().astype(np.intp), values.reshape(len(values), -1), len(known))
        one, other = np.divmod(known, int(right.max()) + 1)
        return PairSums(one, other, flat.reshape(len(known), *values.shape[1:]))


def placed(pairs: PairSums, one: Factor, other: Factor) -> sparse.csr_matrix:
    """Return pairs as a sparse matrix, (levels q1, levels q2)."""
    left = pairs.left[:, None, None] * one.size + np.arange(one.size)[:, None]
    right = pairs.right[:, None, None] * other.size + np.arange(other.size)
    left, right = np.broadcast_arrays(left, right)
    shape = (one.levels * one.size, other.levels * other.size)
    return sparse.csr_matrix((pairs.products.ravel(), (left.ravel(), right.ravel())), shape=shape)


def turned(pairs: PairSums) -> PairSums:
    """Return the same with the two groupings exchanged."""
    return PairSums(pairs.right, pairs.left, np.swapaxes(pairs.products, 1, 2))
