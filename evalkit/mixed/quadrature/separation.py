"""Separation: a direction in which the likelihood never falls, so that estimates would be infinite."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from evalkit.mixed.arrays import Array
from evalkit.mixed.quadrature.bounds import Bounds

# Bounds further out than this, in logits, are worth asking whether they would go on for ever.
SUSPECT = 8.0
MOVED = 1e-6


def separating_direction(bounds: Bounds, parameters: Array) -> Array | None:
    """Return a direction that separates the categories, or None.

    Parameters
    ----------
    parameters : (q,) at the optimum without random effects, where Newton's method came to rest; when
        every bound is near there, the optimum is finite and nothing is solved.

    Returns
    -------
    (q,), a direction along which no answer becomes less probable and some become certain.

    References
    ----------
    Albert & Anderson 1984, Biometrika 71:1; Konis 2007 (linear programming).
    """
    reached = [(bounds.upper @ parameters)[bounds.above], (bounds.lower @ parameters)[bounds.below]]
    if max(np.abs(part).max(initial=0.0) for part in reached) < SUSPECT:
        return None
    rows = np.unique(np.vstack([bounds.upper[bounds.above], -bounds.lower[bounds.below]]), axis=0)
    found = linprog(-rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), bounds=(-1, 1))
    if found.fun is None or found.fun > -MOVED:
        return None
    return np.asarray(found.x, dtype=float)
