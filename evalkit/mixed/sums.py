"""One pass over the rows: all that the fit needs of them, by group and by column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from evalkit.mixed.arrays import Array, IntArray, pack, spread, sums_by
from evalkit.mixed.factors import Factor
from evalkit.mixed.hashing import halves, row_marks, same_marks
from evalkit.mixed.scaling import Scaled

# Rows worked at once: few enough to stay in a processor's cache, so that memory does not follow rows.
CHUNK = 16384


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
    marks = _marks(leaf, outer, root)
    leaf_x, leaf_y, mark_sums = _leaf_sums(leaf, scaled, marks)
    pattern_of, pattern_first = same_marks(mark_sums[:, :2])
    cell_of, cell_first = same_marks(mark_sums[:, 2:]) if outer else (pattern_of, pattern_first)
    zz = _zz(leaf, pattern_first, root)
    cross = _cross(leaf, outer, cell_first, root)
    x, y = _weighted(scaled.fixed, root), _weighted(scaled.outcomes, root)
    uu, ux, uy = _outer_sums(outer, scaled, x, y)
    return Sums(
        len(y),
        x.T @ x,
        x.T @ y,
        np.einsum("nb,nb->b", y, y),
        leaf_x,
        leaf_y,
        pattern_of[cell_first],
        zz,
        cell_of,
        cross,
        uu,
        ux,
        uy,
    )


def _weighted(columns: Array, root: Array | None) -> Array:
    return columns if root is None else columns * root[:, None]


def _marks(leaf: Factor, outer: tuple[Factor, ...], root: Array | None) -> Array:
    rows = len(leaf.codes)
    own = row_marks([leaf.columns] if root is None else [leaf.columns, root], rows)
    if not outer:
        return halves(own)
    others: list[Array | IntArray] = [own.view(np.int64).astype(np.intp)]
    for factor in outer:
        others += [factor.codes, factor.columns]
    return np.hstack([halves(own), halves(row_marks(others, rows))])


def _leaf_sums(leaf: Factor, scaled: Scaled, marks: Array) -> tuple[Array, Array, Array]:
    levels, q, p = leaf.levels, leaf.size, scaled.fixed.shape[1]
    outcomes = scaled.outcomes.shape[1]
    width = p + outcomes
    total = np.zeros((levels, q * width + marks.shape[1]))
    for start in range(0, len(marks), CHUNK):
        part = slice(start, start + CHUNK)
        right = np.hstack([scaled.fixed[part], scaled.outcomes[part]])
        if scaled.root_weights is not None:
            right *= scaled.root_weights[part, None] ** 2
        products = [right * leaf.columns[part, a, None] for a in range(q)]
        _add(total, leaf.codes[part], np.hstack([*products, marks[part]]))
    products_by_leaf = total[:, : q * width].reshape(levels, q, width)
    return (
        np.ascontiguousarray(products_by_leaf[:, :, :p]),
        np.ascontiguousarray(products_by_leaf[:, :, p:]),
        total[:, q * width :],
    )


def _add(total: Array, codes: IntArray, values: Array) -> None:
    """Add rows to `total` by group; touches only the span of groups that the rows cover."""
    low, high = int(codes.min()), int(codes.max()) + 1
    total[low:high] += sums_by(codes - low, values, high - low)


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


def _outer_sums(
    outer: tuple[Factor, ...], scaled: Scaled, x: Array, y: Array
) -> tuple[sparse.csr_matrix, Array, Array]:
    root = scaled.root_weights
    blocks: list[list[sparse.csr_matrix | None]] = [[None] * len(outer) for _ in outer]
    left_x, left_y = [np.zeros((0, x.shape[1]))], [np.zeros((0, y.shape[1]))]
    for a, one in enumerate(outer):
        u = _weighted(one.columns, root)
        for sums, right in ((left_x, x), (left_y, y)):
            parts = [sums_by(one.codes, right * u[:, k, None], one.levels) for k in range(one.size)]
            sums.append(np.stack(parts, axis=1).reshape(one.levels * one.size, -1))
        for b, other in enumerate(outer[: a + 1]):
            found = _outer_products(one, other, u, _weighted(other.columns, root), same=a == b)
            blocks[a][b], blocks[b][a] = found, found.T.tocsr()
    uu = sparse.csr_matrix(sparse.bmat(blocks)) if outer else sparse.csr_matrix((0, 0))
    return uu, np.vstack(left_x), np.vstack(left_y)


def _outer_products(one: Factor, other: Factor, u: Array, v: Array, *, same: bool) -> sparse.csr_matrix:
    shape = (one.levels * one.size, other.levels * other.size)
    if not same:
        left = one.codes[:, None, None] * one.size + np.arange(one.size)[:, None]
        right = other.codes[:, None, None] * other.size + np.arange(other.size)
        return _summed(u[:, :, None] * v[:, None, :], left, right, shape)
    products = sums_by(one.codes, (u[:, :, None] * v[:, None, :]).reshape(len(u), -1), one.levels)
    place = np.arange(one.levels)[:, None, None] * one.size + np.arange(one.size)
    return _summed(products.reshape(one.levels, one.size, one.size), np.swapaxes(place, 1, 2), place, shape)
