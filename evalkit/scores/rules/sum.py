"""The sum of the items; absent ones take the mean of the answered ones (proration)."""

from __future__ import annotations

import numpy as np

from evalkit.scores.rule import Array, Rule


def prorated_sum(answers: Array) -> Array:
    """Return each row's mean answer times the number of items."""
    return np.asarray(np.nanmean(answers, axis=1) * answers.shape[1])


def bounds_of_sum(low: Array, high: Array) -> tuple[float, float]:
    """Return the smallest and largest sum."""
    return float(low.sum()), float(high.sum())


RULE = Rule("sum", prorated_sum, bounds_of_sum)
