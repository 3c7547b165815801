"""One pass over the rows: all that the fit needs of them, by group and by column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from evalkit.mixed.arrays import Array, IntArray, pack, spread, sums_by
from evalkit.mixed.factors import Factor
from evalkit.mixed.hashing import halves, row_marks, same_marks, varying
from evalkit.mixed.scaling import Scaled, parts_of


@dataclass(frozen=True)
class Sums:
    """Hold sums over rows, of scaled and root-weighted columns.

    The innermost factor ("leaf") has R levels of q effects; the effects of all other factors are
    numbered through, U in all. Leaves with the same design are of one pattern; those that also share
    outer groups form a cell.

    Parameters
    ----------
    rows : n.
    xx, xy, yy : (p, p), (p, B), (B,), products of fixed columns and outcomes.
    leaf_x, leaf_y : (R, q, p), (R, q, B), Z'X and Z'Y by leaf.
    pattern : (C,), pattern of each cell.
    pattern_zz : (K, q, q), Z'Z of each pattern.
    cell : (R,), cell of each leaf.
    cross : sparse (C q, U), Z'U of each cell's leaves.
    uu : sparse (U, U); ux, uy : (U, p), (U, B).
    """

    rows: int
    xx: Array
    xy: Array
    yy: Array
    leaf_x: Array
    leaf_y: Array
    pattern: IntArray
    pattern_zz: Array
    cell: IntArray
    cross: sparse.csr_matrix
    uu: sparse.csr_matrix
    ux: Array
    uy: Array


def sum_rows(scaled: Scaled, factors: tuple[Factor, ...]) -> Sums:
    """Sum products of columns by leaf, by outer group and over all rows."""
    leaf, outer, root = factors[0], factors[1:], scaled.root_weights
    marks, by_factor = _group_sums(factors, scaled)
    pattern_of, pattern_first = same_marks(marks[:, :2])
    cell_of, cell_first = same_marks(marks[:, 2:]) if outer else (pattern_of, pattern_first)
    leaf_x, leaf_y = by_factor[0]
    p, outcomes = leaf_x.shape[2], leaf_y.shape[2]
    y = _weighted(scaled.outcomes, root)
    return Sums(
        len(y),
        scaled.xx,
        _xy(scaled, y),
        np.einsum("nb,nb->b", y, y),
        leaf_x,
        leaf_y,
        pattern_of[cell_first],
        _zz(leaf, pattern_first, root),
        cell_of,
        _cross(leaf, outer, cell_first, root),
        _outer_products(outer, root),
        np.vstack([np.zeros((0, p)), *(x.reshape(-1, p) for x, _ in by_factor[1:])]),
        np.vstack([np.zeros((0, outcomes)), *(y.reshape(-1, outcomes) for _, y in by_factor[1:])]),
    )


def _xy(scaled: Scaled, y: Array) -> Array:
    """Return X'Y of weighted rows; y carries its root weights already."""
    total = np.zeros((scaled.fixed.number, y.shape[1]))
    for part in parts_of(len(y)):
        total += _weighted(scaled.fixed.rows(part), _part_of(scaled.root_weights, part)).T @ y[part]
    return total


def _part_of(root: Array | None, part: slice) -> Array | None:
    return None if root is None else root[part]


def _weighted(columns: Array, root: Array | None) -> Array:
    return columns if root is None else columns * root[:, None]


def _group_sums(factors: tuple[Factor, ...], scaled: Scaled) -> tuple[Array, tuple[tuple[Array, Array], ...]]:
    """Return sums of marks by leaf, (R, 2) or (R, 4), and by factor Z'X (levels, q, p) and Z'Y.

    Works chunk by chunk, so that products of columns stay in a processor's cache.
    """
    p, outcomes, rows = scaled.fixed.number, scaled.outcomes.shape[1], len(scaled.outcomes)
    width, outer = p + outcomes, factors[1:]
    own, others = _marked_columns(factors, scaled.root_weights)
    marks = np.zeros((factors[0].levels, 4 if outer else 2))
    totals = [np.zeros((factor.levels, factor.size * width)) for factor in factors]
    for part in parts_of(rows):
        right = np.hstack([scaled.fixed.rows(part), scaled.outcomes[part]])
        if scaled.root_weights is not None:
            right *= scaled.root_weights[part, None] ** 2
        for total, factor in zip(totals, factors, strict=True):
            add_products(total, factor.codes[part], factor.columns[part], right)
        add_by_group(marks, factors[0].codes[part], _marks(own, others, part, bool(outer)))
    return marks, tuple(_split(total, factor.size, p) for total, factor in zip(totals, factors, strict=True))


def _marked_columns(
    factors: tuple[Factor, ...], root: Array | None
) -> tuple[list[Array | IntArray], list[Array | IntArray]]:
    """Return the columns that make a leaf's design, and those that place it among outer groups."""
    own: list[Array | IntArray] = [factors[0].columns]
    if root is not None:
        own.append(root)
    others: list[Array | IntArray] = []
    for factor in factors[1:]:
        others += [factor.codes, factor.columns]
    return varying(own), varying(others)


def _marks(own: list[Array | IntArray], others: list[Array | IntArray], part: slice, outer: bool) -> Array:
    inside = row_marks(own, None, part)
    rows = part.stop - part.start
    marks = np.empty((rows, 4 if outer else 2))
    marks[:, 0], marks[:, 1] = halves(inside)
    if outer:
        marks[:, 2], marks[:, 3] = halves(row_marks(others, inside, part))
    return marks


def products_of(columns: Array, right: Array) -> Array:
    """Return each column times all of `right`, side by side: (n, q w)."""
    width = right.shape[1]
    products = np.empty((len(right), columns.shape[1] * width))
    for k, column in enumerate(columns.T):
        np.multiply(right, column[:, None], out=products[:, k * width : (k + 1) * width])
    return products


def _split(total: Array, size: int, p: int) -> tuple[Array, Array]:
    by_effect = total.reshape(len(total), size, -1)
    return np.ascontiguousarray(by_effect[:, :, :p]), np.ascontiguousarray(by_effect[:, :, p:])


def add_by_group(total: Array, codes: IntArray, values: Array) -> None:
    """Add rows to `total` by group; touches only the span of groups that the rows cover."""
    low, high = int(codes.min()), int(codes.max()) + 1
    total[low:high] += sums_by(codes - low, values, high - low)


def add_products(total: Array, codes: IntArray, columns: Array, right: Array) -> None:
    """Add each column times all of `right`, side by side, to `total` by group: (levels, q w)."""
    low, high, width = int(codes.min()), int(codes.max()) + 1, right.shape[1]
    starts = np.arange(len(codes) + 1)
    for k, column in enumerate(columns.T):
        weights = sparse.csc_matrix(
            (np.ascontiguousarray(column), codes - low, starts), shape=(high - low, len(codes))
        )
        total[low:high, k * width : (k + 1) * width] += weights @ right


def _rows_of(codes: IntArray, wanted: IntArray, levels: int) -> tuple[IntArray, IntArray]:
    """Return the rows whose group is wanted, and the place of their group among the wanted."""
    if len(wanted) == levels and (wanted == np.arange(levels)).all():
        return np.arange(len(codes)), codes
    place = np.full(levels, -1, dtype=np.intp)
    place[wanted] = np.arange(len(wanted))
    found = place[codes]
    rows = np.flatnonzero(found >= 0)
    return rows, found[rows]


def _zz(leaf: Factor, wanted: IntArray, root: Array | None) -> Array:
    rows, place = _rows_of(leaf.codes, wanted, leaf.levels)
    z = _weighted(leaf.columns[rows], None if root is None else root[rows])
    packed = sums_by(place, pack(z[:, :, None] * z[:, None, :]), len(wanted))
    return spread(packed, leaf.size)


def _cross(
    leaf: Factor, outer: tuple[Factor, ...], wanted: IntArray, root: Array | None
) -> sparse.csr_matrix:
    rows, place = _rows_of(leaf.codes, wanted, leaf.levels)
    z = _weighted(leaf.columns[rows], None if root is None else root[rows])
    parts = [sparse.csr_matrix((len(wanted) * leaf.size, 0))]
    for factor in outer:
        u = _weighted(factor.columns[rows], None if root is None else root[rows])
        left = place[:, None, None] * leaf.size + np.arange(leaf.size)[:, None]
        right = factor.codes[rows][:, None, None] * factor.size + np.arange(factor.size)
        values = z[:, :, None] * u[:, None, :]
        parts.append(_summed(values, left, right, (len(wanted) * leaf.size, factor.levels * factor.size)))
    return sparse.csr_matrix(sparse.hstack(parts))


def _summed(values: Array, left: IntArray, right: IntArray, shape: tuple[int, int]) -> sparse.csr_matrix:
    left, right = np.broadcast_arrays(left, right)
    return sparse.csr_matrix((values.ravel(), (left.ravel(), right.ravel())), shape=shape)


def _outer_products(outer: tuple[Factor, ...], root: Array | None) -> sparse.csr_matrix:
    """Return U'U over all outer factors."""
    blocks: list[list[sparse.csr_matrix | None]] = [[None] * len(outer) for _ in outer]
    columns = [_weighted(factor.columns, root) for factor in outer]
    for a, one in enumerate(outer):
        blocks[a][a] = _within(one, columns[a])
        for b, other in enumerate(outer[:a]):
            found = _between(one, other, columns[a], columns[b])
            blocks[a][b], blocks[b][a] = found, found.T.tocsr()
    return sparse.csr_matrix(sparse.bmat(blocks)) if outer else sparse.csr_matrix((0, 0))


def _within(factor: Factor, u: Array) -> sparse.csr_matrix:
    size = factor.levels * factor.size
    products = sums_by(factor.codes, (u[:, :, None] * u[:, None, :]).reshape(len(u), -1), factor.levels)
    place = np.arange(factor.levels)[:, None, None] * factor.size + np.arange(factor.size)
    blocks = products.reshape(factor.levels, factor.size, factor.size)
    return _summed(blocks, np.swapaxes(place, 1, 2), place, (size, size))


def _between(one: Factor, other: Factor, u: Array, v: Array) -> sparse.csr_matrix:
    for inner, outer, z, w, turned in ((one, other, u, v, False), (other, one, v, u, True)):
        parent = _parent(inner, outer)
        if parent is not None:
            found = _nested(inner, outer, z, w, parent)
            return found.T.tocsr() if turned else found
    left = one.codes[:, None, None] * one.size + np.arange(one.size)[:, None]
    right = other.codes[:, None, None] * other.size + np.arange(other.size)
    shape = (one.levels * one.size, other.levels * other.size)
    return _summed(u[:, :, None] * v[:, None, :], left, right, shape)


def _parent(inner: Factor, outer: Factor) -> IntArray | None:
    """Return the outer level of each inner level, or None when some inner level has several."""
    if inner.levels < outer.levels:
        return None
    parent = np.empty(inner.levels, dtype=np.intp)
    parent[inner.codes] = outer.codes
    return parent if (parent[inner.codes] == outer.codes).all() else None


def _nested(inner: Factor, outer: Factor, z: Array, w: Array, parent: IntArray) -> sparse.csr_matrix:
    """Return products of an inner and an outer factor: sums by inner level, placed by its parent."""
    products = sums_by(inner.codes, (z[:, :, None] * w[:, None, :]).reshape(len(z), -1), inner.levels)
    left = np.arange(inner.levels)[:, None, None] * inner.size + np.arange(inner.size)[:, None]
    right = parent[:, None, None] * outer.size + np.arange(outer.size)
    shape = (inner.levels * inner.size, outer.levels * outer.size)
    return _summed(products.reshape(inner.levels, inner.size, outer.size), left, right, shape)
