"""Marks that tell which groups have the same design, whatever the order of their rows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from evalkit.mixed.arrays import Array, IntArray

Bits = npt.NDArray[np.uint64]
# Odd multipliers and shifts of splitmix64 (Steele, Lea & Flood 2014).
_STEP, _MIX1, _MIX2 = (np.uint64(v) for v in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


def row_marks(columns: Iterable[Array | IntArray], rows: int) -> Bits:
    """Return a 64-bit mark of the values that each row has in `columns`, each (n,) or (n, k)."""
    mark = np.full(rows, _STEP, dtype=np.uint64)
    for column in columns:
        for values in column.reshape(rows, -1).T:
            if (values == values[0]).all():
                continue
            mark = _mixed(mark ^ _mixed(_bits(values) + _STEP))
    return mark


def halves(mark: Bits) -> Array:
    """Return a mark as two columns of whole numbers below 2^32, whose sums over rows are exact."""
    return np.column_stack([(mark >> _HALF).astype(float), (mark & _LOW).astype(float)])


def same_marks(sums: Array) -> tuple[IntArray, IntArray]:
    """Number the distinct rows of summed marks.

    Parameters
    ----------
    sums : (groups, 2), sums of `halves` over the rows of each group.

    Returns
    -------
    The number of each group (groups,), and the first group of each number (kinds,). Two designs are
    mistaken for one with probability below groups^2 / 2^64.
    """
    order = np.lexsort((sums[:, 1], sums[:, 0]))
    ranked = sums[order]
    new = np.concatenate([[True], (ranked[1:] != ranked[:-1]).any(axis=1)])
    kind = np.empty(len(sums), dtype=np.intp)
    kind[order] = np.cumsum(new) - 1
    first = np.full(int(new.sum()), len(sums), dtype=np.intp)
    np.minimum.at(first, kind, np.arange(len(sums)))
    return kind, first


def _bits(values: Array | IntArray) -> Bits:
    if values.dtype.kind == "f":
        return (values + 0.0).view(np.uint64)
    return values.astype(np.int64).view(np.uint64)


def _mixed(mark: Bits) -> Bits:
    mark = (mark ^ (mark >> np.uint64(30))) * _MIX1
    mark = (mark ^ (mark >> np.uint64(27))) * _MIX2
    return mark ^ (mark >> np.uint64(31))
