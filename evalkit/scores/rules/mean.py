"""The mean of the answered items."""

from __future__ import annotations

import numpy as np

from evalkit.scores.rule import Array, Rule


def mean_of_answered(answers: Array) -> Array:
    """Return the mean of each row's answers, absent ones left out."""
    return np.asarray(np.nanmean(answers, axis=1))


def bounds_of_mean(low: Array, high: Array) -> tuple[float, float]:
    """Return the smallest and largest mean."""
    return float(low.mean()), float(high.mean())


RULE = Rule("mean", mean_of_answered, bounds_of_mean)
