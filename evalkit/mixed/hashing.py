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


def varying(columns: Iterable[Array | IntArray]) -> list[Array | IntArray]:
    """Return the single columns (n,) that are not constant, of arrays (n,) or (n, k)."""
    single = [values for column in columns for values in (column.T if column.ndim > 1 else [column])]
    return [values for values in single if (values[0] != values).any()]


def row_marks(columns: Iterable[Array | IntArray | Bits], start: Bits | None, part: slice) -> Bits:
    """Return a 64-bit mark of the values that each row of `part` has in `columns`, each (n,).

    Parameters
    ----------
    start : marks of other columns to go on from.
    """
    mark = start
    for values in columns:
        bits = _mixed(_bits(values[part]) + _STEP)
        mark = bits if mark is None else _mixed((mark * _MIX1) ^ bits)
    return mark if mark is not None else np.full(1, _STEP, dtype=np.uint64)


def halves(mark: Bits) -> tuple[Bits, Bits]:
    """Return a mark as two whole numbers below 2^32, whose sums over rows are exact in floats."""
    return mark >> _HALF, mark & _LOW


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


def _bits(values: Array | IntArray | Bits) -> Bits:
    if values.dtype.kind == "f":
        return (values + 0.0).view(np.uint64)
    return values.astype(np.int64).view(np.uint64)


def _mixed(mark: Bits) -> Bits:
    mark = (mark ^ (mark >> np.uint64(30))) * _MIX1
    mark = (mark ^ (mark >> np.uint64(27))) * _MIX2
    return mark ^ (mark >> np.uint64(31))
