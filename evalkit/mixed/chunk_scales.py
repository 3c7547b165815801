"""Rows that come in chunks, and the scales of the first that all of them share."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from evalkit.mixed.arrays import Array
from evalkit.mixed.design import DesignFault, RandomTerm
from evalkit.mixed.factors import Factor, merge_terms
from evalkit.mixed.hashing import Bits
from evalkit.mixed.scaling import constant_column, standardised


@dataclass(frozen=True)
class Chunk:
    """Hold some rows of a model.

    Parameters
    ----------
    y, X : (n,), (n, p). weights : (n,) or None.
    terms : random terms, the same in every chunk; those of one name have the same codes.
    keys : by grouping, in order of appearance, a mark of each level (levels,): the same in every chunk and
        on every machine, whatever the level's code there. None: codes mean the same groups in all chunks.
    """

    y: Array
    X: Array
    terms: tuple[RandomTerm, ...]
    weights: Array | None = None
    keys: tuple[Bits, ...] | None = None


@dataclass(frozen=True)
class ChunkScales:
    """Hold the first chunk's centres and scales; all chunks use them, as linear maps of columns.

    Parameters
    ----------
    X : (p, p), C of the fixed columns. shift : (p,), X times it is taken off the outcome.
    scale : of the outcome.
    factors : in order of appearance, with these scalings; without rows.
    """

    X: Array
    shift: Array
    scale: float
    factors: tuple[Factor, ...]

    @property
    def number(self) -> int:
        """Return p."""
        return len(self.shift)


def scales_of(first: Chunk) -> ChunkScales:
    """Return scales from a chunk; they decide how many digits sums keep, and nothing else."""
    check_values(first)
    level, base = float(first.y.mean()), constant_column(first.X)
    shift = np.zeros(first.X.shape[1])
    if base is not None:
        shift[base] = level / first.X[0, base]
    scale = float(np.sqrt(((first.y - first.X @ shift) ** 2).mean())) or abs(level) or 1.0
    names = list(dict.fromkeys(term.name for term in first.terms))
    merged = {factor.name: factor for factor in merge_terms(first.terms, whole=False)}
    factors = tuple(_without_rows(merged[name], first.terms) for name in names)
    return ChunkScales(standardised(first.X, None).scaling, shift, scale, factors)


def columns_of(terms: tuple[RandomTerm, ...], name: str) -> Array:
    """Return the columns as given of all terms of one grouping, (n, q)."""
    return np.concatenate([term.columns for term in terms if term.name == name], axis=1)


def check_values(chunk: Chunk) -> None:
    """Refuse what is not finite, and weights of zero or below."""
    parts = [("outcome", chunk.y), ("fixed", chunk.X), *((term.name, term.columns) for term in chunk.terms)]
    for name, values in parts:
        if not np.isfinite(values).all():
            raise DesignFault("not_finite", part=name)
    if chunk.weights is not None:
        if not np.isfinite(chunk.weights).all():
            raise DesignFault("not_finite", part="weights")
        if not (chunk.weights > 0).all():
            raise DesignFault("weight_not_positive", count=int((chunk.weights <= 0).sum()))


def _without_rows(factor: Factor, terms: tuple[RandomTerm, ...]) -> Factor:
    columns, scaling = columns_of(terms, factor.name), np.eye(factor.size)
    for block in set(factor.blocks):
        own = [k for k in range(factor.size) if factor.blocks[k] == block]
        scaling[np.ix_(own, own)] = _block_scaling(columns[:, own])
    empty = np.empty((0, factor.size))
    return replace(factor, codes=np.empty(0, dtype=np.intp), columns=empty, levels=0, scaling=scaling)


def _block_scaling(columns: Array) -> Array:
    """Centre on the first constant; others that are constant in this chunk may not be so in the next."""
    scaling, base = np.eye(columns.shape[1]), constant_column(columns)
    scaled = columns
    if base is not None:
        means = columns.mean(axis=0)
        means[base] = 0.0
        scaling[base] -= means / columns[0, base]
        scaled = columns - means
    root = np.sqrt((scaled**2).mean(axis=0))
    return np.asarray(scaling / np.where(root > 0, root, 1.0))
