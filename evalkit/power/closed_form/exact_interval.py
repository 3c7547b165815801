"""The exact interval of a share, for numbers of simulated studies."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

Array = npt.NDArray[np.float64]


def exact_interval(hits: npt.ArrayLike, trials: npt.ArrayLike, *, level: float = 0.95) -> tuple[Array, Array]:
    """Return the Clopper-Pearson interval of a share.

    Parameters
    ----------
    hits : (...) number of trials that succeeded.
    trials : (...) number of trials.
    level : coverage, at least.

    Returns
    -------
    Lower and upper end, each (...). Without a trial the interval is from 0 to 1.

    Raises
    ------
    ValueError : hits below zero or above the trials, or a level that is not between 0 and 1.

    References
    ----------
    Clopper & Pearson 1934, Biometrika 26:404.

    Examples
    --------
    >>> low, high = exact_interval([14, 26, 0], [50, 50, 10])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.1623, 0.3742, 0.0], [0.4249, 0.6634, 0.3085])
    """
    hit, total = np.broadcast_arrays(np.asarray(hits, dtype=float), np.asarray(trials, dtype=float))
    if not ((hit >= 0) & (hit <= total)).all() or not 0 < level < 1:
        raise ValueError("hits lie between zero and the trials, and a level between 0 and 1")
    tail, missed = (1 - level) / 2, total - hit
    low = stats.beta.ppf(tail, np.maximum(hit, 1), missed + 1)
    high = stats.beta.isf(tail, hit + 1, np.maximum(missed, 1))
    return np.where(hit == 0, 0.0, low), np.where(missed == 0, 1.0, high)
