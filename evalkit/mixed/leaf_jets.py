"""Elimination of the innermost factor, with first and second derivatives in its covariances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.mixed.arrays import Array, inverse_and_logdet, pack, pairs, transpose


@dataclass(frozen=True)
class LeafJets:
    """Hold K = (G^-1 + Z'Z)^-1 by pattern and log |I + G Z'Z|, with derivatives in the elements of G.

    Parameters
    ----------
    packed : (B, 1 + m + m (m + 1) / 2, K q2): the value, the m first derivatives, then the second
        derivatives in the order of `arrays.pairs`.
    logdet : (B,), summed over leaves.
    logdet_first, logdet_second : (B, m), (B, m, m).
    """

    packed: Array
    logdet: Array
    logdet_first: Array
    logdet_second: Array


def unit_matrices(entries: tuple[tuple[int, int], ...], size: int) -> Array:
    """Return dG / dG_ij for each free element: (m, q, q)."""
    units = np.zeros((len(entries), size, size))
    for k, (i, j) in enumerate(entries):
        units[k, i, j] = units[k, j, i] = 1.0
    return units


def leaf_jets(covariance: Array, zz: Array, counts: Array, units: Array) -> LeafJets:
    """Eliminate the leaves.

    With J = (I + G A)^-1 and A = Z'Z: K = J G, H = A J = Z'V^-1 Z for the leaf alone, dK = J dG J',
    d2K = -J (dG_i H dG_j + dG_j H dG_i) J', d log|I + G A| = tr(H dG), d2 = -tr(H dG_i H dG_j).
    All hold at singular G.

    Parameters
    ----------
    covariance : (B, q, q), G.
    zz : (K, q, q).
    counts : (K,), leaves of each pattern.
    units : (m, q, q).
    """
    size, number = zz.shape[-1], len(units)
    identity = np.eye(size)
    J, logdet = inverse_and_logdet(identity + covariance[:, None] @ zz)
    K, H = J @ covariance[:, None], zz @ J
    moved = J[:, None] @ units[:, None]
    middle = moved @ H[:, None]
    first = moved @ transpose(J)[:, None]
    i, j = pairs(number)
    half = middle[:, i] @ transpose(moved)[:, j]
    jets = np.concatenate([K[:, None], first, -(half + transpose(half))], axis=1)
    weighted = counts[:, None, None] * H
    straight = np.einsum("bkxy,myx->bm", weighted, units)
    inner = units[:, None] @ H[:, None]
    batch = len(covariance)
    flat = inner.reshape(batch, number, zz.size)
    turned = transpose(inner * counts[:, None, None]).reshape(batch, number, zz.size)
    second = -(flat @ transpose(turned))
    return LeafJets(pack(jets).reshape(batch, len(i) + 1 + number, -1), logdet @ counts, straight, second)
