"""Two arms compared by the mean of each resident's answers over the waves."""

from __future__ import annotations

from evalkit.power.noncentral_t import normal_noncentrality


def time_average_n(
    difference: float,
    waves: int,
    variance: float,
    correlation: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    sides: int = 2,
) -> float:
    """Return how many residents an arm needs for a difference of means over all waves.

    Parameters
    ----------
    difference : of the means, units of the outcome.
    waves : answers of each resident.
    variance : of an answer, squared units of the outcome.
    correlation : of two answers of one resident, alike for any two waves.
    power, alpha, sides : of a z test.

    Returns
    -------
    Residents an arm, not rounded.

    Raises
    ------
    ValueError : a difference of zero, or fewer than one wave.

    References
    ----------
    Diggle, Liang & Zeger 1994, Analysis of Longitudinal Data, p. 30 (one-sided there).

    Examples
    --------
    >>> round(time_average_n(0.3, 3, 1.0, 0.5, sides=1), 2)
    91.59
    """
    if difference == 0 or waves < 1:
        raise ValueError("a difference that is not zero and one wave at least are needed")
    mean_variance = variance * (1 + (waves - 1) * correlation) / waves
    return 2 * normal_noncentrality(power, alpha=alpha, sides=sides) ** 2 * mean_variance / difference**2
