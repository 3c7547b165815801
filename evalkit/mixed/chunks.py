"""Sums made chunk by chunk, so that a fit needs memory by groups and not by rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.chunk_finishing import Totals, finished
from evalkit.mixed.chunk_pairs import PairTotals
from evalkit.mixed.chunk_scales import Chunk, ChunkScales, scales_of
from evalkit.mixed.chunk_sums import ChunkSums, sum_chunk
from evalkit.mixed.design import DesignFault
from evalkit.mixed.fitting import Prepared
from evalkit.mixed.hashing import Bits


def prepare_chunks(chunks: Iterable[Chunk], names: Sequence[str] | None = None) -> Prepared:
    """Sum and summarise a design that comes in chunks, on this machine.

    Parameters
    ----------
    chunks : in any order, with codes that mean the same groups in all; rows of a group may stand in
        several.
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
    totals: ChunkTotals | None = None
    for chunk in chunks:
        if totals is None:
            totals = ChunkTotals(scales_of(chunk))
        dense, places = _with_own_codes(chunk, totals.scales)
        totals.add(sum_chunk(dense, totals.scales), places)
    if totals is None:
        raise DesignFault("too_few_rows", rows=0, columns=0)
    return totals.prepared(names)


def _with_own_codes(chunk: Chunk, scales: ChunkScales) -> tuple[Chunk, list[IntArray]]:
    """Return a chunk with codes of its own, and the levels over all that they stand for."""
    known = {term.name: np.unique(term.codes, return_inverse=True) for term in chunk.terms}
    terms = tuple(replace(t, codes=known[t.name][1].ravel().astype(np.intp)) for t in chunk.terms)
    places = [known[factor.name][0].astype(np.intp) for factor in scales.factors]
    keys: tuple[Bits, ...] = tuple(own.astype(np.uint64) for own in places)
    return replace(chunk, terms=terms, keys=keys), places


class ChunkTotals:
    """Add up the sums of chunks; their order changes nothing but rounding."""

    def __init__(self, scales: ChunkScales) -> None:
        self.scales = scales
        p, sizes = scales.number, [factor.size for factor in scales.factors]
        self.rows, self.log_weights, self.inverse_weights = 0, 0.0, 0.0
        self.gram, self.plain = np.zeros((p + 1, p + 1)), np.zeros((p + 1, p + 1))
        self.products = [_Growing(q * (p + 1)) for q in sizes]
        self.squares = [_Growing(q * (q + 1) // 2) for q in sizes]
        self.marks = [_Growing(4) for _ in sizes]
        self.plain_squares = [np.zeros(q * (q + 1) // 2) for q in sizes]
        self.pairs = [PairTotals() for _ in combinations(sizes, 2)]

    def add(self, sums: ChunkSums, places: Sequence[IntArray]) -> None:
        """Add a chunk.

        Parameters
        ----------
        sums : made with the same scales, here or elsewhere.
        places : by grouping, the number over all chunks of each level of the chunk.
        """
        self.rows += sums.rows
        self.log_weights += sums.log_weights
        self.inverse_weights += sums.inverse_weights
        self.gram += sums.gram
        self.plain += sums.plain
        for k, (own, place) in enumerate(zip(sums.groups, places, strict=True)):
            self.products[k].add(place, own.products)
            self.squares[k].add(place, own.squares)
            self.marks[k].add(place, own.marks)
            self.plain_squares[k] += sums.plain_squares[k]
        both = combinations(places, 2)
        for pair, total, (left, right) in zip(sums.pairs, self.pairs, both, strict=True):
            total.add(pair, left, right)

    def prepared(self, names: Sequence[str] | None = None) -> Prepared:
        """Return the design made ready for fits."""
        columns = tuple(names) if names is not None else tuple(f"x{k + 1}" for k in range(self.scales.number))
        pairs = [total.total() for total in self.pairs]
        by_group = zip(self.products, self.squares, self.marks, strict=True)
        return finished(
            Totals(
                self.scales,
                self.rows,
                self.log_weights,
                self.inverse_weights,
                self.gram,
                self.plain,
                tuple(tuple(growing.there for growing in group) for group in by_group),
                tuple(self.plain_squares),
                dict(zip(combinations(range(len(self.products)), 2), pairs, strict=True)),
            ),
            columns,
        )


class _Growing:
    """Sums by group whose number is not known yet; memory doubles when it has to grow."""

    def __init__(self, width: int) -> None:
        self.values = np.zeros((1024, width))
        self.levels = 0

    def add(self, places: IntArray, rows: Array) -> None:
        self.levels = max(self.levels, int(places.max()) + 1)
        if self.levels > len(self.values):
            grown = np.zeros((max(self.levels, 2 * len(self.values)), self.values.shape[1]))
            grown[: len(self.values)] = self.values
            self.values = grown
        self.values[places] += rows

    @property
    def there(self) -> Array:
        return self.values[: self.levels]
