"""From the sums of all chunks to a design made ready for fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from evalkit.mixed.arrays import Array, IntArray, spread
from evalkit.mixed.chunk_pairs import PairSums, placed, turned
from evalkit.mixed.chunk_scales import ChunkScales
from evalkit.mixed.covariances import shape_of
from evalkit.mixed.design import Design, DesignFault
from evalkit.mixed.factors import DEPENDENT, Factor
from evalkit.mixed.fitting import Prepared
from evalkit.mixed.hashing import same_marks
from evalkit.mixed.row_moments import RowMoments
from evalkit.mixed.scaling import Scaled, ScaledColumns, independent_columns
from evalkit.mixed.summarising import summarise
from evalkit.mixed.sums import Sums

# Residuals in units of the first chunk's deviations: sums of squares keep half the digits, and below this
# nothing is left to model.
NOTHING = 1e-7


@dataclass(frozen=True)
class Totals:
    """Hold the sums of all chunks.

    Parameters
    ----------
    scales, rows, log_weights, inverse_weights, gram, plain, plain_squares : as in `ChunkSums`.
    groups : by grouping products, squares and marks of all levels.
    pairs : by pair of groupings.
    """

    scales: ChunkScales
    rows: int
    log_weights: float
    inverse_weights: float
    gram: Array
    plain: Array
    groups: tuple[tuple[Array, ...], ...]
    plain_squares: tuple[Array, ...]
    pairs: Mapping[tuple[int, int], PairSums]


@dataclass(frozen=True)
class _Grouping:
    """Hold a factor with its sums on its final scales; `number` is its place among the totals'."""

    number: int
    factor: Factor
    products: Array
    squares: Array
    marks: Array
    change: Array


def finished(totals: Totals, names: tuple[str, ...]) -> Prepared:
    """Bring sums to the least-squares residuals of the kept columns, compress, and check what they bear."""
    p, unit_weight = totals.scales.number, float(np.exp(totals.log_weights / totals.rows))
    _check_sizes(totals)
    change = _standardising(totals.gram[:p, :p])
    around = np.eye(p + 1)
    around[:p, :p] = change
    gram = around.T @ totals.gram @ around / unit_weight
    kept = independent_columns(gram[:p, :p], lambda *_: 0.0)
    offset: Array = np.zeros(len(kept))
    if kept:
        offset[:] = np.linalg.solve(gram[np.ix_(kept, kept)], gram[kept, p])
    own = np.zeros((p + 1, len(kept) + 1))
    own[list(kept), np.arange(len(kept))] = 1.0
    own[list(kept), -1], own[p, -1] = -offset, 1.0
    gram = own.T @ gram @ own
    unit = float(np.sqrt(max(gram[-1, -1], 0.0) / totals.rows))
    if not unit > NOTHING:
        raise DesignFault("no_variation")
    own[:, -1] /= unit
    gram[-1] /= unit
    gram[:, -1] /= unit
    groupings = _groupings(totals, around @ own, unit_weight)
    sums = _compressed(totals, groupings, gram, unit_weight)
    factors = tuple(grouping.factor for grouping in groupings)
    placing = _placing(totals.scales.X @ change, around.T @ totals.gram @ around, kept)
    scaled = _scaled(totals, kept, placing, offset, unit, unit_weight, sums.xx)
    moments = _moments(totals, change[:, list(kept)], groupings)
    design = Design(np.empty((0, 1)), np.empty((0, p)), (), np.empty(0), names)
    return Prepared(design, scaled, factors, sums, summarise(sums, factors), shape_of(factors), moments)


def _check_sizes(totals: Totals) -> None:
    p, rows = totals.scales.number, totals.rows
    if rows <= p:
        raise DesignFault("too_few_rows", rows=rows, columns=p)
    for factor, (_, squares, _) in zip(totals.scales.factors, totals.groups, strict=True):
        if len(squares) < 2:
            raise DesignFault("one_level", term=factor.name)
        if len(squares) * factor.size >= rows:
            raise DesignFault("as_many_effects_as_rows", term=factor.name, levels=len(squares), rows=rows)
    for (a, b), pairs in totals.pairs.items():
        one, other = totals.scales.factors[a], totals.scales.factors[b]
        if len(pairs.left) == len(totals.groups[a][0]) == len(totals.groups[b][0]):
            raise DesignFault("same_groups", term=one.name, other=other.name)


def _standardising(gram: Array) -> Array:
    """Return a map of columns to mean square one, apart from the first, from their products."""
    change = np.eye(len(gram))
    if len(gram) and gram[0, 0] > 0:
        change[0, 1:] = -gram[0, 1:] / gram[0, 0]
    squares = np.diag(change.T @ gram @ change)
    return np.asarray(change / np.sqrt(np.where(squares > 0, squares / max(gram[0, 0], 1e-300), 1.0)))


def _groupings(totals: Totals, columns: Array, unit_weight: float) -> tuple[_Grouping, ...]:
    """Return the groupings on final scales, the one with most levels first."""
    found = []
    for k, (factor, (products, squares, marks)) in enumerate(
        zip(totals.scales.factors, totals.groups, strict=True)
    ):
        whole = spread(squares.sum(axis=0), factor.size) / (unit_weight * totals.rows)
        change = _by_block(factor, whole)
        _check_identified(factor, change.T @ whole @ change)
        by_level = products.reshape(len(products), factor.size, -1) @ (columns / unit_weight)
        final = replace(factor, levels=len(products), scaling=factor.scaling @ change)
        turned_products = change.T @ by_level if factor.size > 1 else by_level * change[0, 0]
        found.append(_Grouping(k, final, turned_products, squares, marks, change))
    return tuple(sorted(found, key=lambda grouping: -grouping.factor.levels))


def _by_block(factor: Factor, whole: Array) -> Array:
    change = np.zeros_like(whole)
    for block in set(factor.blocks):
        own = [k for k in range(factor.size) if factor.blocks[k] == block]
        change[np.ix_(own, own)] = _standardising(whole[np.ix_(own, own)])
    squares = np.diag(change.T @ whole @ change)
    return np.asarray(change / np.sqrt(np.where(squares > 0, squares, 1.0)))


def _check_identified(factor: Factor, whole: Array) -> None:
    values = np.linalg.eigvalsh(whole)
    if values[0] < DEPENDENT * values[-1]:
        raise DesignFault("effects_depend", term=factor.name, effects=", ".join(factor.effects))


def _compressed(totals: Totals, groupings: tuple[_Grouping, ...], gram: Array, unit_weight: float) -> Sums:
    leaf, outer = groupings[0], groupings[1:]
    p, size = len(gram) - 1, leaf.factor.size
    pattern_of, pattern_first = same_marks(leaf.marks[:, :2])
    cell_of, cell_first = same_marks(leaf.marks[:, 2:]) if outer else (pattern_of, pattern_first)
    rows = (cell_first[:, None] * size + np.arange(size)).ravel()
    cross = [_block(totals, leaf, other, unit_weight)[rows] for other in outer]
    outside = np.vstack([np.zeros((0, p + 1)), *(g.products.reshape(-1, p + 1) for g in outer)])
    blocks = [[_block(totals, one, other, unit_weight) for other in outer] for one in outer]
    return Sums(
        totals.rows,
        gram[:p, :p],
        gram[:p, p:],
        gram[p, p:],
        np.ascontiguousarray(leaf.products[:, :, :p]),
        np.ascontiguousarray(leaf.products[:, :, p:]),
        pattern_of[cell_first],
        _squares(leaf, pattern_first, unit_weight),
        cell_of,
        sparse.csr_matrix(sparse.hstack([sparse.csr_matrix((len(rows), 0)), *cross])),
        sparse.csr_matrix(sparse.bmat(blocks)) if outer else sparse.csr_matrix((0, 0)),
        outside[:, :p],
        outside[:, p:],
    )


def _squares(grouping: _Grouping, levels: IntArray, unit_weight: float) -> Array:
    own = spread(grouping.squares[levels], grouping.factor.size) / unit_weight
    return np.asarray(grouping.change.T @ own @ grouping.change)


def _block(totals: Totals, one: _Grouping, other: _Grouping, unit_weight: float) -> sparse.csr_matrix:
    """Return products of two factors' columns, or of one with itself."""
    if one.number == other.number:
        every = np.arange(one.factor.levels)
        return placed(PairSums(every, every, _squares(one, every, unit_weight)), one.factor, one.factor)
    a, b = sorted((one.number, other.number))
    pairs = totals.pairs[a, b] if one.number == a else turned(totals.pairs[a, b])
    products = one.change.T @ pairs.products @ other.change / unit_weight
    return placed(replace(pairs, products=products), one.factor, other.factor)


def _placing(change: Array, gram: Array, kept: tuple[int, ...]) -> Array:
    """Return original columns as combinations of the kept scaled ones, (kept, p)."""
    back, own = np.linalg.inv(change), list(kept)
    others = [k for k in range(len(change)) if k not in kept]
    if not others or not own:
        return np.asarray(back[own])
    follow = np.linalg.solve(gram[np.ix_(own, own)], gram[np.ix_(own, others)])
    return np.asarray(back[own] + follow @ back[others])


def _scaled(
    totals: Totals,
    kept: tuple[int, ...],
    placing: Array,
    offset: Array,
    unit: float,
    unit_weight: float,
    xx: Array,
) -> Scaled:
    size, scales = len(kept), totals.scales
    scaling: Array = np.asarray(np.linalg.inv(placing[:, list(kept)]), dtype=np.float64)
    columns = ScaledColumns(np.empty((0, size)), np.zeros(size), np.ones(size), scaling, None)
    dropped = tuple(k for k in range(scales.number) if k not in kept)
    whole = (offset * scales.scale + placing @ scales.shift)[:, None]
    scale = np.array([scales.scale * unit])
    return Scaled(columns, kept, dropped, scaling, np.empty((0, 1)), scale, whole, None, unit_weight, xx)


def _moments(totals: Totals, change: Array, groupings: tuple[_Grouping, ...]) -> RowMoments:
    p, rows = totals.scales.number, totals.rows
    sums = totals.plain[p, :p] @ change
    products = change.T @ totals.plain[:p, :p] @ change
    random = []
    for grouping in groupings:
        whole = spread(totals.plain_squares[grouping.number], grouping.factor.size) / rows
        random.append(grouping.change.T @ whole @ grouping.change)
    spread_about = (products - np.outer(sums, sums) / rows) / (rows - 1)
    return RowMoments(spread_about, tuple(random), totals.inverse_weights / rows)
