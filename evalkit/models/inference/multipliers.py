"""What the wild bootstrap multiplies residuals of sites by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from evalkit.models.inference.assignments import DRAWS, MOST, SEED

Array = npt.NDArray[np.float64]
Points = Literal["rademacher", "webb"]

POINTS = {"rademacher": np.array([1.0, -1.0]), "webb": np.outer(np.sqrt([1.0, 0.5, 1.5]), [1, -1]).ravel()}


@dataclass(frozen=True)
class Multipliers:
    """Hold what residuals of sites are multiplied by.

    Parameters
    ----------
    values : (S, G), the first row all ones: the data themselves.
    n_possible : how many rows there are in all.
    smallest_p : least p-value of a test over them: a row's multiples are as extreme as the row.
    """

    values: Array
    n_possible: int
    smallest_p: float

    @property
    def sampled(self) -> bool:
        """Return whether `values` holds a sample of all rows."""
        return len(self.values) < self.n_possible


def multipliers(
    n_sites: int, points: Points = "rademacher", *, most: int = MOST, draws: int = DRAWS, seed: int = SEED
) -> Multipliers:
    """List every row of Rademacher's two points or Webb's six, or draw `draws` when more than `most`.

    Examples
    --------
    >>> multipliers(4).smallest_p, multipliers(6).smallest_p, len(multipliers(4, "webb").values)
    (0.125, 0.03125, 1296)
    """
    values = POINTS[points]
    n_possible = len(values) ** n_sites
    if n_possible <= most:
        places = np.indices((len(values),) * n_sites).reshape(n_sites, -1).T
        return Multipliers(values[places], n_possible, len(values) / n_possible)
    drawn = np.random.default_rng(seed).choice(values, (draws, n_sites))
    return Multipliers(np.concatenate([np.ones((1, n_sites)), drawn]), n_possible, 1 / (draws + 1))
