"""Predicted random effects with their conditional variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.mixed.arrays import Array, IntArray, spread
from evalkit.mixed.components import block_covariance
from evalkit.mixed.covariances import covariances
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.leaf_jets import leaf_jets
from evalkit.mixed.stack_jets import block_of


@dataclass(frozen=True)
class RandomEffects:
    """Hold the effects of one grouping factor, on the original scale.

    Parameters
    ----------
    name : of the factor. effects : q names.
    values : (levels, q), conditional means (BLUPs).
    variances : (levels, q, q), conditional covariances given fixed effects and variances, as lme4's.
    """

    name: str
    effects: tuple[str, ...]
    values: Array
    variances: Array


@dataclass(frozen=True)
class ScaledEffects:
    """Hold all effects on the summary's scales.

    Parameters
    ----------
    values : one (levels, q) a factor, leaf first.
    variances : one (levels, q, q) a factor, over the residual variance.
    """

    values: tuple[Array, ...]
    variances: tuple[Array, ...]


def random_effects(fit: MixedFit) -> tuple[RandomEffects, ...]:
    """Predict the random effects of every factor, leaf first.

    References
    ----------
    Bates et al. 2015, section 3; the conditional variance is sigma^2 Lambda L^-T L^-1 Lambda'.
    """
    scaled, unit = scaled_effects(fit), fit.scaled_sigma2 * fit.scale**2
    return tuple(
        RandomEffects(
            factor.name,
            factor.effects,
            values @ factor.scaling.T * fit.scale,
            factor.scaling @ variances @ factor.scaling.T * unit,
        )
        for factor, values, variances in zip(
            fit.prepared.factors, scaled.values, scaled.variances, strict=True
        )
    )


def scaled_effects(fit: MixedFit, *, variances: bool = True) -> ScaledEffects:
    """Predict the random effects on the summary's scales; without variances at a fraction of the cost."""
    ready = fit.prepared
    summary, sums = ready.summary, ready.sums
    G = covariances(ready.shape, fit.optimum.at.theta)
    size = summary.factors[0].size
    jets = leaf_jets(G[0], summary.leaves.zz, summary.leaves.counts, np.zeros((0, size, size)))
    K = spread(jets.packed[0, 0].reshape(len(summary.leaves.zz), -1), size)
    beta = fit.optimum.at.solved.beta[0]
    number = sums.cross.shape[1]
    outer, outer_variance = np.zeros(number), np.zeros((number, _widest(fit)))
    pattern = sums.pattern[sums.cell]
    left = sums.leaf_y[:, :, fit.outcome] - sums.leaf_x @ beta
    extra = np.zeros((len(left), size, size))
    for stack in summary.stacks:
        block = block_of(stack, jets.packed[:, :1], 0)
        covariance = block_covariance(stack.layout, G[1:])
        middle = np.linalg.solve(np.eye(block.E.shape[-1]) + covariance @ block.E[0], covariance)
        found = (middle @ (block.R[0, :, :, -1:] - block.R[0, :, :, :-1] @ beta[:, None]))[..., 0]
        there = stack.layout.dims >= 0
        outer[stack.layout.dims[there]] = found[there]
        if variances:
            _place(outer_variance, stack.layout.dims, middle, fit)
            _add_shared(extra, fit, stack.layout.dims, middle)
    if number:
        left = left - (sums.cross @ outer).reshape(-1, size)[sums.cell]
    own = K[pattern]
    values = [(own @ left[:, :, None])[:, :, 0]]
    spreads = [own + own @ extra @ own] if variances else []
    at = 0
    for factor in summary.factors[1:]:
        part = slice(at, at + factor.levels * factor.size)
        values.append(outer[part].reshape(factor.levels, factor.size))
        if variances:
            within = outer_variance[part, : factor.size]
            spreads.append(within.reshape(factor.levels, factor.size, factor.size))
        at = part.stop
    return ScaledEffects(tuple(values), tuple(spreads))


def _widest(fit: MixedFit) -> int:
    return max((factor.size for factor in fit.prepared.factors[1:]), default=0)


def _place(variance: Array, dims: IntArray, middle: Array, fit: MixedFit) -> None:
    """Write the covariances within each level of a stack to the level's numbers."""
    there = dims >= 0
    at = 0
    for factor in fit.prepared.factors[1:]:
        inside = there & (dims >= at) & (dims < at + factor.levels * factor.size)
        blocks, places = np.nonzero(inside)
        number = dims[blocks, places]
        within = (number - at) % factor.size
        for b in range(factor.size):
            variance[number, b] = middle[blocks, places, places - within + b]
        at += factor.levels * factor.size


def _add_shared(extra: Array, fit: MixedFit, dims: IntArray, middle: Array) -> None:
    """Add Z'U Var(u) U'Z of each leaf in the stack's blocks: its share of the outer uncertainty."""
    sums, size = fit.prepared.sums, fit.prepared.factors[0].size
    cells = sums.cross.shape[0] // size
    shared = np.zeros((cells, size, size))
    for block in range(len(dims)):
        numbers = dims[block][dims[block] >= 0]
        local = np.flatnonzero(dims[block] >= 0)
        columns = sums.cross[:, numbers].tocoo()
        rows = np.unique(columns.row // size)
        position = np.full(cells, -1)
        position[rows] = np.arange(len(rows))
        dense = np.zeros((len(rows), size, len(numbers)))
        dense[position[columns.row // size], columns.row % size, columns.col] = columns.data
        inner = middle[block][np.ix_(local, local)]
        shared[rows] += dense @ inner @ np.swapaxes(dense, 1, 2)
    extra += shared[sums.cell]
