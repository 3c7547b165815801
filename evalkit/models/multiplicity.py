"""Several tests in one family: p-values adjusted by Holm, one family at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
UNADJUSTED = "exploratory"


def holm(p_values: Array) -> Array:
    """Adjust the p-values of one family, so that the chance of any false finding in it stays at the level.

    Parameters
    ----------
    p_values : (tests,); NaN for a test that was withheld, which is not counted.

    Returns
    -------
    Adjusted p-values (tests,), NaN where they were.

    References
    ----------
    Holm 1979, Scandinavian Journal of Statistics 6:65.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    p_values = np.asarray(p_values, dtype=float)
    adjusted = np.full(len(p_values), np.nan)
    order = np.argsort(p_values, kind="stable")[: np.isfinite(p_values).sum()]
    steps = p_values[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def adjusted_by_family(p_values: Array, families: Sequence[str]) -> Array:
    """Adjust p-values within each family; those of exploratory tests have no family, and no adjusted value.

    Parameters
    ----------
    p_values : (tests,); NaN for a test that was withheld.
    families : family of each test: `primary`, `secondary`, `exploratory`.

    Returns
    -------
    Adjusted p-values (tests,); NaN for exploratory tests, which are shown as they are and said to be so.

    Examples
    --------
    >>> adjusted_by_family(np.array([0.01, 0.04, 0.03]), ["primary", "primary", "exploratory"]).tolist()
    [0.02, 0.04, nan]
    """
    p_values, family = np.asarray(p_values, dtype=float), np.asarray(families, dtype=object)
    adjusted = np.full(len(p_values), np.nan)
    for name in set(families) - {UNADJUSTED}:
        adjusted[family == name] = holm(p_values[family == name])
    return adjusted
