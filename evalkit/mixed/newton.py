"""Newton's method in a trust region, for many outcomes at once, with its own record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from evalkit.mixed.arrays import Array, IntArray

# Half of g'H^-1 g: the criterion's expected fall. Below this the last step is taken and it is over:
# Newton squares the error, so that the fall left after it is rounding.
LAST_STEP = 1e-9
# Below this no step is worth an evaluation: parameters stand within 1e-8 of their standard errors.
SETTLED = 1e-17
MOST_ITERATIONS = 200
# Curvatures below this share of the largest count as this share: flat directions then move little.
FLATTEST = 1e-9
# Digits of the criterion that rounding leaves.
NOISE = 1e-13


class Evaluated(Protocol):
    """What the criterion gives at some parameters, one row an outcome."""

    @property
    def value(self) -> Array:
        """Return (b,)."""

    @property
    def gradient(self) -> Array:
        """Return (b, m)."""

    @property
    def hessian(self) -> Array:
        """Return (b, m, m)."""


@dataclass(frozen=True)
class OptimiserRecord:
    """Record how the optimum was found, by outcome.

    Parameters
    ----------
    iterations, evaluations : (B,) and their total.
    decrement : (B,), half of g'H^-1 g at the end: by how much the criterion might still fall.
    gradient_norm : (B,), largest absolute element at the end, over free parameters.
    converged : (B,), whether `decrement` came to rest; the optimiser's word is not taken for more.
    stopped : (B,), `decrement`, `no_descent` or `iterations`.
    """

    iterations: IntArray
    evaluations: int
    decrement: Array
    gradient_norm: Array
    converged: npt.NDArray[np.bool_]
    stopped: npt.NDArray[np.str_]


@dataclass
class _State:
    theta: Array
    value: Array
    gradient: Array
    hessian: Array
    radius: Array


# A step that overflows gives no lower criterion and is refused: the reader need not hear of it.
@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def minimise(
    evaluate: Callable[[Array, IntArray], Evaluated],
    start: Array,
    free: npt.NDArray[np.bool_] | None = None,
) -> tuple[Array, Array, OptimiserRecord]:
    """Minimise a criterion for B outcomes.

    Negative curvature is taken with its sign turned, so that every step goes down.

    Parameters
    ----------
    evaluate : of parameters (b, m) and the outcomes (b,) that they belong to.
    start : (B, m).
    free : (B, m), parameters that may move; the others keep their start.

    Returns
    -------
    Parameters (B, m), values (B,) and the record.
    """
    batch = len(start)
    mask = np.ones(start.shape, dtype=bool) if free is None else free
    active = np.arange(batch)
    first = evaluate(start, active)
    state = _State(
        start.copy(),
        first.value.copy(),
        first.gradient * mask,
        _masked(first.hessian, mask),
        np.maximum(1.0, np.linalg.norm(start, axis=1)),
    )
    iterations, stopped = np.zeros(batch, dtype=np.intp), np.full(batch, "iterations", dtype="<U10")
    evaluations = batch
    for _ in range(MOST_ITERATIONS):
        step, decrement, clipped = _steps(state, active)
        settled = decrement < SETTLED
        if settled.any():
            stopped[active[settled]] = "decrement"
            active, step, decrement = active[~settled], step[~settled], decrement[~settled]
            clipped = clipped[~settled]
            if not len(active):
                break
        trial = state.theta[active] + step
        found = evaluate(trial, active)
        evaluations += len(active)
        iterations[active] += 1
        last = decrement < LAST_STEP
        moved, lost = _judge(state, active, found, (step, decrement, clipped))
        chosen = active[moved]
        state.theta[chosen], state.value[chosen] = trial[moved], found.value[moved]
        state.gradient[chosen] = found.gradient[moved] * mask[chosen]
        state.hessian[chosen] = _masked(found.hessian[moved], mask[chosen])
        stopped[active[last]] = "decrement"
        stopped[active[lost & ~last]] = "no_descent"
        active = active[~(last | lost)]
        if not len(active):
            break
    decrement = _steps(state, np.arange(batch))[1]
    largest = np.abs(state.gradient).max(axis=1, initial=0.0)
    record = OptimiserRecord(iterations, evaluations, decrement, largest, decrement < 1e-6, stopped)
    return state.theta, state.value, record


def _masked(hessian: Array, mask: npt.NDArray[np.bool_]) -> Array:
    """Cut fixed parameters out: their rows become those of the identity."""
    if mask.all():
        return hessian.copy()
    both = mask[:, :, None] & mask[:, None, :]
    return np.where(both, hessian, 0.0) + np.eye(mask.shape[1]) * ~mask[:, :, None]


def _steps(state: _State, active: IntArray) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """Return steps (b, m), decrements (b,), and which steps the radius cut."""
    curvature, vectors = np.linalg.eigh(state.hessian[active])
    size = np.abs(curvature)
    size = np.maximum(size, FLATTEST * size.max(axis=1, keepdims=True) + np.finfo(float).tiny)
    along = np.einsum("bij,bi->bj", vectors, state.gradient[active])
    decrement = 0.5 * (along**2 / size).sum(axis=1)
    step = -np.einsum("bij,bj->bi", vectors, along / size)
    length = np.linalg.norm(step, axis=1)
    clipped = length > state.radius[active]
    step = np.where(
        clipped[:, None], step * (state.radius[active] / np.maximum(length, 1e-300))[:, None], step
    )
    return step, decrement, clipped


def _judge(
    state: _State,
    active: IntArray,
    found: Evaluated,
    tried: tuple[Array, Array, npt.NDArray[np.bool_]],
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Accept steps that go down, and fit the radius to how well the quadratic foretold the fall."""
    step, _, clipped = tried
    bent = np.einsum("bi,bij,bj->b", step, state.hessian[active], step)
    foretold = -np.einsum("bi,bi->b", step, state.gradient[active]) - 0.5 * bent
    foretold = np.maximum(foretold, -0.5 * np.einsum("bi,bi->b", step, state.gradient[active]))
    fall = state.value[active] - found.value
    noise = NOISE * np.maximum(1.0, np.abs(state.value[active])) * 10
    good = np.isfinite(found.value) & np.isfinite(found.gradient).all(axis=1)
    moved = good & (fall >= -noise) & ((fall > 1e-4 * foretold) | (foretold < 100 * noise))
    length = np.linalg.norm(step, axis=1)
    ratio = np.where(good, fall, -np.inf) / np.maximum(foretold, np.finfo(float).tiny)
    radius = state.radius[active]
    radius = np.where(moved & clipped & (ratio > 0.5), 3.0 * radius, radius)
    radius = np.where(moved & (ratio < 0.1) & (foretold > 100 * noise), length, radius)
    radius = np.where(moved, radius, 0.25 * length)
    state.radius[active] = radius
    lost = ~moved & (length < 1e-12 * (1.0 + np.linalg.norm(state.theta[active], axis=1)))
    return moved, lost
