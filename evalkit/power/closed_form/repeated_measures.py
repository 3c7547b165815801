"""Two arms compared at the last wave by a mixed model for repeated measures, with residents who leave."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evalkit.power.noncentral_t import normal_noncentrality

Array = npt.NDArray[np.float64]


def information_factor(correlation: Array, retention: Sequence[float]) -> float:
    """Return by how much the variance of the last wave's mean grows because residents leave.

    Parameters
    ----------
    correlation : (T, T) of one resident's answers.
    retention : (T,) share of the first residents still there; never rising.

    Returns
    -------
    Factor from 1 to 1 / retention at the last wave: earlier answers of those who left make up for part.

    Raises
    ------
    ValueError : retention that rises, or lies outside 0 to 1, or is zero at the last wave.

    References
    ----------
    Lu, Luo & Chen 2008, International Journal of Biostatistics 4(1):9, theorem 1.

    Examples
    --------
    >>> round(information_factor(np.array([[1, 0.5], [0.5, 1]]), [1, 0.9]), 6)
    1.083333
    """
    staying = np.append(np.asarray(retention, dtype=float), 0.0)
    leaving = -np.diff(staying)
    if (leaving < 0).any() or staying[0] > 1 or not staying[-2] > 0:
        raise ValueError("retention never rises, starts at 1 or below, and somebody stays to the end")
    waves = len(leaving)
    information = np.zeros((waves, waves))
    for last, share in enumerate(leaving, start=1):
        information[:last, :last] += share * np.linalg.inv(correlation[:last, :last])
    return float(np.linalg.inv(information)[-1, -1])


def repeated_measures_n(
    difference: float,
    variance: float,
    factors: tuple[float, float],
    *,
    ratio: float = 1.0,
    power: float = 0.8,
    alpha: float = 0.05,
) -> float:
    """Return how many residents the first arm needs for a difference at the last wave.

    Parameters
    ----------
    difference : of the arms' means at the last wave, units of the outcome.
    variance : of an answer at the last wave, squared units.
    factors : information factors of the first and of the second arm.
    ratio : residents of the first arm for one of the second.
    power, alpha : of a two-sided z test.

    Returns
    -------
    Residents of the first arm, not rounded.

    Raises
    ------
    ValueError : a difference of zero.

    References
    ----------
    Lu, Luo & Chen 2008, International Journal of Biostatistics 4(1):9.

    Examples
    --------
    >>> round(repeated_measures_n(0.5, 1.0, (1.0, 1.0), power=0.9), 4)
    84.0594
    """
    if difference == 0:
        raise ValueError("no number of residents shows a difference of zero")
    spread = variance * (factors[0] + ratio * factors[1])
    return spread * normal_noncentrality(power, alpha=alpha) ** 2 / difference**2
