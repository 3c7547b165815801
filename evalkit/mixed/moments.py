"""The two functions that everything follows from, with their derivatives in the covariances G.

With V = W^-1 + Z G Z' (relative to the residual variance), they are log |V| and the normal equations
N = [X y]' V^-1 [X y]. Criterion, gradient, Hessian, Satterthwaite and Kenward-Roger need nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.mixed.arrays import Array, pairs, transpose
from evalkit.mixed.components import block_covariance
from evalkit.mixed.leaf_jets import LeafJets, leaf_jets, unit_matrices
from evalkit.mixed.stack_jets import StackJets, stack_jets
from evalkit.mixed.summary import Summary


@dataclass(frozen=True)
class Moments:
    """Hold log |V| + log |W| and N, with derivatives in the m free elements of all G, leaf first.

    Parameters
    ----------
    logdet, logdet_first, logdet_second : (B,), (B, m), (B, m, m).
    normal, normal_first, normal_second : (B, P, P), (B, m, P, P), (B, m, m, P, P), where P = p + 1
        and the outcome stands last.
    """

    logdet: Array
    logdet_first: Array
    logdet_second: Array
    normal: Array
    normal_first: Array
    normal_second: Array


def moments(summary: Summary, covariances: list[Array]) -> Moments:
    """Compute log |V|, N and their derivatives.

    Parameters
    ----------
    summary : of the data.
    covariances : G of each factor, (B, q, q), leaf first.
    """
    leaf = summary.factors[0]
    units = unit_matrices(leaf.entries, leaf.size)
    jets = leaf_jets(covariances[0], summary.leaves.zz, summary.leaves.counts, units)
    own = len(leaf.entries)
    total = own + sum(len(factor.entries) for factor in summary.factors[1:])
    found = _leaf_moments(summary, jets, own, total)
    for stack in summary.stacks:
        outer = block_covariance(stack.layout, covariances[1:])
        found = _with_stack(found, stack_jets(stack, jets.packed, outer, own))
    return found


def _leaf_moments(summary: Summary, jets: LeafJets, own: int, total: int) -> Moments:
    """Return the moments after elimination of the leaves; elements of outer factors are zero."""
    batch, p = summary.outcomes, summary.columns
    leaves = summary.leaves
    size = jets.packed.shape[1]
    change = np.empty((batch, size, p + 1, p + 1))
    change[:, :, :p, :p] = (jets.packed @ leaves.xx).reshape(batch, size, p, p)
    change[:, :, :p, p] = change[:, :, p, :p] = jets.packed @ leaves.xy
    change[:, :, p, p] = (jets.packed @ leaves.yy)[:, :, 0]
    normal = np.empty((batch, p + 1, p + 1))
    normal[:, :p, :p] = summary.xx
    normal[:, :p, p] = normal[:, p, :p] = summary.xy
    normal[:, p, p] = summary.yy
    first = np.zeros((batch, total, p + 1, p + 1))
    second = np.zeros((batch, total, total, p + 1, p + 1))
    first[:, :own] = -change[:, 1 : 1 + own]
    i, j = pairs(own)
    second[:, i, j] = second[:, j, i] = -change[:, 1 + own :]
    slope, curve = np.zeros((batch, total)), np.zeros((batch, total, total))
    slope[:, :own], curve[:, :own, :own] = jets.logdet_first, jets.logdet_second
    return Moments(jets.logdet, slope, curve, normal - change[:, 0], first, second)


def _with_stack(found: Moments, more: StackJets) -> Moments:
    return Moments(
        found.logdet + more.logdet,
        found.logdet_first + more.logdet_first,
        found.logdet_second + more.logdet_second,
        found.normal + more.normal,
        found.normal_first + more.normal_first,
        found.normal_second + more.normal_second,
    )


@dataclass(frozen=True)
class Solved:
    """Hold the generalised least squares solution, with derivatives of its two scalars.

    Parameters
    ----------
    beta : (B, p). unscaled : (B, p, p), (X'V^-1 X)^-1.
    logdet, logdet_first, logdet_second : of X'V^-1 X: (B,), (B, m), (B, m, m).
    rss, rss_first, rss_second : of y'Py, the penalised residual sum of squares.
    """

    beta: Array
    unscaled: Array
    logdet: Array
    logdet_first: Array
    logdet_second: Array
    rss: Array
    rss_first: Array
    rss_second: Array


def solve(found: Moments) -> Solved:
    """Solve the normal equations; derivatives by the rules of a Schur complement."""
    p = found.normal.shape[-1] - 1
    batch, m = found.logdet_first.shape
    xx, xy, yy = found.normal[:, :p, :p], found.normal[:, :p, p], found.normal[:, p, p]
    inverse = np.asarray(np.linalg.inv(xx), dtype=np.float64)
    inverse = (inverse + transpose(inverse)) / 2
    beta = (inverse @ xy[..., None])[..., 0]
    tail = np.concatenate([-beta, np.ones((batch, 1))], axis=1)
    turned = found.normal_first @ tail[:, None, :, None]
    outside = turned[:, :, :p, 0]
    rss_first = (turned[..., 0] * tail[:, None]).sum(axis=-1)
    curved = found.normal_second @ tail[:, None, None, :, None]
    rss_second = (curved[..., 0] * tail[:, None, None]).sum(axis=-1)
    rss_second = rss_second - 2 * outside @ inverse @ transpose(outside)
    scaled = inverse[:, None] @ found.normal_first[:, :, :p, :p]
    flat, flipped = scaled.reshape(batch, m, -1), transpose(scaled).reshape(batch, m, -1)
    second = (found.normal_second[..., :p, :p] * inverse[:, None, None]).sum(axis=(-1, -2))
    return Solved(
        beta,
        inverse,
        np.linalg.slogdet(xx)[1],
        np.trace(scaled, axis1=-2, axis2=-1),
        second - flat @ transpose(flipped),
        yy - (beta * xy).sum(axis=-1),
        rss_first,
        rss_second,
    )
