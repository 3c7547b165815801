"""Sums without some of the leaves: subtracted, not summed again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.factors import Factor
from evalkit.mixed.fitting import Prepared
from evalkit.mixed.summarising import summarise
from evalkit.mixed.summary import Summary
from evalkit.mixed.sums import Sums


def summary_without(prepared: Prepared, gone: IntArray) -> Summary:
    """Return the summary of the other leaves' rows, on the scales of the whole.

    Costs the rows that go, the leaves and the blocks, but not the rows that stay. Subtraction loses the
    digits by which the whole exceeds what is left: none to speak of unless nearly all rows go.

    Parameters
    ----------
    prepared : of all rows.
    gone : leaves (levels of the innermost factor) to leave out.
    """
    keep = np.ones(prepared.factors[0].levels, dtype=bool)
    keep[gone] = False
    rows = np.flatnonzero(~keep[prepared.factors[0].codes])
    sums = _less_rows(_less_leaves(prepared.sums, keep), prepared, rows)
    there = [_levels_left(factor, rows) for factor in prepared.factors]
    sums = _less_effects(sums, prepared.factors[1:], there[1:])
    left = zip(prepared.factors, there, strict=True)
    # A summary reads the number of levels only; codes and columns of the factors still hold all rows.
    return summarise(sums, tuple(replace(factor, levels=int(own.sum())) for factor, own in left))


def _less_leaves(sums: Sums, keep: npt.NDArray[np.bool_]) -> Sums:
    """Drop leaves, then the cells and patterns that no leaf is left of."""
    cells, cell = np.unique(sums.cell[keep], return_inverse=True)
    patterns, pattern = np.unique(sums.pattern[cells], return_inverse=True)
    size = sums.leaf_x.shape[1]
    own_rows = (cells[:, None] * size + np.arange(size)).ravel()
    return replace(
        sums,
        leaf_x=sums.leaf_x[keep],
        leaf_y=sums.leaf_y[keep],
        pattern=pattern.astype(np.intp),
        pattern_zz=sums.pattern_zz[patterns],
        cell=cell.astype(np.intp),
        cross=sums.cross[own_rows],
    )


def _less_rows(sums: Sums, prepared: Prepared, rows: IntArray) -> Sums:
    """Subtract products over rows from those that are not by leaf."""
    scaled = prepared.scaled
    root = np.ones(len(rows)) if scaled.root_weights is None else scaled.root_weights[rows]
    x, y = scaled.fixed.rows(rows) * root[:, None], scaled.outcomes[rows] * root[:, None]
    u = _outer_columns(prepared.factors[1:], rows, root)
    return replace(
        sums,
        rows=sums.rows - len(rows),
        xx=sums.xx - x.T @ x,
        xy=sums.xy - x.T @ y,
        yy=sums.yy - np.einsum("nb,nb->b", y, y),
        uu=sparse.csr_matrix(sums.uu - u.T @ u),
        ux=sums.ux - u.T @ x,
        uy=sums.uy - u.T @ y,
    )


def _outer_columns(outer: tuple[Factor, ...], rows: IntArray, root: Array) -> sparse.csr_matrix:
    """Return the random-effects columns of the outer factors for some rows: sparse (rows, U)."""
    parts = [sparse.csr_matrix((len(rows), 0))]
    for factor in outer:
        at = factor.codes[rows][:, None] * factor.size + np.arange(factor.size)
        values = (factor.columns[rows] * root[:, None]).ravel()
        ends = np.arange(len(rows) + 1) * factor.size
        parts.append(sparse.csr_matrix((values, at.ravel(), ends), (len(rows), factor.levels * factor.size)))
    return sparse.csr_matrix(sparse.hstack(parts))


def _levels_left(factor: Factor, rows: IntArray) -> npt.NDArray[np.bool_]:
    counts = np.bincount(factor.codes, minlength=factor.levels)
    return np.asarray(counts > np.bincount(factor.codes[rows], minlength=factor.levels))


def _less_effects(sums: Sums, outer: tuple[Factor, ...], there: list[npt.NDArray[np.bool_]]) -> Sums:
    """Drop the effects of outer levels that no row is left of."""
    if not outer:
        return sums
    left = np.concatenate([np.repeat(own, factor.size) for factor, own in zip(outer, there, strict=True)])
    if left.all():
        return sums
    kept = np.flatnonzero(left)
    return replace(
        sums,
        cross=sparse.csr_matrix(sums.cross[:, kept]),
        uu=sparse.csr_matrix(sums.uu[kept][:, kept]),
        ux=sums.ux[kept],
        uy=sums.uy[kept],
    )
