"""What a scoring rule is: a function from turned item answers to scores in the items' unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rule:
    """Hold a scoring rule.

    Parameters
    ----------
    id : name that a scale's `rule` gives.
    combine : from (rows, items) answers, NaN where absent, to (rows,) scores; it is given only rows that
        answered enough items.
    bounds : from (items,) smallest and (items,) largest answers to the smallest and largest score.
    """

    id: str
    combine: Callable[[Array], Array]
    bounds: Callable[[Array, Array], tuple[float, float]]
