"""Derivatives of log |V| and [X y]' V^-1 [X y] in the residuals' parameters.

Rows are turned so that R = I. With S the inverse of V for the leaf alone, M the conditional covariance of
the outer effects and U their columns, V^-1 = S - S U M U'S; S itself is I - Z K Z'. Everything is sparse,
and no matrix of all rows is formed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from evalkit.mixed.arrays import Array, spread
from evalkit.mixed.components import block_covariance
from evalkit.mixed.covariances import Shape, covariances
from evalkit.mixed.factors import Factor
from evalkit.mixed.leaf_jets import leaf_jets
from evalkit.mixed.moments import Moments
from evalkit.mixed.stack_jets import block_of
from evalkit.mixed.summary import Summary
from evalkit.mixed.sums import Sums
from evalkit.mixed.whitening import WhiteRows

Sparse = sparse.csr_matrix | sparse.csc_matrix | sparse.bsr_matrix


@dataclass(frozen=True)
class Elimination:
    """Hold V^-1 at some theta.

    Parameters
    ----------
    Z, K : (n, R q), (R q, R q), the leaf's columns and K. SU : (n, U), S U. M : (U, U).
    UU : (U, U), U'S U. E : (n, p + 1), V^-1 [X y].
    """

    Z: Sparse
    K: Sparse
    SU: Sparse
    M: Sparse
    UU: Sparse
    E: Array

    def solve(self, columns: Array) -> Array:
        """Return V^-1 times columns (n, k)."""
        return _solved(self.Z, self.K, self.SU, self.M, columns)


def _solved(Z: Sparse, K: Sparse, SU: Sparse, M: Sparse, columns: Array) -> Array:
    inside = columns - Z @ (K @ (Z.T @ columns))
    return np.asarray(inside - SU @ (M @ (SU.T @ columns)))


def eliminate(white: WhiteRows, summary: Summary, sums: Sums, shape: Shape, theta: Array) -> Elimination:
    """Return V^-1 at theta (1, m)."""
    G, size = covariances(shape, theta), summary.factors[0].size
    jets = leaf_jets(G[0], summary.leaves.zz, summary.leaves.counts, np.zeros((0, size, size)))
    own = spread(jets.packed[0, 0].reshape(len(summary.leaves.zz), -1), size)
    leaves = len(sums.cell)
    ends, place = np.arange(leaves + 1), np.arange(leaves)
    blocks = own[sums.pattern[sums.cell]]
    K = sparse.csr_matrix(sparse.bsr_matrix((blocks, place, ends), shape=(leaves * size, leaves * size)))
    Z, U = white.inner, white.outer
    number = U.shape[1]
    M = sparse.csr_matrix((number, number))
    for stack in summary.stacks:
        E = block_of(stack, jets.packed[:, :1], 0).E[0]
        covariance = block_covariance(stack.layout, G[1:])
        middle = np.linalg.solve(np.eye(E.shape[-1]) + covariance @ E, covariance)
        dims = stack.layout.dims
        there = (dims[:, :, None] >= 0) & (dims[:, None, :] >= 0)
        rows = np.broadcast_to(dims[:, :, None], there.shape)[there]
        cols = np.broadcast_to(dims[:, None, :], there.shape)[there]
        M = M + sparse.csr_matrix((middle[there], (rows, cols)), shape=(number, number))
    SU = sparse.csr_matrix(U - Z @ (K @ (Z.T @ U)))
    return Elimination(Z, K, SU, M, sparse.csr_matrix(SU.T @ U), _solved(Z, K, SU, M, white.right))


@dataclass(frozen=True)
class _Direction:
    """Hold what a direction A of V gives, A block-diagonal within leaves.

    Parameters
    ----------
    A, AZ, ASU : the matrix, and times Z and S U. a, b, T : Z'A Z, Z'A S U, U'S A S U.
    KaK, Kb, MTM : products of these with K and M.
    F, VF : (n, p + 1), A E and V^-1 A E.
    trace : tr(V^-1 A).
    """

    A: Sparse
    AZ: Sparse
    ASU: Sparse
    a: Sparse
    b: Sparse
    T: Sparse
    KaK: Sparse
    Kb: Sparse
    MTM: Sparse
    F: Array
    VF: Array
    trace: float


def _direction(known: Elimination, A: Sparse) -> _Direction:
    AZ, ASU, F = A @ known.Z, A @ known.SU, A @ known.E
    a, b, T = known.Z.T @ AZ, known.Z.T @ ASU, known.SU.T @ ASU
    trace = float(A.diagonal().sum()) - _dot(known.K, a) - _dot(known.M, T)
    products = known.K @ a @ known.K, known.K @ b, known.M @ T @ known.M
    return _Direction(A, AZ, ASU, a, b, T, *products, F, known.solve(F), trace)


def _dot(one: Sparse, other: Sparse) -> float:
    return float(one.multiply(other).sum())


def _trace(known: Elimination, A: Sparse) -> float:
    """Return tr(V^-1 A)."""
    if not A.nnz:
        return 0.0
    inner = known.Z.T @ (A @ known.Z)
    outer = known.SU.T @ (A @ known.SU)
    return float(A.diagonal().sum()) - _dot(known.K, inner) - _dot(known.M, outer)


def _trace_of_two(known: Elimination, one: _Direction, other: _Direction) -> float:
    """Return tr(V^-1 A V^-1 B)."""
    inside = _dot(one.A, other.A) - 2 * _dot(known.K, one.AZ.T @ other.AZ) + _dot(one.KaK, other.a)
    between = one.ASU.T @ other.ASU - one.b.T @ other.Kb
    return inside - 2 * _dot(known.M, between) + _dot(one.MTM, other.T)


def _leaf_part(known: Elimination, one: _Direction, size: int) -> Array:
    """Return the sum over leaves of Z'V^-1 A V^-1 Z, within each: (q, q)."""
    Z, K, M = known.Z, known.K, known.M
    SZ = sparse.csc_matrix(Z - Z @ (K @ (Z.T @ Z)))
    ASZ, d = sparse.csc_matrix(one.A @ SZ), sparse.csr_matrix(SZ.T @ one.ASU)
    moved = sparse.csc_matrix(M @ (known.SU.T @ Z))
    bent = sparse.csc_matrix(one.T @ moved)
    found = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            back = moved[:, j::size].T
            found[i, j] = _dot(SZ[:, i::size], ASZ[:, j::size]) + _dot(moved[:, i::size], bent[:, j::size])
            found[i, j] -= _dot(d[i::size], back) + _dot(d[j::size], moved[:, i::size].T)
    return found


def _outer_part(known: Elimination, one: _Direction, size: int, part: slice) -> Array:
    """Return the sum over levels of an outer factor of U'V^-1 A V^-1 U, within each: (q, q)."""
    kept = sparse.csc_matrix(sparse.eye(known.M.shape[0], format="csr") - known.M @ known.UU)[:, part]
    bent = sparse.csc_matrix(one.T @ kept)
    pairs = [[_dot(kept[:, i::size], bent[:, j::size]) for j in range(size)] for i in range(size)]
    return np.array(pairs)


def residual_moments(
    relative: Moments,
    known: Elimination,
    outer: sparse.csr_matrix,
    factors: tuple[Factor, ...],
    first: Sequence[Sparse],
    second: Callable[[int, int], Sparse] | None = None,
) -> Moments:
    """Return moments in the free elements of all G and in the residuals' parameters, these last.

    Parameters
    ----------
    relative : moments in the elements of G, of one outcome.
    known : V^-1. outer : (n, U), turned columns of the outer effects.
    first, second : derivatives of R, turned (`ResidualCovariance`). Without `second`, V counts as linear
        in the parameters, which is what expected information and Kenward and Roger's first order ask for.
    """
    found = [_direction(known, A) for A in first]
    m, k, P = relative.logdet_first.shape[1], len(first), known.E.shape[1]
    slope, curve = np.zeros((1, m + k)), np.zeros((1, m + k, m + k))
    bend, bow = np.zeros((1, m + k, P, P)), np.zeros((1, m + k, m + k, P, P))
    slope[:, :m], curve[:, :m, :m] = relative.logdet_first, relative.logdet_second
    bend[:, :m], bow[:, :m, :m] = relative.normal_first, relative.normal_second
    for i, one in enumerate(found):
        slope[0, m + i] = one.trace
        bend[0, m + i] = -known.E.T @ one.F
        for j, other in enumerate(found[: i + 1]):
            product = one.F.T @ other.VF
            straight, bowed = -_trace_of_two(known, one, other), product + product.T
            if second is not None:
                bent = second(i, j)
                straight += _trace(known, bent)
                bowed = bowed - known.E.T @ (bent @ known.E)
            curve[0, m + i, m + j] = curve[0, m + j, m + i] = straight
            bow[0, m + i, m + j] = bow[0, m + j, m + i] = bowed
        crossed, mixed = _with_effects(known, outer, one, factors)
        curve[0, :m, m + i] = curve[0, m + i, :m] = crossed
        bow[0, :m, m + i] = bow[0, m + i, :m] = mixed
    return Moments(relative.logdet, slope, curve, relative.normal, bend, bow)


def _with_effects(
    known: Elimination, outer: sparse.csr_matrix, one: _Direction, factors: tuple[Factor, ...]
) -> tuple[Array, Array]:
    """Return second derivatives in a direction and in the elements of each G: (m,), (m, P, P)."""
    slopes, bows, at = [], [], 0
    for f, factor in enumerate(factors):
        width = factor.levels * factor.size
        part = slice(at, at + width)
        if f == 0:
            within, columns = _leaf_part(known, one, factor.size), known.Z
        else:
            within, columns = _outer_part(known, one, factor.size, part), outer[:, part]
            at += width
        e = np.asarray(columns.T @ known.E).reshape(factor.levels, factor.size, -1)
        g = np.asarray(columns.T @ one.VF).reshape(factor.levels, factor.size, -1)
        for i, j in factor.entries:
            slopes.append(-within[i, i] if i == j else -(within[i, j] + within[j, i]))
            product = e[:, i].T @ g[:, j] + (0.0 if i == j else e[:, j].T @ g[:, i])
            bows.append(product + product.T)
    return np.array(slopes), np.array(bows)
