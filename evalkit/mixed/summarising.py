"""Compress sums by leaf to patterns, and stack what is left of the outer factors."""

from __future__ import annotations

import numpy as np

from evalkit.mixed.arrays import Array, IntArray, pairs, sums_by
from evalkit.mixed.factors import Factor
from evalkit.mixed.packing import packed_products
from evalkit.mixed.stacking import stack_blocks
from evalkit.mixed.summary import Leaves, Summary
from evalkit.mixed.sums import Sums


def summarise(sums: Sums, factors: tuple[Factor, ...]) -> Summary:
    """Compress sums by leaf to patterns and stack the blocks of outer effects."""
    cell_x = _by_cell(sums.leaf_x, sums)
    cell_y = _by_cell(sums.leaf_y, sums)
    leaves_of_cell = np.bincount(sums.cell, minlength=len(sums.pattern)).astype(float)
    leaves = Leaves(
        sums.pattern_zz,
        np.bincount(sums.pattern, leaves_of_cell, len(sums.pattern_zz)).astype(float),
        *_grams(sums),
    )
    stacks = stack_blocks(sums, factors, cell_x, cell_y, leaves_of_cell) if len(factors) > 1 else ()
    return Summary(sums.rows, factors, sums.xx, sums.xy.T.copy(), sums.yy, leaves, stacks)


def _by_cell(values: Array, sums: Sums) -> Array:
    cells, shape = len(sums.pattern), values.shape[1:]
    if cells == len(values):
        return values[np.argsort(sums.cell)]
    return sums_by(sums.cell, values.reshape(len(values), -1), cells).reshape(cells, *shape)


def _grams(sums: Sums) -> tuple[Array, Array, Array]:
    """Sum the packed products of Z'X and Z'Y by pattern."""
    kinds, pattern = len(sums.pattern_zz), sums.pattern[sums.cell]
    x, y = sums.leaf_x, sums.leaf_y
    size, p, outcomes = x.shape[1], x.shape[2], y.shape[2]
    packed = size * (size + 1) // 2
    make = _products_of_few if kinds * 8 <= len(pattern) else _products_of_many
    xx, xy = make(x, x, pattern, kinds), make(x, y, pattern, kinds)
    i, j = pairs(size)
    yy = _total(y[:, i] * y[:, j] * np.where(i == j, 1.0, 2.0)[:, None], pattern, kinds)
    return (
        xx.reshape(kinds * packed, p * p),
        np.moveaxis(xy.reshape(kinds * packed, p, outcomes), -1, 0).copy(),
        yy.reshape(kinds * packed, outcomes).T[:, :, None].copy(),
    )


def _total(products: Array, pattern: IntArray, kinds: int) -> Array:
    flat = products.reshape(len(products), -1)
    return flat[np.argsort(pattern)] if kinds == len(flat) else sums_by(pattern, flat, kinds)


def _products_of_many(left: Array, right: Array, pattern: IntArray, kinds: int) -> Array:
    """Return packed products summed by pattern, where few leaves share one: (K, q2 a b)."""
    return _total(packed_products(left, right), pattern, kinds)


def _products_of_few(left: Array, right: Array, pattern: IntArray, kinds: int) -> Array:
    """Return the same where many leaves share a pattern: one matrix product a pattern."""
    size, a, b = left.shape[1], left.shape[2], right.shape[2]
    order = np.argsort(pattern, kind="stable")
    ends = np.concatenate([[0], np.cumsum(np.bincount(pattern, minlength=kinds))])
    one, two = left[order].reshape(len(left), -1), right[order].reshape(len(right), -1)
    i, j = pairs(size)
    found = np.empty((kinds, len(i), a, b))
    for k in range(kinds):
        part = slice(ends[k], ends[k + 1])
        full = (one[part].T @ two[part]).reshape(size, a, size, b)
        both = full[i, :, j] + np.where(i == j, 0.0, 1.0)[:, None, None] * full[j, :, i]
        found[k] = both
    return found
