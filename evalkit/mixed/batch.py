"""Many outcomes of one design, fitted together: for power, bootstrap, imputation and permutation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from evalkit.mixed.arrays import Array
from evalkit.mixed.covariances import covariances
from evalkit.mixed.criterion import degrees_of_freedom
from evalkit.mixed.design import Design, RandomTerm, make_design
from evalkit.mixed.fitting import Prepared, prepare
from evalkit.mixed.kenward_roger import kenward_roger, kenward_roger_df
from evalkit.mixed.optimum import Optimum, find_optimum
from evalkit.mixed.satterthwaite import satterthwaite, satterthwaite_df
from evalkit.mixed.uncertainty import uncertainty

BatchMethod = Literal["kenward-roger", "satterthwaite", "asymptotic"]
# Numbers worked at once: about 100 MB of the tables by leaf and cell.
AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Batch:
    """Hold the fits of B outcomes.

    Parameters
    ----------
    estimate, std_error, df, p_value : (B, k), of the k contrasts.
    theta : (B, m), relative Cholesky factors on scaled columns, factors leaf first.
    sigma : (B,), residual standard deviations.
    variances : (B, m), free elements of the covariances, original columns.
    converged, singular : (B,).
    """

    estimate: Array
    std_error: Array
    df: Array
    p_value: Array
    theta: Array
    sigma: Array
    variances: Array
    converged: npt.NDArray[np.bool_]
    singular: npt.NDArray[np.bool_]


def fit_batch(
    outcomes: Array,
    X: Array,
    terms: Sequence[RandomTerm],
    *,
    contrasts: Array | None = None,
    weights: Array | None = None,
    method: BatchMethod = "kenward-roger",
    reml: bool = True,
) -> Batch:
    """Fit one design to many outcomes, each with its own variances.

    Parameters
    ----------
    outcomes : (n, B).
    X, terms, weights, reml : as for `fit_mixed`; no column of X may depend on others.
    contrasts : (k, p), by default each coefficient.
    method : of degrees of freedom and standard errors.

    Returns
    -------
    Estimates and tests by outcome. Memory stays bounded: outcomes go in groups.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> group = np.repeat(np.arange(20), 5)
    >>> y = rng.normal(size=(20, 200))[group] + rng.normal(size=(100, 200))
    >>> batch = fit_batch(y, np.ones((100, 1)), [RandomTerm(group, np.ones((100, 1)))])
    >>> batch.estimate.shape, bool(0.01 < (batch.p_value < 0.05).mean() < 0.1)
    ((200, 1), True)
    """
    whole = make_design(outcomes, X, terms, weights)
    rows = np.eye(whole.fixed.shape[1]) if contrasts is None else np.atleast_2d(contrasts)
    first = _prepared(whole, slice(0, 1))
    each = max(1, AT_ONCE // _numbers_by_outcome(first))
    total = whole.outcomes.shape[1]
    parts = [
        _fit_group(_prepared(whole, slice(start, start + each)), rows, method, reml)
        for start in range(0, total, each)
    ]
    return Batch(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Batch)})


def _prepared(whole: Design, part: slice) -> Prepared:
    return prepare(Design(whole.outcomes[:, part], whole.fixed, whole.terms, whole.weights, whole.names))


def _numbers_by_outcome(ready: Prepared) -> int:
    """Return how many numbers one more outcome adds to what a step of the optimiser holds."""
    leaf = ready.summary.factors[0]
    jets = 1 + len(leaf.entries) * (len(leaf.entries) + 3) // 2
    cells = sum(stack.by_cell_y[0].size + stack.uu.size * jets for stack in ready.summary.stacks)
    patterns = ready.summary.leaves.xy[0].size + len(ready.summary.leaves.counts) * leaf.size**2 * jets * 4
    return int(len(ready.design.outcomes) + ready.sums.leaf_y[:, :, 0].size + cells + patterns)


def _fit_group(ready: Prepared, contrasts: Array, method: BatchMethod, reml: bool) -> Batch:
    summary, scaled = ready.summary, ready.scaled
    optimum = find_optimum(summary, ready.shape, reml, twice=False)
    known = uncertainty(summary, ready.shape, optimum.at, reml)
    L = contrasts[:, list(scaled.kept)] @ scaled.scaling
    beta = optimum.at.solved.beta * scaled.scale[:, None] + scaled.offset.T
    covariance = known.covariance
    if method == "kenward-roger":
        adjusted = kenward_roger(known)
        covariance, df = adjusted.adjusted, kenward_roger_df(adjusted, L)
    elif method == "satterthwaite":
        df = satterthwaite_df(satterthwaite(known), L)
    else:
        df = np.full((len(beta), len(L)), np.inf)
    std_error = np.sqrt(np.einsum("kp,bpq,kq->bk", L, covariance, L)) * scaled.scale[:, None]
    estimate = beta @ L.T
    return Batch(
        estimate,
        std_error,
        df,
        np.asarray(2 * stats.t.sf(np.abs(estimate / std_error), df)),
        optimum.at.theta,
        np.sqrt(known.sigma2 * scaled.mean_weight) * scaled.scale,
        _variances(ready, optimum, reml),
        optimum.converged,
        optimum.singular,
    )


def _variances(ready: Prepared, optimum: Optimum, reml: bool) -> Array:
    """Return the free elements of the covariances on the original scales: (B, m)."""
    df = degrees_of_freedom(ready.summary, reml)
    unit = (optimum.at.solved.rss / df * ready.scaled.scale**2)[:, None, None]
    columns = []
    for factor, G in zip(ready.factors, covariances(ready.shape, optimum.at.theta), strict=True):
        own = factor.scaling @ G @ factor.scaling.T * unit
        columns += [own[:, i, j] for i, j in factor.entries]
    return np.stack(columns, axis=1)
