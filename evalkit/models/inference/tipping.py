"""How far leavers would have to differ for the conclusion to change."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evalkit.models.inference.delta_adjusted import Leavers
from evalkit.models.inference.site_changes import design_of
from evalkit.models.inference.two_stage import second_stage
from evalkit.models.site_contrast import SiteContrast

Array = npt.NDArray[np.float64]

STEPS = 120  # of the first search, from no difference to the farthest
FINER = 32  # steps of each further search, within one step of the last
ROUNDS = 4


def tipping_points(
    leavers: Leavers, contrast: SiteContrast, where: Array, *, reach: float, level: float = 0.95
) -> tuple[float | None, float | None]:
    """Find the nearest deltas, below zero and above, at which the interval changes its side of zero.

    Parameters
    ----------
    leavers : of `leavers_of`.
    contrast : a single window.
    where : (sites,), 1 where leavers differ by delta and 0 where they are as foretold.
    reach : farthest delta that is tried, above zero.
    level : coverage of the interval.

    Returns
    -------
    The deltas, None where none within reach changes the side. A side is: all above zero, all below it, or
    neither.
    """
    return (
        _nearest(leavers, contrast, where, -reach, level),
        _nearest(leavers, contrast, where, reach, level),
    )


def sides(leavers: Leavers, contrast: SiteContrast, deltas: Array, level: float) -> npt.NDArray[np.int64]:
    """Return on which side of zero the interval lies, for each row of deltas (B, sites): 1, -1 or 0."""
    from scipy.stats import t

    design, row = design_of(leavers.numbers, contrast)
    found = second_stage(*leavers.at(deltas), design)
    estimates = found.coefficients @ row
    half = t.ppf((1 + level) / 2, found.df) * np.sqrt(np.einsum("i,bij,j->b", row, found.covariance, row))
    return np.asarray((estimates - half > 0).astype(np.int64) - (estimates + half < 0).astype(np.int64))


def _nearest(
    leavers: Leavers, contrast: SiteContrast, where: Array, farthest: float, level: float
) -> float | None:
    low, high, steps = 0.0, farthest, STEPS
    for _ in range(ROUNDS):
        tried = np.linspace(low, high, steps + 1)
        found = sides(leavers, contrast, tried[:, None] * where, level)
        other = np.flatnonzero(found != found[0])
        if not len(other):
            return None
        low, high, steps = float(tried[other[0] - 1]), float(tried[other[0]]), FINER
    return high
