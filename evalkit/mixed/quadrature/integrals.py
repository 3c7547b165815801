"""The integral over each group's effect, by nodes placed around the effect's mode."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import expit, log_expit

from evalkit.mixed.arrays import Array
from evalkit.mixed.quadrature.bounds import Bounds

MOST_STEPS = 200
# Modes enter the gradient as exact: they are found to rounding.
SETTLED = 1e-13
# The longest step towards a mode, in logits: the curvature changes by less than e^2 within it.
LONGEST = 2.0


@dataclass(frozen=True)
class Modes:
    """Hold the modes of the groups' standardised effects u, (G,), and the scale of their nodes, (G,)."""

    mode: Array
    scale: Array


@dataclass(frozen=True)
class Integrals:
    """Hold what every group's likelihood was made from.

    Parameters
    ----------
    bounds : the rows. sd : of the random intercept. upper, lower : (n,), fixed parts of the bounds.
    nodes : (Q,), standard. modes : around which the nodes stand. effects : (G, Q), u at the nodes.
    posterior : (G, Q), shares of the nodes in the likelihood of their group.
    above, below : (n, Q), F of the upper and of the lower bound.
    log_likelihood : of all answers; minus infinity where thresholds are out of order.
    """

    bounds: Bounds
    sd: float
    upper: Array
    lower: Array
    nodes: Array
    modes: Modes
    effects: Array
    posterior: Array
    above: Array
    below: Array
    log_likelihood: float


@lru_cache(maxsize=16)
def _rule(nodes: int) -> tuple[Array, Array]:
    """Return standard nodes and the logarithms of their weights, with the normal density divided out."""
    at, weights = hermegauss(nodes)
    return at, np.log(weights) + at**2 / 2


# Thresholds out of order give logarithms of negative numbers: the likelihood is then minus infinity.
@np.errstate(invalid="ignore", divide="ignore", over="ignore")
def integrate(bounds: Bounds, parameters: Array, nodes: int) -> Integrals:
    """Integrate the random intercepts out.

    Parameters
    ----------
    parameters : (q + 1,), thresholds and coefficients, then the standard deviation, of either sign.
    nodes : one is Laplace's approximation.

    References
    ----------
    Liu & Pierce 1994, Biometrika 81:624; Pinheiro & Bates 1995, JCGS 4:12.
    """
    sd = float(parameters[-1])
    upper = np.where(bounds.above, bounds.upper @ parameters[:-1], np.inf)
    lower = np.where(bounds.below, bounds.lower @ parameters[:-1], -np.inf)
    modes = find_modes(bounds, upper, lower, sd)
    at, log_weights = _rule(nodes)
    effects = modes.mode[:, None] + modes.scale[:, None] * at
    shift = sd * effects[bounds.group]
    above, below = expit(upper[:, None] - shift), expit(lower[:, None] - shift)
    inside = np.log(-np.expm1(lower - upper))[:, None]
    rows = log_expit(upper[:, None] - shift) + log_expit(shift - lower[:, None]) + inside
    joint = bounds.sums(rows) - effects**2 / 2 + log_weights
    largest = joint.max(axis=1, keepdims=True)
    shares = np.exp(joint - largest)
    total = shares.sum(axis=1)
    each = np.log(total) + largest[:, 0] + np.log(modes.scale) - np.log(2 * np.pi) / 2
    value = float(bounds.counts @ each)
    posterior = shares / total[:, None]
    found = value if np.isfinite(value) else -np.inf
    return Integrals(bounds, sd, upper, lower, at, modes, effects, posterior, above, below, found)


def find_modes(bounds: Bounds, upper: Array, lower: Array, sd: float) -> Modes:
    """Find where each group's integrand is largest, by Newton's method; it is concave in logarithms."""
    mode = np.zeros(len(bounds.starts))
    longest = LONGEST / max(abs(sd), np.finfo(float).tiny)
    for _ in range(MOST_STEPS):
        shift = sd * mode[bounds.group]
        above, below = expit(upper - shift), expit(lower - shift)
        slope = sd * bounds.sums(above + below - 1) - mode
        bend = 1 + sd**2 * bounds.sums(above * (1 - above) + below * (1 - below))
        step = np.clip(slope / bend, -longest, longest)
        mode = mode + step
        if not (np.abs(step) > SETTLED * (1 + np.abs(mode))).any():
            break
    shift = sd * mode[bounds.group]
    above, below = expit(upper - shift), expit(lower - shift)
    bend = 1 + sd**2 * bounds.sums(above * (1 - above) + below * (1 - below))
    return Modes(mode, 1 / np.sqrt(bend))
