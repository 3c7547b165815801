"""A fit's normal equations by cluster, from its summary, with a complex residual variance added."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from evalkit.mixed.arrays import Array, IntArray, pairs, sums_by
from evalkit.mixed.clusters import Clusters, cluster_of_levels
from evalkit.mixed.components import block_covariance
from evalkit.mixed.covariances import covariances
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.packing import packed_products
from evalkit.mixed.summary import Stack

ComplexArray = NDArray[np.complex128]


@dataclass(frozen=True)
class ClusterSums:
    """Hold sums of [X e] by cluster, scaled as in the summary; e are residuals.

    Parameters
    ----------
    products : (C, P, P), products over rows, where P = p + 1.
    leaf_cluster, leaf_pattern, leaf_products : (N,), (N,), (N, q2 P P), packed products of Z'[X e] of
        the leaves, summed where cluster and pattern agree.
    zz : (K, q, q), of each pattern.
    stacks : blocks of outer effects. block_clusters : (S,), cluster of each block, by stack.
    G : covariance of each factor, leaf first, over the residual variance.
    beta : (p,).
    outcome : number of the outcome.
    """

    products: Array
    leaf_cluster: IntArray
    leaf_pattern: IntArray
    leaf_products: Array
    zz: Array
    stacks: tuple[Stack, ...]
    block_clusters: tuple[IntArray, ...]
    G: tuple[Array, ...]
    beta: Array
    outcome: int

    def shifted(self, z: complex) -> ComplexArray:
        """Return [X e]'(V + z)^-1 [X e] by cluster, V over the residual variance: (C, P, P).

        With unequal weights, z must be zero.
        """
        omega = 1 / (1 + z)
        clusters, P, _ = self.products.shape
        left = np.eye(self.zz.shape[1]) + omega * self.G[0] @ self.zz
        inner = np.linalg.solve(left, self.G[0]).astype(np.complex128)
        i, j = pairs(self.zz.shape[1])
        packed = inner[:, i, j]
        wide = self.leaf_products.reshape(len(self.leaf_products), len(i), P * P)
        both = _two_rows(packed[self.leaf_pattern]) @ wide
        change = sums_by(self.leaf_cluster, both.reshape(len(both), -1), clusters)
        normal = omega * self.products - omega**2 * _joined(change.reshape(clusters, 2, P, P))
        for stack, own in zip(self.stacks, self.block_clusters, strict=True):
            outer = block_covariance(stack.layout, [G[None] for G in self.G[1:]])[0]
            uu, ux = self._block(stack, inner, packed)
            E = omega * stack.uu - omega**2 * uu
            R = omega * self._outer_right(stack) - omega**2 * ux
            middle = np.linalg.solve(np.eye(len(outer)) + outer @ E, outer @ R)
            np.subtract.at(normal, own, np.swapaxes(R, 1, 2) @ middle)
        return np.asarray(normal, dtype=np.complex128)

    def _outer_right(self, stack: Stack) -> Array:
        left = stack.uy[self.outcome] - stack.ux @ self.beta
        return np.concatenate([stack.ux, left[..., None]], axis=-1)

    def _block(
        self, stack: Stack, inner: ComplexArray, packed: ComplexArray
    ) -> tuple[ComplexArray, ComplexArray]:
        """Return U'Z K Z'U and U'Z K Z'[X e] of a stack's blocks."""
        if stack.wide is not None:
            return self._wide_block(stack, inner)
        blocks, width = stack.uu.shape[:2]
        rows = _two_rows(packed[stack.pattern].reshape(blocks, -1))
        found = _joined(rows @ stack.by_cell)
        y = _joined(rows @ stack.by_cell_y[self.outcome])
        uu = found[:, : width * width].reshape(blocks, width, width)
        ux = found[:, width * width :].reshape(blocks, width, -1)
        left = y - ux @ self.beta
        return uu, np.concatenate([ux, left[..., None]], axis=-1)

    def _wide_block(self, stack: Stack, inner: ComplexArray) -> tuple[ComplexArray, ComplexArray]:
        assert stack.wide is not None
        cross, counts, x, y = stack.wide
        own = inner[stack.pattern[0]]
        cells, size, p = x.shape
        blocks = (own * counts[:, None, None], np.arange(cells), np.arange(cells + 1))
        middle = sparse.bsr_matrix(blocks, shape=(cells * size, cells * size)).tocsr()
        uu = (cross.T @ (middle @ cross)).toarray()
        left = y[:, :, self.outcome] - x @ self.beta
        right = own @ np.concatenate([x, left[..., None]], axis=2)
        return uu[None], (cross.T @ right.reshape(cells * size, p + 1))[None]


def _two_rows(values: ComplexArray) -> Array:
    """Return (N, 2, k), real above imaginary parts, so that products with real tables stay real."""
    return np.stack([values.real, values.imag], axis=1)


def _joined(parts: Array) -> ComplexArray:
    return np.asarray(parts[:, 0] + 1j * parts[:, 1])


def cluster_sums(fit: MixedFit, clusters: Clusters) -> ClusterSums:
    """Sum a fit's rows by cluster: one pass, and one over the leaves.

    Parameters
    ----------
    clusters : in which all groups of the fit nest.
    """
    ready, beta = fit.prepared, fit.optimum.at.solved.beta[0]
    sums, p, fixed = ready.sums, len(beta), ready.scaled.fixed.rows()
    residuals = ready.scaled.outcomes[:, fit.outcome] - fixed @ beta
    right = np.column_stack([fixed, residuals])
    if ready.scaled.root_weights is not None:
        right *= ready.scaled.root_weights[:, None]
    i, j = pairs(p + 1)
    packed = sums_by(clusters.codes, right[:, i] * right[:, j], clusters.number)
    products = np.empty((clusters.number, p + 1, p + 1))
    products[:, i, j] = products[:, j, i] = packed
    leaf_right = np.concatenate(
        [sums.leaf_x, (sums.leaf_y[:, :, fit.outcome] - sums.leaf_x @ beta)[..., None]], axis=2
    )
    home = cluster_of_levels(clusters, ready.factors[0])
    assert home is not None
    kinds = len(sums.pattern_zz)
    key, which = np.unique(home * kinds + sums.pattern[sums.cell], return_inverse=True)
    flat = packed_products(leaf_right, leaf_right).reshape(len(leaf_right), -1)
    leaf_products = sums_by(which.astype(np.intp), flat, len(key))
    G = tuple(matrix[0] for matrix in covariances(ready.shape, fit.optimum.at.theta))
    return ClusterSums(
        products,
        key // kinds,
        key % kinds,
        leaf_products,
        sums.pattern_zz,
        ready.summary.stacks,
        tuple(_block_clusters(fit, clusters, stack) for stack in ready.summary.stacks),
        G,
        beta,
        fit.outcome if ready.summary.outcomes > 1 else 0,
    )


def _block_clusters(fit: MixedFit, clusters: Clusters, stack: Stack) -> IntArray:
    parts = []
    for factor in fit.prepared.factors[1:]:
        home = cluster_of_levels(clusters, factor)
        assert home is not None
        parts.append(np.repeat(home, factor.size))
    dims = stack.layout.dims
    first = dims[np.arange(len(dims)), (dims >= 0).argmax(axis=1)]
    return np.asarray(np.concatenate(parts)[first])
