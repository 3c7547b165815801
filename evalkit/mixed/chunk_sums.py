"""Sums of one chunk: all that a fit needs of its rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.mixed.arrays import Array, IntArray, pack
from evalkit.mixed.chunk_pairs import PairSums, pair_sums
from evalkit.mixed.chunk_scales import Chunk, ChunkScales, check_values, columns_of
from evalkit.mixed.hashing import Bits, halves, row_marks
from evalkit.mixed.scaling import parts_of
from evalkit.mixed.sums import add_by_group, products_of


@dataclass(frozen=True)
class GroupSums:
    """Hold sums by level of a grouping, for the levels that the chunk holds.

    Parameters
    ----------
    products : (levels, q (p + 1)), Z'X and Z'y. squares : (levels, q (q + 1) / 2), Z'Z packed.
    marks : (levels, 4), of the level's design alone, and of its place among the other groupings too.
    """

    products: Array
    squares: Array
    marks: Array


@dataclass(frozen=True)
class ChunkSums:
    """Hold sums of a chunk.

    Parameters
    ----------
    rows : n. log_weights, inverse_weights : sums over rows.
    gram : (p + 1, p + 1), weighted products of fixed columns and outcome.
    plain : (p + 1, p + 1), products of a one and the fixed columns, without weights.
    groups : by grouping, in order of appearance; each chunk has levels of its own.
    plain_squares : by grouping (q (q + 1) / 2,), Z'Z without weights over all rows.
    pairs : by pair of groupings (0, 1), (0, 2), (1, 2) and so on.
    """

    rows: int
    log_weights: float
    inverse_weights: float
    gram: Array
    plain: Array
    groups: tuple[GroupSums, ...]
    plain_squares: tuple[Array, ...]
    pairs: tuple[PairSums, ...]


def sum_chunk(chunk: Chunk, scales: ChunkScales) -> ChunkSums:
    """Sum a chunk.

    Parameters
    ----------
    chunk : with codes from 0, every level with rows, and keys.
    scales : of the first chunk.

    Raises
    ------
    DesignFault
        Values that are not finite, weights of zero or below.
    """
    check_values(chunk)
    codes = [_codes(chunk, factor.name) for factor in scales.factors]
    columns = [columns_of(chunk.terms, factor.name) @ factor.scaling for factor in scales.factors]
    weights = np.ones(len(chunk.y)) if chunk.weights is None else chunk.weights
    levels, p = [int(own.max()) + 1 for own in codes], scales.number
    products = [np.zeros((n, z.shape[1] * (p + 1))) for n, z in zip(levels, columns, strict=True)]
    squares = [
        np.zeros((n, z.shape[1] * (z.shape[1] + 1) // 2)) for n, z in zip(levels, columns, strict=True)
    ]
    plain_squares = [np.zeros(total.shape[1]) for total in squares]
    gram, plain = np.zeros((p + 1, p + 1)), np.zeros((p + 1, p + 1))
    for part in parts_of(len(chunk.y)):
        y = (chunk.y[part] - chunk.X[part] @ scales.shift) / scales.scale
        right = np.column_stack([chunk.X[part] @ scales.X, y])
        weighted = right * weights[part, None]
        gram += right.T @ weighted
        right[:, p] = 1.0
        plain += right.T @ right
        for k, (own, z) in enumerate(zip(codes, columns, strict=True)):
            square = pack(z[part, :, None] * z[part, None, :])
            plain_squares[k] += square.sum(axis=0)
            add_by_group(products[k], own[part], products_of(z[part], weighted))
            add_by_group(squares[k], own[part], square * weights[part, None])
    marks = _marks(chunk, scales, codes, levels, weights)
    return ChunkSums(
        len(chunk.y),
        float(np.log(weights).sum()),
        float((1 / weights).sum()),
        gram,
        plain,
        tuple(GroupSums(*sums) for sums in zip(products, squares, marks, strict=True)),
        tuple(plain_squares),
        pair_sums(codes, columns, np.sqrt(weights)[:, None]),
    )


def _codes(chunk: Chunk, name: str) -> IntArray:
    return next(term.codes for term in chunk.terms if term.name == name)


def _marks(
    chunk: Chunk, scales: ChunkScales, codes: list[IntArray], levels: list[int], weights: Array
) -> list[Array]:
    """Return marks by level from columns as given: the same in every chunk to the last bit.

    Whichever grouping turns out to be the leaf, its levels must be comparable, so each has marks.
    """
    raw = [[*columns_of(chunk.terms, factor.name).T] for factor in scales.factors]
    keys = chunk.keys or tuple(np.arange(n, dtype=np.uint64) for n in levels)
    marks = [np.zeros((n, 4)) for n in levels]
    for part in parts_of(len(chunk.y)):
        named: list[Array | Bits] = [key[own[part]] for key, own in zip(keys, codes, strict=True)]
        cut = [[_once(column[part]) for column in own] for own in raw]
        weight = _once(weights[part])
        for k, total in enumerate(marks):
            inside = row_marks([*cut[k], weight], None, slice(None))
            others = [c for j, own in enumerate(cut) if j != k for c in (named[j], *own)]
            whole = row_marks(others, inside, slice(None))
            found = np.empty((part.stop - part.start, 4))
            found[:, 0], found[:, 1] = halves(inside)
            found[:, 2], found[:, 3] = halves(whole)
            add_by_group(total, codes[k][part], found)
    return marks


def _once(values: Array) -> Array:
    """Return one value of a column that is constant here, whose mark is then worked out once."""
    return values[:1] if (values[0] == values).all() else values
