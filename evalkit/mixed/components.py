"""Which outer groups hang together: blocks of outer effects that share no leaf with one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.factors import Factor


@dataclass(frozen=True)
class Layout:
    """Say where the outer effects stand in stacked blocks.

    Parameters
    ----------
    counts : (F,), levels that a block of this stack holds of each outer factor (the most of any).
    sizes : (F,), effects a level.
    dims : (S, m), number of each outer effect, -1 where a block has fewer levels than the most.
    """

    counts: tuple[int, ...]
    sizes: tuple[int, ...]
    dims: IntArray

    @property
    def width(self) -> int:
        """Return m, the effects of a block."""
        return int(self.dims.shape[1])


def components(
    outer: tuple[Factor, ...], cross: sparse.csr_matrix, leaf_size: int
) -> tuple[IntArray, IntArray]:
    """Label cells and outer levels by connected component.

    Parameters
    ----------
    outer : outer factors, F of them, with L levels in all.
    cross : sparse (C q, U).

    Returns
    -------
    Component of each cell (C,), component of each outer level (L,); components are numbered from 0.
    """
    cells = cross.shape[0] // leaf_size
    coo = cross.tocoo()
    level = level_of_dim(outer)
    levels = int(sum(factor.levels for factor in outer))
    nodes = cells + levels
    edges = sparse.coo_matrix(
        (np.ones(coo.nnz, dtype=bool), (coo.row // leaf_size, cells + level[coo.col])), shape=(nodes, nodes)
    )
    _, labels = csgraph.connected_components(edges.tocsr(), directed=False)
    return labels[:cells].astype(np.intp), labels[cells:].astype(np.intp)


def level_of_dim(outer: tuple[Factor, ...]) -> IntArray:
    """Return the outer level, numbered through all factors, of each outer effect (U,)."""
    parts, start = [], 0
    for factor in outer:
        parts.append(start + np.repeat(np.arange(factor.levels), factor.size))
        start += factor.levels
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.intp)


def counts_by_component(outer: tuple[Factor, ...], labels: IntArray, number: int) -> IntArray:
    """Return how many levels of each factor each component holds: (components, F)."""
    counts, start = np.zeros((number, len(outer)), dtype=np.intp), 0
    for f, factor in enumerate(outer):
        counts[:, f] = np.bincount(labels[start : start + factor.levels], minlength=number)
        start += factor.levels
    return counts


def layout_of(outer: tuple[Factor, ...], labels: IntArray, chosen: IntArray, counts: IntArray) -> Layout:
    """Lay out the outer effects of the chosen components, padded to the most levels of each factor.

    Parameters
    ----------
    labels : (L,), component of each outer level.
    chosen : (S,), components of this stack.
    counts : (components, F).
    """
    most = counts[chosen].max(axis=0)
    sizes = np.array([factor.size for factor in outer], dtype=np.intp)
    dims = np.full((len(chosen), int(most @ sizes)), -1, dtype=np.intp)
    place = np.full(int(labels.max()) + 1, -1, dtype=np.intp)
    place[chosen] = np.arange(len(chosen))
    level_start = dim_start = base = 0
    for f, factor in enumerate(outer):
        own = labels[level_start : level_start + factor.levels]
        member = np.flatnonzero(place[own] >= 0)
        block = place[own[member]]
        order = np.argsort(block, kind="stable")
        rank = np.empty(len(member), dtype=np.intp)
        starts = np.concatenate([[0], np.cumsum(np.bincount(block, minlength=len(chosen)))])
        rank[order] = np.arange(len(member)) - starts[block[order]]
        for b in range(factor.size):
            dims[block, base + rank * factor.size + b] = dim_start + member * factor.size + b
        base += int(most[f]) * factor.size
        level_start, dim_start = level_start + factor.levels, dim_start + factor.levels * factor.size
    return Layout(tuple(int(c) for c in most), tuple(int(q) for q in sizes), dims)


def entry_places(layout: Layout, outer: tuple[Factor, ...]) -> tuple[tuple[IntArray, IntArray], ...]:
    """Return for each free element of the outer covariances the places that it fills in a block.

    Returns
    -------
    Rows and columns (both orders for covariances) of dG / dG_ij, a matrix of ones, one pair an element.
    """
    places, base = [], 0
    for count, factor in zip(layout.counts, outer, strict=True):
        starts = base + np.arange(count) * factor.size
        for i, j in factor.entries:
            rows = starts + i if i == j else np.concatenate([starts + i, starts + j])
            cols = starts + j if i == j else np.concatenate([starts + j, starts + i])
            places.append((rows.astype(np.intp), cols.astype(np.intp)))
        base += count * factor.size
    return tuple(places)


def block_covariance(layout: Layout, covariances: list[Array]) -> Array:
    """Return G of a block: (B, m, m), block-diagonal over levels, from (B, q, q) by factor."""
    batch = len(covariances[0])
    whole, base = np.zeros((batch, layout.width, layout.width)), 0
    for count, size, covariance in zip(layout.counts, layout.sizes, covariances, strict=True):
        for level in range(count):
            part = slice(base + level * size, base + (level + 1) * size)
            whole[:, part, part] = covariance
        base += count * size
    return whole
