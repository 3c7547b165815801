"""The residuals' covariance R at given parameters: its entries, derivatives, and what makes it one.

R_ij = sqrt(d_i d_j) u^e_ij within a group, with d the variances over sigma^2 and e the time apart in units of
the smallest gap. Parameters are psi = (log variance ratios, x), u = x^2 / (1 + x^2): as with theta, the sign
of x is free, and no correlation is an ordinary minimum at zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve_triangular

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.residual_design import ResidualDesign


@dataclass(frozen=True)
class Chains:
    """Hold which rows follow one another in time, and which pairs of rows are of one group.

    Parameters
    ----------
    previous : (n,), the row before, -1 for the first of its group. gaps : (n,), time since then, over `unit`.
    left, right : rows of all pairs of one group, in both orders and with themselves.
    apart : time between the rows of a pair, over `unit`.
    unit : the smallest gap, in the unit of times. usual : the median gap, over `unit`.
    """

    previous: IntArray
    gaps: Array
    left: IntArray
    right: IntArray
    apart: Array
    unit: float
    usual: float


def chains_of(residual: ResidualDesign, rows: int) -> Chains:
    """Sort the rows of each group by time."""
    each = np.arange(rows)
    previous, gaps = np.full(rows, -1), np.zeros(rows)
    if residual.times is None or residual.within is None:
        return Chains(previous, gaps, each, each, np.zeros(rows), 1.0, 1.0)
    order = np.lexsort((residual.times, residual.within))
    same = residual.within[order][1:] == residual.within[order][:-1]
    between = np.diff(residual.times[order])[same]
    unit = float(between.min())
    previous[order[1:][same]] = order[:-1][same]
    gaps[order[1:][same]] = between / unit
    left, right = _pairs_within(residual.within)
    apart = np.abs(residual.times[left] - residual.times[right]) / unit
    return Chains(previous, gaps, left, right, apart, unit, float(np.median(between)) / unit)


def _pairs_within(codes: IntArray) -> tuple[IntArray, IntArray]:
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    own = sizes[codes[order]]
    starts = (np.cumsum(sizes) - sizes)[codes[order]]
    left = np.repeat(np.arange(len(codes)), own)
    offset = np.arange(len(left)) - np.repeat(np.cumsum(own) - own, own)
    return order[left], order[np.repeat(starts, own) + offset]


@dataclass(frozen=True)
class ResidualCovariance:
    """Hold R at psi.

    Parameters
    ----------
    design, chains : what it goes by. weights : (n,), prior inverse variances. psi : (k,).
    """

    design: ResidualDesign
    chains: Chains
    weights: Array
    psi: Array

    @property
    def correlated(self) -> bool:
        """Return whether residuals correlate over time."""
        return self.design.times is not None

    @cached_property
    def ratios(self) -> Array:
        """Return each level's variance over the first level's: (K,), or one."""
        return np.asarray(np.exp(np.concatenate([[0.0], self.psi[: self.design.ratios]])))

    @cached_property
    def variances(self) -> Array:
        """Return d, each row's variance over sigma^2: (n,)."""
        levels = self.design.levels
        return np.asarray((1.0 if levels is None else self.ratios[levels]) / self.weights)

    @property
    def nearest(self) -> float:
        """Return u, the correlation at the smallest gap."""
        return float(self.psi[-1] ** 2 / (1 + self.psi[-1] ** 2)) if self.correlated else 0.0

    @property
    def rho(self) -> float | None:
        """Return the correlation at one unit of time apart, or None."""
        return float(self.nearest ** (1 / self.chains.unit)) if self.correlated else None

    @cached_property
    def _links(self) -> tuple[Array, Array]:
        """Return each row's correlation with the one before, and what that leaves of its variance."""
        linked = self.chains.previous >= 0
        link = np.where(linked, self.nearest**self.chains.gaps, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            rest = -np.expm1(2 * self.chains.gaps * np.log(self.nearest))
        return link, np.where(linked, rest, 1.0)

    @property
    def logdet(self) -> float:
        """Return log |R|."""
        return float(np.log(self.variances).sum() + np.log(self._links[1]).sum())

    @cached_property
    def whitening(self) -> sparse.csr_matrix:
        """Return L with L R L' = I: each row less what the one before foretells, over what is left."""
        link, rest = self._links
        n, linked = len(link), np.flatnonzero(self.chains.previous >= 0)
        own = 1 / np.sqrt(self.variances * rest)
        before = self.chains.previous[linked]
        back = -link[linked] / np.sqrt(self.variances[before] * rest[linked])
        rows = np.concatenate([np.arange(n), linked])
        cols = np.concatenate([np.arange(n), before])
        return sparse.csr_matrix((np.concatenate([own, back]), (rows, cols)), shape=(n, n))

    def matrix(self) -> sparse.csr_matrix:
        """Return R."""
        return self._placed(self._roots * self._power(0))

    def coloured(self, drawn: Array) -> Array:
        """Return L^-1 times independent draws (n, k): draws with covariance R."""
        L = self.whitening
        if self.design.times is None or self.design.within is None:
            return np.asarray(drawn * np.sqrt(self.variances)[:, None])
        order = np.lexsort((self.design.times, self.design.within))
        turned = spsolve_triangular(L[order][:, order], drawn[order], lower=True)
        found = np.empty_like(drawn)
        found[order] = turned
        return found

    def first(self, *, natural: bool = False) -> list[sparse.csr_matrix]:
        """Return L R_k L', with R_k the derivatives of R in psi.

        Parameters
        ----------
        natural : in u in place of x, so that the derivative does not vanish at u = 0.
        """
        found = [self._roots * self._power(0) * part for part in self._shares]
        if self.correlated:
            found.append(self._roots * self._power(1) * (1.0 if natural else self._bend[0]))
        return [self._whitened(values) for values in found]

    def second(self, k: int, j: int) -> sparse.csr_matrix:
        """Return L R_kj L', a second derivative of R in psi, one at a time: all at once would fill memory."""
        ratios, shares = self.design.ratios, self._shares
        if max(k, j) < ratios:
            return self._whitened(self._roots * self._power(0) * shares[k] * shares[j])
        slope, (first, second, over) = self._roots * self._power(1), self._bend
        if min(k, j) < ratios:
            return self._whitened(slope * first * shares[min(k, j)])
        return self._whitened(slope * (second + (self.chains.apart - 1) * over))

    @cached_property
    def _roots(self) -> Array:
        root = np.sqrt(self.variances)
        return root[self.chains.left] * root[self.chains.right]

    def _power(self, order: int) -> Array:
        """Return u^e, or its derivative e u^(e - 1), by pair."""
        apart = self.chains.apart
        if order == 0:
            return np.asarray(self.nearest**apart)
        return np.asarray(apart * self.nearest ** np.maximum(apart - 1, 0.0))

    @cached_property
    def _shares(self) -> list[Array]:
        """Return by free level the derivative of log sqrt(d_i d_j) in its log ratio, by pair."""
        levels = self.design.levels
        if levels is None:
            return []
        i, j = levels[self.chains.left], levels[self.chains.right]
        return [((i == k) * 0.5 + (j == k) * 0.5) for k in range(1, len(self.design.names))]

    @property
    def _bend(self) -> tuple[float, float, float]:
        """Return u', u'' in x, and u'^2 / u, which is finite at zero."""
        x, wide = self.psi[-1], 1 + self.psi[-1] ** 2
        return 2 * x / wide**2, (2 - 6 * x**2) / wide**3, 4 / wide**3

    def _placed(self, values: Array) -> sparse.csr_matrix:
        n = len(self.weights)
        return sparse.csr_matrix((values, (self.chains.left, self.chains.right)), shape=(n, n))

    def _whitened(self, values: Array) -> sparse.csr_matrix:
        L, placed = self.whitening, self._placed(values)
        placed.eliminate_zeros()
        return sparse.csr_matrix(L @ placed @ L.T)
