"""Rows turned so that their residuals are alike and uncorrelated, and the sums that a fit needs of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from evalkit.mixed.arrays import Array, IntArray, pack, spread, sums_by
from evalkit.mixed.design import Design, DesignFault
from evalkit.mixed.factors import Factor, merge_terms
from evalkit.mixed.hashing import halves, row_marks, same_marks, varying
from evalkit.mixed.residual_covariance import Chains, ResidualCovariance, chains_of
from evalkit.mixed.residual_design import ResidualDesign, grouped
from evalkit.mixed.scaling import Scaled, ScaledColumns, scale_design
from evalkit.mixed.sums import Sums, products_of


@dataclass(frozen=True)
class PlainRows:
    """Hold what does not change with the residuals' parameters.

    Parameters
    ----------
    design, residual : as given. scaled : columns on common scales, without weights.
    factors : leaf first; the leaf holds the groups of time whole.
    chains : rows in time.
    outer : sparse (n, U), columns of all outer effects.
    cell, cell_first, pattern, pattern_first : as `same_marks` numbers leaves.
    """

    design: Design
    residual: ResidualDesign
    scaled: Scaled
    factors: tuple[Factor, ...]
    chains: Chains
    outer: sparse.csr_matrix
    cell: IntArray
    cell_first: IntArray
    pattern: IntArray
    pattern_first: IntArray

    def covariance(self, psi: Array) -> ResidualCovariance:
        """Return the residuals' covariance at psi (k,)."""
        return ResidualCovariance(self.residual, self.chains, self.design.weights, psi)


@dataclass(frozen=True)
class WhiteRows:
    """Hold rows whose residuals have covariance I.

    Parameters
    ----------
    residual : R, by which they were turned.
    scaled : fixed columns and outcomes, turned. leaf : (n, q), columns of the leaf.
    inner, outer : sparse (n, R q), (n, U), columns of all effects.
    """

    residual: ResidualCovariance
    scaled: Scaled
    leaf: Array
    inner: sparse.csr_matrix
    outer: sparse.csr_matrix

    @property
    def right(self) -> Array:
        """Return [X y]: (n, p + 1)."""
        return np.column_stack([self.scaled.fixed.columns, self.scaled.outcomes])


def plain_rows(design: Design, residual: ResidualDesign) -> PlainRows:
    """Return rows ready to be turned.

    Raises
    ------
    DesignFault
        Times that repeat or never follow one another; groups of time that no random term holds whole.
    """
    known = grouped(residual, design)
    scaled = scale_design(replace(design, weights=np.ones(design.rows)))
    factors = _leaf_around(merge_terms(design.terms), known.within)
    chains = chains_of(known, design.rows)
    outer = [_effects(factor.columns, factor) for factor in factors[1:]]
    empty = sparse.csr_matrix((design.rows, 0))
    marks = _marks(factors, known, design.weights, chains)
    pattern, pattern_first = same_marks(marks[:, :2])
    cell, cell_first = same_marks(marks[:, 2:])
    together = sparse.csr_matrix(sparse.hstack([empty, *outer]))
    return PlainRows(
        design, known, scaled, factors, chains, together, cell, cell_first, pattern, pattern_first
    )


def _leaf_around(factors: tuple[Factor, ...], within: IntArray | None) -> tuple[Factor, ...]:
    """Put first the factor with most levels that holds each group of time whole."""
    if within is None:
        return factors
    for k, factor in enumerate(factors):
        home = np.empty(int(within.max()) + 1, dtype=np.intp)
        home[within] = factor.codes
        if (home[within] == factor.codes).all():
            return (factor, *factors[:k], *factors[k + 1 :])
    raise DesignFault("autocorrelation_outside")


def _effects(columns: Array, factor: Factor) -> sparse.csr_matrix:
    """Return the columns of a factor's effects, (n, levels q)."""
    n, size = columns.shape
    place = factor.codes[:, None] * size + np.arange(size)
    ends = np.arange(0, n * size + 1, size)
    return sparse.csr_matrix((columns.ravel(), place.ravel(), ends), shape=(n, factor.levels * size))


def _marks(factors: tuple[Factor, ...], residual: ResidualDesign, weights: Array, chains: Chains) -> Array:
    """Return sums of marks by leaf: what a turned row is made of, its own values and those before it."""
    own: list[Array | IntArray] = [factors[0].columns, weights]
    own += [] if residual.levels is None else [residual.levels]
    others = [part for factor in factors[1:] for part in (factor.codes, factor.columns)]
    if residual.times is not None:
        before = np.where(chains.previous >= 0, chains.previous, np.arange(len(weights)))
        own += [part[before] for part in own] + [chains.gaps]
        others += [part[before] for part in others]
    whole = slice(0, len(weights))
    inside = row_marks(varying(own), None, whole)
    both = row_marks(varying(others), inside, whole)
    columns = np.empty((len(weights), 4))
    columns[:, 0], columns[:, 1] = halves(inside)
    columns[:, 2], columns[:, 3] = halves(both)
    return sums_by(factors[0].codes, columns, factors[0].levels)


def whitened(plain: PlainRows, psi: Array) -> WhiteRows:
    """Turn rows by the residuals' covariance at psi."""
    at = plain.covariance(psi)
    L, scaled = at.whitening, plain.scaled
    fixed, outcomes = np.asarray(L @ scaled.fixed.rows()), np.asarray(L @ scaled.outcomes)
    p = fixed.shape[1]
    columns = ScaledColumns(fixed, np.zeros(p), np.ones(p), scaled.scaling, None)
    turned = replace(
        scaled, fixed=columns, outcomes=outcomes, root_weights=None, mean_weight=1.0, xx=fixed.T @ fixed
    )
    leaf = np.asarray(L @ plain.factors[0].columns)
    inner = _effects(leaf, plain.factors[0])
    return WhiteRows(at, turned, leaf, inner, sparse.csr_matrix(L @ plain.outer))


def sum_white_rows(plain: PlainRows, white: WhiteRows) -> Sums:
    """Sum products of turned columns, as `sum_rows` does for rows that need no turning."""
    leaf, fixed, y = plain.factors[0], white.scaled.fixed.columns, white.scaled.outcomes
    p, size = fixed.shape[1], leaf.size
    by_leaf = sums_by(leaf.codes, products_of(white.leaf, np.hstack([fixed, y])), leaf.levels)
    by_leaf = by_leaf.reshape(leaf.levels, size, -1)
    zz = sums_by(leaf.codes, pack(white.leaf[:, :, None] * white.leaf[:, None, :]), leaf.levels)
    first = (plain.cell_first[:, None] * size + np.arange(size)).ravel()
    U = white.outer
    return Sums(
        len(y),
        white.scaled.xx,
        fixed.T @ y,
        np.einsum("nb,nb->b", y, y),
        np.ascontiguousarray(by_leaf[:, :, :p]),
        np.ascontiguousarray(by_leaf[:, :, p:]),
        plain.pattern[plain.cell_first],
        spread(zz[plain.pattern_first], size),
        plain.cell,
        sparse.csr_matrix((white.inner.T @ U).tocsr()[first]),
        sparse.csr_matrix(U.T @ U),
        np.asarray(U.T @ fixed),
        np.asarray(U.T @ y),
    )
