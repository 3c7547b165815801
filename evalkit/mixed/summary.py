"""The summary that a fit works on: leaves compressed to patterns, outer effects stacked in blocks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from evalkit.mixed.arrays import Array, IntArray, pairs, sums_by
from evalkit.mixed.components import Layout, components, counts_by_component, entry_places, layout_of
from evalkit.mixed.factors import Factor
from evalkit.mixed.sums import Sums

# A block wider than this, or with larger tables, keeps its products sparse.
WIDEST_DENSE = 64
MOST_NUMBERS = 4_000_000


@dataclass(frozen=True)
class Leaves:
    """Hold the leaves by pattern: all that the innermost factor's elimination needs.

    Products stand packed: q2 = q (q + 1) / 2 rows a pattern, so that a sum over leaves of M' K M is a
    product with the packed K.

    Parameters
    ----------
    zz : (K, q, q), Z'Z of each pattern.
    counts : (K,), leaves of each pattern.
    xx, xy, yy : (K q2, p p), (B, K q2, p), (B, K q2, 1), products of Z'X and Z'Y, summed by pattern.
    """

    zz: Array
    counts: Array
    xx: Array
    xy: Array
    yy: Array


@dataclass(frozen=True)
class Stack:
    """Hold S blocks of m outer effects, each with at most L cells.

    Parameters
    ----------
    layout : where the effects stand.
    places : by free element of the outer covariances, where it stands in a block.
    pattern : (S, L), pattern of each cell; 0 with empty tables where a block has fewer cells.
    uu, ux, uy : (S, m, m), (S, m, p), (B, S, m), products before elimination of the leaves.
    by_cell : (S, L q2, m m + m p), packed products of Z'U with Z'U and Z'X, times leaves.
    by_cell_y : (B, S, L q2, m), packed products of Z'U and Z'Y.
    wide : for a single wide block: Z'U sparse (C q, m), leaves (C,), Z'X (C, q, p), Z'Y (C, q, B);
        then the tables by cell are empty.
    """

    layout: Layout
    places: tuple[tuple[IntArray, IntArray], ...]
    pattern: IntArray
    uu: Array
    ux: Array
    uy: Array
    by_cell: Array
    by_cell_y: Array
    wide: tuple[sparse.csr_matrix, Array, Array, Array] | None


@dataclass(frozen=True)
class Summary:
    """Hold what the criterion and its derivatives are computed from.

    Parameters
    ----------
    rows : n.
    factors : leaf first.
    xx, xy, yy : (p, p), (B, p), (B,), products over all rows.
    leaves : by pattern.
    stacks : blocks of outer effects; none for a single grouping factor.
    """

    rows: int
    factors: tuple[Factor, ...]
    xx: Array
    xy: Array
    yy: Array
    leaves: Leaves
    stacks: tuple[Stack, ...]

    @property
    def columns(self) -> int:
        """Return p, the fixed columns."""
        return len(self.xx)

    @property
    def outcomes(self) -> int:
        """Return B."""
        return len(self.yy)

    def of_outcomes(self, chosen: IntArray) -> Summary:
        """Return the summary for some of the outcomes."""
        leaves = replace(self.leaves, xy=self.leaves.xy[chosen], yy=self.leaves.yy[chosen])
        stacks = tuple(_stack_of_outcomes(stack, chosen) for stack in self.stacks)
        return replace(self, xy=self.xy[chosen], yy=self.yy[chosen], leaves=leaves, stacks=stacks)


def _stack_of_outcomes(stack: Stack, chosen: IntArray) -> Stack:
    wide = stack.wide
    if wide is not None:
        wide = (*wide[:3], wide[3][:, :, chosen])
    return replace(stack, uy=stack.uy[chosen], by_cell_y=stack.by_cell_y[chosen], wide=wide)


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
    stacks = _stacks(sums, factors, cell_x, cell_y, leaves_of_cell) if len(factors) > 1 else ()
    return Summary(sums.rows, factors, sums.xx, sums.xy.T.copy(), sums.yy, leaves, stacks)


def _by_cell(values: Array, sums: Sums) -> Array:
    cells, shape = len(sums.pattern), values.shape[1:]
    if cells == len(values):
        return values[np.argsort(sums.cell)]
    return sums_by(sums.cell, values.reshape(len(values), -1), cells).reshape(cells, *shape)


def packed_products(left: Array, right: Array) -> Array:
    """Return products of two sets of columns, packed over the q effects of the leaf.

    Parameters
    ----------
    left, right : (N, q, a), (N, q, b).

    Returns
    -------
    (N, q2, a, b): for i <= j, left_i right_j + left_j right_i (once where i = j), so that the sum over
    packed rows with a symmetric K gives left' K right.
    """
    i, j = pairs(left.shape[1])
    products: Array = left[:, i, :, None] * right[:, j, None, :]
    apart = np.flatnonzero(i != j)
    products[:, apart] += left[:, j[apart], :, None] * right[:, i[apart], None, :]
    return products


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


def _stacks(
    sums: Sums, factors: tuple[Factor, ...], cell_x: Array, cell_y: Array, leaves: Array
) -> tuple[Stack, ...]:
    outer, size = factors[1:], factors[0].size
    cell_label, level_label = components(outer, sums.cross, size)
    number = int(level_label.max()) + 1
    counts = counts_by_component(outer, level_label, number)
    cells = np.bincount(cell_label, minlength=number)
    widths = counts @ np.array([factor.size for factor in outer])
    # A level without rows, of a leaf or outside, hangs together with nothing and adds nothing.
    joined = (widths > 0) & (cells > 0)
    keys = np.ceil(np.log2(np.maximum(np.column_stack([widths, cells]), 1)))
    wide = (widths > WIDEST_DENSE) | (cells * widths**2 * size * (size + 1) / 2 > MOST_NUMBERS)
    keys[wide, 0] = 1000 + np.arange(int(wide.sum()))
    found = []
    for key in np.unique(keys[joined], axis=0):
        chosen = np.flatnonzero((keys == key).all(axis=1) & joined)
        layout = layout_of(outer, level_label, chosen, counts)
        places = entry_places(layout, outer)
        members = _members(cell_label, chosen, number)
        make = _wide_stack if wide[chosen[0]] else _dense_stack
        found.append(make(sums, layout, places, members, (cell_x, cell_y, leaves)))
    return tuple(found)


def _members(cell_label: IntArray, chosen: IntArray, number: int) -> IntArray:
    """Return the cells of each chosen component, padded with -1: (S, L)."""
    place = np.full(number, -1, dtype=np.intp)
    place[chosen] = np.arange(len(chosen))
    cells = np.flatnonzero(place[cell_label] >= 0)
    block = place[cell_label[cells]]
    order = np.argsort(block, kind="stable")
    sizes = np.bincount(block, minlength=len(chosen))
    starts = np.concatenate([[0], np.cumsum(sizes)])
    members = np.full((len(chosen), int(sizes.max())), -1, dtype=np.intp)
    members[block[order], np.arange(len(cells)) - starts[block[order]]] = cells[order]
    return members


def _dense_outer(sums: Sums, layout: Layout) -> tuple[Array, Array, Array]:
    """Gather the outer products of the stacked blocks: uu, ux, uy."""
    dims, there = np.maximum(layout.dims, 0), layout.dims >= 0
    blocks, width = dims.shape
    rows, cols = np.repeat(dims, width, axis=1).ravel(), np.tile(dims, (1, width)).ravel()
    uu = np.asarray(sums.uu[rows, cols]).reshape(blocks, width, width)
    uu = uu * (there[:, :, None] & there[:, None, :])
    ux = sums.ux[dims] * there[:, :, None]
    uy = np.moveaxis(sums.uy[dims] * there[:, :, None], -1, 0)
    return uu, ux, uy


def _dense_stack(
    sums: Sums,
    layout: Layout,
    places: tuple[tuple[IntArray, IntArray], ...],
    members: IntArray,
    by_cell: tuple[Array, Array, Array],
) -> Stack:
    cell_x, cell_y, leaves = by_cell
    blocks, most = members.shape
    width, size, p = layout.width, cell_x.shape[1], cell_x.shape[2]
    there = (members >= 0)[:, :, None, None]
    cell = np.maximum(members, 0)
    flat = cell.ravel()
    zu = _cell_cross(sums.cross, cell, layout.dims, size).reshape(-1, size, width)
    counted = (leaves[cell] * (members >= 0)).reshape(-1, 1, 1, 1)
    uu = packed_products(zu, zu) * counted
    x = (cell_x[cell] * there).reshape(len(flat), size, p)
    y = (cell_y[cell] * there).reshape(len(flat), size, -1)
    ux, uy = packed_products(zu, x), packed_products(zu, y)
    packed = uu.shape[1]
    table = np.concatenate([uu.reshape(len(flat), packed, -1), ux.reshape(len(flat), packed, -1)], axis=2)
    table_y = np.moveaxis(uy.reshape(blocks, most * packed, width, -1), -1, 0)
    table = table.reshape(blocks, most * packed, -1)
    outer = _dense_outer(sums, layout)
    return Stack(layout, places, sums.pattern[cell], *outer, table, np.ascontiguousarray(table_y), None)


def _cell_cross(cross: sparse.csr_matrix, cell: IntArray, dims: IntArray, size: int) -> Array:
    """Return Z'U of each stacked cell: (S L, q, m)."""
    blocks, most = cell.shape
    width = dims.shape[1]
    local = np.full(cross.shape[1], -1, dtype=np.intp)
    block_of = np.full(cross.shape[1], -1, dtype=np.intp)
    there = dims >= 0
    local[dims[there]] = np.broadcast_to(np.arange(width), dims.shape)[there]
    block_of[dims[there]] = np.broadcast_to(np.arange(blocks)[:, None], dims.shape)[there]
    rows = (cell.ravel()[:, None] * size + np.arange(size)).ravel()
    picked = cross[rows].tocoo()
    stacked = np.zeros((blocks * most * size, width))
    own = block_of[picked.col] == picked.row // (most * size)
    stacked[picked.row[own], local[picked.col[own]]] = picked.data[own]
    return stacked.reshape(blocks * most, size, width)


def _wide_stack(
    sums: Sums,
    layout: Layout,
    places: tuple[tuple[IntArray, IntArray], ...],
    members: IntArray,
    by_cell: tuple[Array, Array, Array],
) -> Stack:
    cell_x, cell_y, leaves = by_cell
    cell, dims, size = members[0], layout.dims[0], cell_x.shape[1]
    rows = (cell[:, None] * size + np.arange(size)).ravel()
    cross = sums.cross[rows][:, dims].tocsr()
    uu = sums.uu[dims][:, dims].toarray()[None]
    uy = sums.uy[dims].T[:, None]
    outcomes = cell_y.shape[2]
    return Stack(
        layout,
        places,
        sums.pattern[members],
        uu,
        sums.ux[dims][None],
        uy,
        np.empty((1, 0, 0)),
        np.empty((outcomes, 1, 0, 0)),
        (cross, leaves[cell], cell_x[cell], cell_y[cell]),
    )
