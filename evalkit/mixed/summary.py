"""The summary that a fit works on: leaves compressed to patterns, outer effects stacked in blocks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scipy import sparse

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.components import Layout
from evalkit.mixed.factors import Factor


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
