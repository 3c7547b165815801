"""Two arms whose residents change along straight lines: residents an arm for a difference of slopes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from evalkit.power.noncentral_t import normal_noncentrality

Array = npt.NDArray[np.float64]


def exchangeable_covariance(variance: float, correlation: float, waves: int) -> Array:
    """Return the covariance of one resident's answers when any two waves correlate alike.

    Parameters
    ----------
    variance : of an answer, squared units of the outcome.
    correlation : of two answers of one resident.
    waves : number of waves.

    Returns
    -------
    (waves, waves).

    References
    ----------
    Diggle, Liang & Zeger 1994, Analysis of Longitudinal Data, section 2.4.

    Examples
    --------
    >>> exchangeable_covariance(4.0, 0.5, 2).tolist()
    [[4.0, 2.0], [2.0, 4.0]]
    """
    same: Array = np.eye(waves)
    return variance * (correlation + (1 - correlation) * same)


def slope_variance(times: Sequence[float], covariance: Array) -> float:
    """Return the variance of one resident's slope by generalised least squares.

    Parameters
    ----------
    times : (T,) of the waves, in years.
    covariance : (T, T) of one resident's answers.

    Returns
    -------
    The lower right element of (X'V⁻¹X)⁻¹ with X = [1, t]. The general formula printed on page 29 of Diggle
    et al. lacks the inverse; this one does not.

    Raises
    ------
    ValueError : fewer than two different times, or a covariance that is not positive definite.

    References
    ----------
    Diggle, Liang & Zeger 1994, section 2.4; Liu & Liang 1997, Biometrics 53:937.

    Examples
    --------
    >>> round(slope_variance([0, 2, 5], exchangeable_covariance(100, 0.5, 3)), 4)
    3.9474
    """
    t = np.asarray(times, dtype=float)
    if np.unique(t).size < 2:
        raise ValueError("a slope needs two different times")
    try:
        whitened = np.linalg.solve(np.linalg.cholesky(covariance), np.column_stack([np.ones_like(t), t]))
    except np.linalg.LinAlgError:
        raise ValueError("the covariance is not positive definite") from None
    return float(np.linalg.inv(whitened.T @ whitened)[1, 1])


def slope_difference_n(
    difference: float,
    times: Sequence[float],
    covariance: Array,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    sides: int = 2,
) -> float:
    """Return how many residents an arm needs for a difference of slopes.

    Parameters
    ----------
    difference : of the slopes, units of the outcome a year.
    times : (T,) of the waves, in years.
    covariance : (T, T) of one resident's answers.
    power, alpha, sides : of a z test.

    Returns
    -------
    Residents an arm, not rounded.

    Raises
    ------
    ValueError : a difference of zero, or what `slope_variance` refuses.

    References
    ----------
    Diggle, Liang & Zeger 1994, p. 29 (one-sided there); Liu & Liang 1997, Biometrics 53:937.

    Examples
    --------
    >>> np.ceil(slope_difference_n(0.5, [0, 2, 5], exchangeable_covariance(100, 0.5, 3), sides=1)).item()
    196.0
    """
    if difference == 0:
        raise ValueError("no number of residents shows a difference of zero")
    sum_of_quantiles = normal_noncentrality(power, alpha=alpha, sides=sides)
    return 2 * sum_of_quantiles**2 * slope_variance(times, covariance) / difference**2


def slope_difference_power(
    n: float,
    difference: float,
    times: Sequence[float],
    covariance: Array,
    *,
    alpha: float = 0.05,
    sides: int = 2,
) -> float:
    """Return the power of a difference of slopes; the inverse of `slope_difference_n`.

    Parameters
    ----------
    n : residents an arm.
    difference, times, covariance, alpha, sides : as for `slope_difference_n`.

    Returns
    -------
    Power of a z test, the far tail left out as in the formula for n.

    Raises
    ------
    ValueError : what `slope_variance` refuses.

    References
    ----------
    Diggle, Liang & Zeger 1994, p. 29.

    Examples
    --------
    >>> round(slope_difference_power(196, 0.5, [0, 2, 5], exchangeable_covariance(100, 0.5, 3), sides=1), 3)
    0.801
    """
    shift = abs(difference) / np.sqrt(2 * slope_variance(times, covariance) / n)
    return float(stats.norm.sf(stats.norm.isf(alpha / sides) - shift))
