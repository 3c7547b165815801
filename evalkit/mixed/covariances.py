"""From theta, the free elements of all relative Cholesky factors T, to covariances G = T T' and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.mixed.arrays import Array, transpose
from evalkit.mixed.factors import Factor


@dataclass(frozen=True)
class Shape:
    """Say which elements theta holds.

    Parameters
    ----------
    factors : leaf first.
    squares : (m, m, m), symmetric A with G_i = theta' A_i theta for each free element of the G.
    diagonal : (m,), whether an element of theta is on a diagonal, so that its sign is free.
    """

    factors: tuple[Factor, ...]
    squares: Array
    diagonal: np.ndarray[tuple[int], np.dtype[np.bool_]]

    @property
    def number(self) -> int:
        """Return m."""
        return len(self.diagonal)


def shape_of(factors: tuple[Factor, ...]) -> Shape:
    """Lay out theta: factor by factor, each block column by column as in lme4."""
    entries = [(f, i, j) for f, factor in enumerate(factors) for i, j in factor.entries]
    place = {entry: k for k, entry in enumerate(entries)}
    squares = np.zeros((len(entries),) * 3)
    for k, (f, i, j) in enumerate(entries):
        for col in range(factors[f].size):
            if (f, i, col) in place and (f, j, col) in place:
                a, b = place[f, i, col], place[f, j, col]
                squares[k, a, b] += 0.5
                squares[k, b, a] += 0.5
    return Shape(factors, squares, np.array([i == j for _, i, j in entries]))


def templates(shape: Shape, theta: Array) -> list[Array]:
    """Return T of each factor, (B, q, q), from theta (B, m)."""
    found, at = [], 0
    for factor in shape.factors:
        T = np.zeros((len(theta), factor.size, factor.size))
        for i, j in factor.entries:
            T[:, i, j] = theta[:, at]
            at += 1
        found.append(T)
    return found


def covariances(shape: Shape, theta: Array) -> list[Array]:
    """Return G of each factor, (B, q, q)."""
    return [T @ transpose(T) for T in templates(shape, theta)]


def elements(shape: Shape, matrices: list[Array]) -> Array:
    """Return the free elements of one matrix a factor, (B, q, q), as a vector (B, m)."""
    columns = [
        matrix[:, i, j]
        for factor, matrix in zip(shape.factors, matrices, strict=True)
        for i, j in factor.entries
    ]
    return np.stack(columns, axis=1)


def symmetric(shape: Shape, values: Array) -> list[Array]:
    """Return symmetric matrices (B, q, q) from their free elements (B, m)."""
    lower = templates(shape, values)
    return [L + transpose(np.tril(L, -1)) for L in lower]


def gradient_matrices(shape: Shape, slope: Array) -> list[Array]:
    """Return dD/dG as symmetric matrices: an off-diagonal element stands for two, so it is halved."""
    return symmetric(shape, np.where(shape.diagonal, slope, slope / 2))


def theta_of(shape: Shape, matrices: list[Array]) -> Array:
    """Return theta from positive semidefinite G (B, q, q), zero pivots kept as zeros."""
    return elements(shape, [_factorised(matrix) for matrix in matrices])


def _factorised(matrix: Array) -> Array:
    """Factorise G = T T' without failing at singular G (Golub & Van Loan, 4.2.8, without pivoting)."""
    size = matrix.shape[-1]
    T, rest = np.zeros_like(matrix), matrix.copy()
    limit = 1e-14 * np.abs(np.diagonal(matrix, axis1=1, axis2=2))
    for k in range(size):
        pivot = rest[:, k, k]
        good = pivot > limit[:, k]
        root = np.sqrt(np.where(good, pivot, 1.0))
        T[:, k:, k] = np.where(good[:, None], rest[:, k:, k] / root[:, None], 0.0)
        rest = rest - T[:, :, k, None] * T[:, None, :, k]
    return T


def to_theta(shape: Shape, theta: Array, slope: Array, curve: Array) -> tuple[Array, Array]:
    """Return gradient and Hessian in theta from those in the free elements of G, by the chain rule."""
    jacobian = 2 * np.einsum("gab,nb->nga", shape.squares, theta)
    gradient = np.einsum("nga,ng->na", jacobian, slope)
    hessian = transpose(jacobian) @ curve @ jacobian + 2 * np.einsum("ng,gab->nab", slope, shape.squares)
    return gradient, hessian
