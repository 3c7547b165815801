"""Find the value of a parameter at which a design has the wished power, on one stream of chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evalkit.power.diagnosands import Share

PowerAt = Callable[[float], Share]
MOST_STEPS = 12
NEAR = 0.004  # of a power: far inside the Monte Carlo error of any number of simulations that one waits for


@dataclass(frozen=True)
class Found:
    """Hold the result of a search.

    Parameters
    ----------
    value : the smallest value tried whose power reaches the goal; None when none does.
    power : at that value, or at the largest one tried.
    tried : every value tried with its power, in rising order.
    """

    value: float | None
    power: Share
    tried: tuple[tuple[float, Share], ...]


def search(power_at: PowerAt, goal: float, low: float, high: float, *, whole: bool = False) -> Found:
    """Search for the smallest value with the wished power.

    Power must rise with the value, as it does on one stream of chance. Steps are by regula falsi on the
    probit of power, where power is nearly a straight line, with halving when it gets stuck.

    Parameters
    ----------
    power_at : gives the power at a value.
    goal : wished power.
    low, high : ends of the search; the power at `high` is looked at first.
    whole : whether values are whole numbers.

    Examples
    --------
    >>> from scipy.stats import norm
    >>> def power_at(size):
    ...     share = float(norm.cdf(size / 4 - 1.96))
    ...     return Share(0, 1, share, share, share)
    >>> found = search(power_at, 0.8, 0.0, 40.0)
    >>> round(found.value, 1), len(found.tried) < 8
    (11.2, True)
    >>> search(power_at, 0.8, 1, 40, whole=True).value
    12
    """
    tried: dict[float, Share] = {}

    def at(value: float) -> float:
        if value not in tried:
            tried[value] = power_at(value)
        return _probit(tried[value].value) - _probit(goal)

    if at(high) < 0 or np.isnan(tried[high].value):
        return Found(None, tried[high], tuple(sorted(tried.items())))
    if at(low) < 0:
        _narrow(at, low, high, goal, tried, whole)
    reached = min(value for value, share in tried.items() if share.value >= goal)
    return Found(reached, tried[reached], tuple(sorted(tried.items())))


def _narrow(
    at: Callable[[float], float],
    low: float,
    high: float,
    goal: float,
    tried: dict[float, Share],
    whole: bool,
) -> None:
    """Move both ends together until they are next to each other, or the power is near enough."""
    for step in range(MOST_STEPS):
        below, above = at(low), at(high)
        share = 0.5 if step % 3 == 2 else float(np.clip(-below / (above - below), 0.05, 0.95))
        value = low + (high - low) * share
        if whole:
            value = int(np.clip(np.ceil(value), low + 1, high - 1)) if high - low > 1 else high
        if value in (low, high):
            return
        if at(value) >= 0:
            high = value
            if not whole and tried[value].value - goal < NEAR:
                return
        else:
            low = value


def _probit(share: float) -> float:
    from scipy.stats import norm

    return float(norm.ppf(np.clip(share, 1e-4, 1 - 1e-4)))
