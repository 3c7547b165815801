"""Sums made chunk by chunk, so that a fit needs memory by groups and not by rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evalkit.mixed.arrays import Array, IntArray, pack, spread, sums_by
from evalkit.mixed.chunk_pairs import Triplets, pair_products, placed_products
from evalkit.mixed.covariances import shape_of
from evalkit.mixed.design import Design, DesignFault, RandomTerm
from evalkit.mixed.factors import Factor, merge_terms
from evalkit.mixed.fitting import Prepared
from evalkit.mixed.hashing import halves, row_marks, same_marks
from evalkit.mixed.scaling import (
    Scaled,
    ScaledColumns,
    constant_column,
    independent_columns,
    parts_of,
    standardised,
)
from evalkit.mixed.summarising import summarise
from evalkit.mixed.sums import Sums, products_of


@dataclass(frozen=True)
class Chunk:
    """Hold some rows of a model.

    Parameters
    ----------
    y, X : (n,), (n, p). weights : (n,) or None.
    terms : random terms, the same in every chunk, with codes that mean the same groups in all.
    """

    y: Array
    X: Array
    terms: tuple[RandomTerm, ...]
    weights: Array | None = None


@dataclass(frozen=True)
class _Scales:
    """Hold the first chunk's centres and scales; all chunks use them, as linear maps of columns.

    Parameters
    ----------
    X : (p, p), C of the fixed columns. shift : (p,), X times it is taken off the outcome.
    scale : of the outcome. factors : leaf first, with the first chunk's scalings.
    """

    X: Array
    shift: Array
    scale: float
    factors: tuple[Factor, ...]


class _Growing:
    """Sums by group whose number is not known yet; memory doubles when it has to grow."""

    def __init__(self, width: int) -> None:
        self.values = np.zeros((1024, width))
        self.levels = 0

    def add(self, codes: IntArray, rows: Array) -> None:
        low, high = int(codes.min()), int(codes.max()) + 1
        if high > len(self.values):
            grown = np.zeros((max(high, 2 * len(self.values)), self.values.shape[1]))
            grown[: len(self.values)] = self.values
            self.values = grown
        self.levels = max(self.levels, high)
        self.values[low:high] += sums_by(codes - low, rows, high - low)


def prepare_chunks(chunks: Iterable[Chunk], names: Sequence[str] | None = None) -> Prepared:
    """Sum and summarise a design that comes in chunks.

    Parameters
    ----------
    chunks : in any order; rows of a group may stand in several.
    names : of the fixed columns.

    Returns
    -------
    The design made ready for `fit_prepared`. What a fit says of single rows (fitted values, residuals,
    simulation) is not to be had, since rows are not kept.

    Raises
    ------
    DesignFault
        No chunk, or a model that the data cannot bear.
    """
    sums: _ChunkSums | None = None
    for chunk in chunks:
        if sums is None:
            sums = _ChunkSums(chunk)
        sums.add(chunk)
    if sums is None:
        raise DesignFault("too_few_rows", rows=0, columns=0)
    return sums.prepared(names)


class _ChunkSums:
    """Add chunks up; the order of chunks changes nothing but rounding."""

    def __init__(self, first: Chunk) -> None:
        self.scales = _scales(first)
        p, factors = first.X.shape[1], self.scales.factors
        self.p, self.rows, self.log_weights = p, 0, 0.0
        self.gram = np.zeros((p + 1, p + 1))
        self.by_group = [_Growing(factor.size * (p + 1)) for factor in factors]
        size = factors[0].size
        self.zz, self.marks = _Growing(size * (size + 1) // 2), _Growing(4)
        self.cross: list[Triplets] = []

    def add(self, chunk: Chunk) -> None:
        factors = _factors(chunk, self.scales.factors)
        weights = np.ones(len(chunk.y)) if chunk.weights is None else chunk.weights
        _check(chunk, weights)
        self.rows += len(chunk.y)
        self.log_weights += float(np.log(weights).sum())
        for part in parts_of(len(chunk.y)):
            self._add_rows(chunk, factors, weights, part)
        self.marks.add(factors[0].codes, _marks(chunk, factors, weights))
        self.cross.append(pair_products(factors, np.sqrt(weights)[:, None]))

    def _add_rows(self, chunk: Chunk, factors: tuple[Factor, ...], weights: Array, part: slice) -> None:
        y = (chunk.y[part] - chunk.X[part] @ self.scales.shift) / self.scales.scale
        right = np.column_stack([chunk.X[part] @ self.scales.X, y])
        weighted = right * weights[part, None]
        self.gram += right.T @ weighted
        for sums, factor in zip(self.by_group, factors, strict=True):
            sums.add(factor.codes[part], products_of(factor.columns[part], weighted))
        z = factors[0].columns[part]
        squares = pack(z[:, :, None] * z[:, None, :]) * weights[part, None]
        self.zz.add(factors[0].codes[part], squares)

    def prepared(self, names: Sequence[str] | None) -> Prepared:
        factors = tuple(
            replace(factor, levels=sums.levels)
            for factor, sums in zip(self.scales.factors, self.by_group, strict=True)
        )
        sums, scaled = _finished(self, factors)
        named = tuple(names) if names is not None else tuple(f"x{k + 1}" for k in range(self.p))
        empty = np.empty((0, 1))
        design = Design(empty, np.empty((0, self.p)), (), np.empty(0), named)
        return Prepared(design, scaled, factors, sums, summarise(sums, factors), shape_of(factors))


def _scales(first: Chunk) -> _Scales:
    level, base = float(first.y.mean()), constant_column(first.X)
    shift = np.zeros(first.X.shape[1])
    if base is not None:
        shift[base] = level / first.X[0, base]
    scale = float(np.sqrt(((first.y - first.X @ shift) ** 2).mean())) or 1.0
    return _Scales(standardised(first.X, None).scaling, shift, scale, merge_terms(first.terms, whole=False))


def _factors(chunk: Chunk, known: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """Return the chunk's factors in the order and scales of the first chunk."""
    found = []
    for factor in known:
        own = [term for term in chunk.terms if term.name == factor.name]
        columns = np.concatenate([term.columns for term in own], axis=1) @ factor.scaling
        found.append(replace(factor, codes=own[0].codes, columns=columns))
    return tuple(found)


def _check(chunk: Chunk, weights: Array) -> None:
    finite = np.isfinite(chunk.y).all() and np.isfinite(chunk.X).all()
    if not finite or not all(np.isfinite(term.columns).all() for term in chunk.terms):
        raise DesignFault("not_finite", part="chunk")
    if not (weights > 0).all():
        raise DesignFault("weight_not_positive", count=int((weights <= 0).sum()))


def _marks(chunk: Chunk, factors: tuple[Factor, ...], weights: Array) -> Array:
    """Return marks from columns as given: the same in every chunk to the last bit."""
    leaf, part = factors[0], slice(0, len(chunk.y))
    raw = {f.name: [c for t in chunk.terms if t.name == f.name for c in t.columns.T] for f in factors}
    inside = row_marks([*raw[leaf.name], weights], None, part)
    others = [column for f in factors[1:] for column in (f.codes, *raw[f.name])]
    return np.column_stack([*halves(inside), *halves(row_marks(others, inside, part))]).astype(float)


def _finished(whole: _ChunkSums, factors: tuple[Factor, ...]) -> tuple[Sums, Scaled]:
    """Bring the sums to the least-squares residuals of the kept columns, and compress."""
    p, mean_weight = whole.p, float(np.exp(whole.log_weights / whole.rows))
    gram = whole.gram / mean_weight
    kept = independent_columns(gram[:p, :p], lambda *_: 0.0)
    xx, xy = gram[np.ix_(kept, kept)], gram[kept, p]
    offset = np.linalg.solve(xx, xy) if kept else np.zeros(0)
    turn = np.zeros((p + 1, len(kept) + 1))
    turn[list(kept), np.arange(len(kept))] = 1.0
    turn[list(kept), -1], turn[p, -1] = -offset, 1.0
    gram = turn.T @ gram @ turn
    unit = float(np.sqrt(gram[-1, -1] / whole.rows))
    if not unit > 1e-9:
        raise DesignFault("no_variation")
    turn[:, -1] /= unit
    groups = [
        (sums.values[: sums.levels].reshape(sums.levels, factor.size, p + 1) @ turn) / mean_weight
        for sums, factor in zip(whole.by_group, factors, strict=True)
    ]
    sums = _compressed(whole, factors, groups, gram, unit, mean_weight)
    scaling = whole.scales.X[np.ix_(kept, kept)]
    dropped = tuple(k for k in range(p) if k not in kept)
    placed = offset * whole.scales.scale + np.linalg.solve(scaling, whole.scales.shift[list(kept)])
    nothing, scale = np.empty((0, len(kept))), np.array([whole.scales.scale * unit])
    size = len(kept)
    columns = ScaledColumns(nothing, np.zeros(size), np.ones(size), scaling, None)
    scaled = Scaled(
        columns,
        kept,
        dropped,
        scaling,
        np.empty((0, 1)),
        scale,
        placed[:, None],
        None,
        mean_weight,
        sums.xx,
    )
    return sums, scaled


def _compressed(
    whole: _ChunkSums,
    factors: tuple[Factor, ...],
    groups: list[Array],
    gram: Array,
    unit: float,
    mean_weight: float,
) -> Sums:
    leaf, outer = factors[0], factors[1:]
    marks = whole.marks.values[: leaf.levels]
    pattern_of, first = same_marks(marks[:, :2])
    cell_of, cell_first = same_marks(marks[:, 2:]) if outer else (pattern_of, first)
    cross, uu = placed_products(whole.cross, factors, cell_first, mean_weight)
    stacked = [group.reshape(-1, group.shape[2]) for group in groups[1:]]
    p = groups[0].shape[2] - 1
    outside = np.vstack([np.zeros((0, p + 1)), *stacked])
    scaled = gram.copy()
    scaled[-1] /= unit
    scaled[:, -1] /= unit
    return Sums(
        whole.rows,
        scaled[:p, :p],
        scaled[:p, p:],
        scaled[p, p:],
        np.ascontiguousarray(groups[0][:, :, :p]),
        np.ascontiguousarray(groups[0][:, :, p:]),
        pattern_of[cell_first],
        spread(whole.zz.values[first], leaf.size) / mean_weight,
        cell_of,
        cross,
        uu,
        outside[:, :p],
        outside[:, p:],
    )
