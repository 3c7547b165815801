"""Elimination of the outer factors, block by block, with derivatives in all covariances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from evalkit.mixed.arrays import Array, IntArray, inverse_and_logdet, pairs, spread, transpose
from evalkit.mixed.summary import Stack


@dataclass(frozen=True)
class StackJets:
    """Hold what a stack adds to log |V| and to N, with derivatives; shapes as in `Moments`."""

    logdet: Array
    logdet_first: Array
    logdet_second: Array
    normal: Array
    normal_first: Array
    normal_second: Array


@dataclass(frozen=True)
class Block:
    """Hold E = U'V1^-1 U and R = U'V1^-1 [X y], V1 without the outer factors, with leaf derivatives.

    Parameters
    ----------
    E, R : (B, S, m, m), (B, S, m, P).
    first : E and R, (B, S, m1, m, .). second : (B, S, pairs of m1, m, .).
    """

    E: Array
    R: Array
    E_first: Array
    R_first: Array
    E_second: Array
    R_second: Array


def stack_jets(stack: Stack, packed: Array, covariance: Array, own: int) -> StackJets:
    """Eliminate the outer effects of a stack.

    With J = (I + G E)^-1, K = J G, H = E J, u = K R, Q = J'R and F = dR - dE u, the derivatives in an
    element of the leaf's G (i, j) and of an outer G (a, b, with D = dG) are

        log|I + G E|:  tr(K E_i);  tr(K E_ij) - tr(K E_i K E_j)
                       tr(H D_a);  tr(J D_a J' E_i);  -tr(H D_a H D_b)
        -R'K R:        -(F_i'u + u'R_i);  -(F_ij'u + u'R_ij) - (F_i'K F_j + F_j'K F_i)
                       -Q'D_a Q;  -(F_i'J D_a Q + its transpose);  Q'(D_a H D_b + D_b H D_a) Q

    Parameters
    ----------
    stack : S blocks.
    packed : (B, jets, K q2), packed K of the leaf by pattern (`LeafJets`).
    covariance : (B, m, m), G of a block.
    own : m1, free elements of the leaf's G; those of the outer factors follow.
    """
    block = block_of(stack, packed, own)
    J, logdet = inverse_and_logdet(np.eye(covariance.shape[-1]) + covariance[:, None] @ block.E)
    K, H = J @ covariance[:, None], block.E @ J
    slope, curve = _logdet_derivatives(block, (J, K, H), stack.places)
    normal = _normal_derivatives(block, (J, K, H), stack.places)
    return StackJets(logdet.sum(axis=1), slope, curve, *normal)


def _logdet_derivatives(
    block: Block, jkh: tuple[Array, Array, Array], places: tuple[tuple[IntArray, IntArray], ...]
) -> tuple[Array, Array]:
    J, K, H = jkh
    batch, own = len(J), block.E_first.shape[2]
    m = own + len(places)
    slope, curve = np.zeros((batch, m)), np.zeros((batch, m, m))
    KE = K[:, :, None] @ block.E_first
    slope[:, :own] = np.trace(KE, axis1=-2, axis2=-1).sum(axis=1)
    if own:
        i, j = pairs(own)
        straight = (block.E_second * K[:, :, None]).sum(axis=(1, 3, 4))
        curve[:, i, j] = curve[:, j, i] = straight
        left = np.swapaxes(KE, 1, 2).reshape(batch, own, -1)
        right = np.swapaxes(transpose(KE), 1, 2).reshape(batch, own, -1)
        curve[:, :own, :own] -= left @ transpose(right)
        EJ = block.E_first @ J[:, :, None]
    for a, (rows, cols) in enumerate(places, start=own):
        slope[:, a] = H[..., rows, cols].sum(axis=(1, 2))
        if own:
            mixed = (J[:, :, None][..., cols] * EJ[..., rows]).sum(axis=(1, 3, 4))
            curve[:, :own, a] = curve[:, a, :own] = mixed
        for b, (others, ends) in enumerate(places[: a - own + 1], start=own):
            one = H[..., ends[:, None], rows]
            two = H[..., cols[:, None], others]
            curve[:, a, b] = curve[:, b, a] = -(one * transpose(two)).sum(axis=(1, 2, 3))
    return slope, curve


def _normal_derivatives(
    block: Block, jkh: tuple[Array, Array, Array], places: tuple[tuple[IntArray, IntArray], ...]
) -> tuple[Array, Array, Array]:
    J, K, H = jkh
    R = block.R
    batch, own, P = len(R), block.E_first.shape[2], R.shape[-1]
    m = own + len(places)
    u, Q = K @ R, transpose(J) @ R
    first, second = np.zeros((batch, m, P, P)), np.zeros((batch, m, m, P, P))
    F = block.R_first - block.E_first @ u[:, :, None]
    moved = np.zeros((*Q.shape[:2], len(places), *Q.shape[2:]))
    for a, (rows, cols) in enumerate(places):
        moved[:, :, a, rows] = Q[:, :, cols]
    first[:, :own] = -_inner(F, u, block.R_first)
    first[:, own:] = -_dot(moved, Q)
    if own:
        i, j = pairs(own)
        bent = block.R_second - block.E_second @ u[:, :, None]
        second[:, i, j] = second[:, j, i] = -_inner(bent, u, block.R_second)
        second[:, :own, :own] -= _both(_cross(F, K[:, :, None] @ F))
        across = -_cross(F, J[:, :, None] @ moved)
        second[:, :own, own:] = across + transpose(across)
        second[:, own:, :own] = np.swapaxes(second[:, :own, own:], 1, 2)
    second[:, own:, own:] = _both(_cross(moved, H[:, :, None] @ moved))
    return -_dot(R[:, :, None], u)[:, 0], first, second


def _both(products: Array) -> Array:
    """Return C_ij + C_ji', which for C_ij = F_i'K F_j is F_i'K F_j + F_j'K F_i."""
    return products + transpose(products)


def _dot(left: Array, right: Array) -> Array:
    """Return sums over blocks of left_i' right: (B, S, k, m, P), (B, S, m, P) to (B, k, P, P)."""
    batch, _, k, _, P = left.shape
    flat = np.swapaxes(left, 1, 2).reshape(batch, k, -1, P)
    return transpose(flat) @ right.reshape(batch, 1, -1, P)


def _inner(bent: Array, u: Array, straight: Array) -> Array:
    """Return sums over blocks of F'u + u'R_i: (B, k, P, P)."""
    return _dot(bent, u) + transpose(_dot(straight, u))


def _cross(left: Array, right: Array) -> Array:
    """Return sums over blocks of left_i' right_j: (B, k, l, P, P)."""
    batch, _, k, _, P = left.shape
    m = right.shape[2]
    one = np.swapaxes(left, 2, 3).reshape(batch, -1, k * P)
    two = np.swapaxes(right, 2, 3).reshape(batch, -1, m * P)
    return np.swapaxes((transpose(one) @ two).reshape(batch, k, P, m, P), 2, 3)


def block_of(stack: Stack, packed: Array, own: int) -> Block:
    """Return what the leaves leave of a stack's blocks, with derivatives in the leaf's G."""
    uu, ux, uy = _changes(stack, packed)
    E, R = -uu, -np.concatenate([ux, uy[..., None]], axis=-1)
    E[:, 0] += stack.uu
    R[:, 0, :, :, :-1] += stack.ux
    R[:, 0, :, :, -1] += stack.uy
    E, R = np.swapaxes(E, 1, 2), np.swapaxes(R, 1, 2)
    return Block(
        E[:, :, 0],
        R[:, :, 0],
        E[:, :, 1 : 1 + own],
        R[:, :, 1 : 1 + own],
        E[:, :, 1 + own :],
        R[:, :, 1 + own :],
    )


def _changes(stack: Stack, packed: Array) -> tuple[Array, Array, Array]:
    """Return U'Z K Z'[U X y] and derivatives: (B, jets, S, m, m), (B, jets, S, m, p), (B, jets, S, m)."""
    blocks, _ = stack.pattern.shape
    batch, jets, _ = packed.shape
    width = stack.layout.width
    q2 = _packed_size(stack, packed)
    by_pattern = packed.reshape(batch, jets, -1, q2)
    if stack.wide is not None:
        return _wide_changes(stack.wide, by_pattern[:, :, stack.pattern[0]])
    picked = by_pattern[:, :, stack.pattern]
    flat = np.swapaxes(picked.reshape(batch, jets, blocks, -1), 1, 2)
    products = np.swapaxes(flat @ stack.by_cell, 1, 2)
    uy = np.swapaxes(flat @ stack.by_cell_y, 1, 2)
    square = width * width
    uu = products[..., :square].reshape(batch, jets, blocks, width, width)
    return uu, products[..., square:].reshape(batch, jets, blocks, width, -1), uy


def _packed_size(stack: Stack, packed: Array) -> int:
    if stack.wide is None:
        return int(stack.by_cell.shape[1] // stack.pattern.shape[1])
    size = stack.wide[2].shape[1]
    return int(size * (size + 1) // 2)


def _wide_changes(
    wide: tuple[sparse.csr_matrix, Array, Array, Array], K_packed: Array
) -> tuple[Array, Array, Array]:
    cross, counts, x, y = wide
    batch, jets, cells, _ = K_packed.shape
    size, width, p = x.shape[1], cross.shape[1], x.shape[2]
    uu = np.empty((batch, jets, 1, width, width))
    ux, uy = np.empty((batch, jets, 1, width, p)), np.empty((batch, jets, 1, width))
    turned = cross.T.tocsr()
    place = np.arange(cells)
    for b in range(batch):
        right = np.concatenate([x, y[:, :, b, None]], axis=2)
        for k in range(jets):
            full = spread(K_packed[b, k], size)
            middle = sparse.bsr_matrix((full * counts[:, None, None], place, np.arange(cells + 1)))
            uu[b, k, 0] = (turned @ (middle.tocsr() @ cross)).toarray()
            sums = turned @ (full @ right).reshape(cells * size, p + 1)
            ux[b, k, 0], uy[b, k, 0] = sums[:, :p], sums[:, p]
    return uu, ux, uy
