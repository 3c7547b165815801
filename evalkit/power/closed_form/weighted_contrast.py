"""Two arms compared by a weighted sum of wave means, with attrition and unequal arms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from evalkit.power.noncentral_t import normal_noncentrality

Array = npt.NDArray[np.float64]


def weighted_contrast_n(
    differences: Sequence[float],
    covariance: Array,
    contrast: Sequence[float],
    *,
    retention: Sequence[float] | None = None,
    ratio: float = 1.0,
    power: float = 0.8,
    alpha: float = 0.05,
) -> float:
    """Return how many residents the first arm needs at the first wave.

    Parameters
    ----------
    differences : (T,) of the arms' means at each wave, units of the outcome.
    covariance : (T, T) of one resident's answers.
    contrast : (T,) weights of the waves; only their proportions matter.
    retention : (T,) share of the first residents still there; everybody when left out.
    ratio : residents of the first arm for one of the second.
    power, alpha : of a two-sided z test.

    Returns
    -------
    Residents of the first arm, not rounded. Attrition enters by dividing each covariance by the root of
    both waves' retention. That is an approximation: what a mixed model gains from those who left is not in
    it, nor what it loses (with 20 % gone in the mean of two waves 70.78, by full information 66.98).

    Raises
    ------
    ValueError : a contrast of zero, or retention that is not between 0 and 1.

    References
    ----------
    Hedeker, Gibbons & Waternaux 1999, Journal of Educational and Behavioral Statistics 24:70.

    Examples
    --------
    >>> answers = np.array([[1.0, 0.5], [0.5, 1.0]])
    >>> round(weighted_contrast_n([0.5, 0.5], answers, [1, 1], power=0.9), 3)
    63.045
    >>> round(weighted_contrast_n([0.5, 0.5], answers, [1, 1], power=0.9, retention=[1, 0.8]), 3)
    70.779
    """
    noncentrality = normal_noncentrality(power, alpha=alpha)
    variance, effect = _contrast(differences, covariance, contrast, retention)
    if effect == 0:
        raise ValueError("no number of residents shows a contrast of zero")
    return (1 + ratio) * noncentrality**2 * variance / effect**2


def weighted_contrast_power(
    n: float,
    differences: Sequence[float],
    covariance: Array,
    contrast: Sequence[float],
    *,
    retention: Sequence[float] | None = None,
    ratio: float = 1.0,
    alpha: float = 0.05,
) -> float:
    """Return the power with this many residents in the first arm; the inverse of `weighted_contrast_n`.

    Parameters
    ----------
    n : residents of the first arm at the first wave.
    differences, covariance, contrast, retention, ratio, alpha : as for `weighted_contrast_n`.

    Returns
    -------
    Power of a two-sided z test, the far tail left out as in the formula for n.

    Raises
    ------
    ValueError : retention that is not between 0 and 1.

    References
    ----------
    Hedeker, Gibbons & Waternaux 1999, Journal of Educational and Behavioral Statistics 24:70.

    Examples
    --------
    >>> answers = np.array([[1.0, 0.5], [0.5, 1.0]])
    >>> round(weighted_contrast_power(100, [0.5, 0.5], answers, [1, 1]), 3)
    0.983
    """
    variance, effect = _contrast(differences, covariance, contrast, retention)
    shift = abs(effect) / np.sqrt((1 + ratio) * variance / n)
    return float(stats.norm.sf(stats.norm.isf(alpha / 2) - shift))


def _contrast(
    differences: Sequence[float],
    covariance: Array,
    contrast: Sequence[float],
    retention: Sequence[float] | None,
) -> tuple[float, float]:
    """Return the variance of one resident's contrast, thinned by attrition, and the contrast's true value."""
    weights = np.asarray(contrast, dtype=float)
    staying = np.ones_like(weights) if retention is None else np.asarray(retention, dtype=float)
    if not ((staying > 0) & (staying <= 1)).all():
        raise ValueError("retention lies above 0, and at 1 or below")
    thinned = weights / np.sqrt(staying)
    return float(thinned @ covariance @ thinned), float(weights @ np.asarray(differences, dtype=float))
