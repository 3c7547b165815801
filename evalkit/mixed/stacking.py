"""Stack the connected blocks of outer effects: blocks of about one size are worked together."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.components import Layout, components, counts_by_component, entry_places, layout_of
from evalkit.mixed.factors import Factor
from evalkit.mixed.packing import packed_products
from evalkit.mixed.summary import Stack
from evalkit.mixed.sums import Sums

# A block wider than this, or with larger tables, keeps its products sparse.
WIDEST_DENSE = 64
MOST_NUMBERS = 4_000_000


def stack_blocks(
    sums: Sums, factors: tuple[Factor, ...], cell_x: Array, cell_y: Array, leaves: Array
) -> tuple[Stack, ...]:
    """Stack the blocks of outer effects.

    Parameters
    ----------
    cell_x, cell_y : (C, q, p), (C, q, B), Z'X and Z'Y summed by cell. leaves : (C,), leaves of each cell.
    """
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
