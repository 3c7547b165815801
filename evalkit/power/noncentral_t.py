"""Power of a t or z test and the noncentrality that a power needs."""

from __future__ import annotations

import math

from scipy import stats
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, stdtrit


def two_sided_power(noncentrality: float, df: float = math.inf, *, alpha: float = 0.05) -> float:
    """Return the power of a two-sided test, both tails counted.

    Parameters
    ----------
    noncentrality : true effect over the standard error of its estimate; its sign does not matter.
    df : degrees of freedom of the t test; infinite for a z test.
    alpha : two-sided level, between 0 and 1.

    Returns
    -------
    Probability of rejection: `alpha` when the noncentrality is zero. The square of a noncentral t is a
    noncentral F, which is computed to more digits and fails in no tail.

    Raises
    ------
    ValueError : degrees of freedom that are not above zero, or a level that is not between 0 and 1.

    References
    ----------
    Johnson, Kotz & Balakrishnan 1995, Continuous Univariate Distributions 2, ch. 31.

    Examples
    --------
    >>> round(two_sided_power(2.8), 4), round(two_sided_power(2.8, df=4), 4), round(two_sided_power(0, 4), 4)
    (0.7996, 0.5636, 0.05)
    """
    critical, shift = critical_value(df, alpha=alpha), abs(noncentrality)
    if math.isinf(df):
        return float(ndtr(shift - critical) + ndtr(-critical - shift))
    if shift**2 == 0:
        return alpha
    return float(stats.ncf.sf(critical**2, 1, df, shift**2))


def noncentrality_for(power: float, df: float = math.inf, *, alpha: float = 0.05) -> float:
    """Return the noncentrality at which a two-sided test has this power: the inverse of `two_sided_power`.

    Parameters
    ----------
    power : wished power, above `alpha` and below 1.
    df, alpha : as for `two_sided_power`.

    Returns
    -------
    Effect over standard error. Times the standard error it is the smallest detectable effect.

    Raises
    ------
    ValueError : a power that is not between alpha and 1.

    References
    ----------
    Bloom 1995, Evaluation Review 19:547 (minimum detectable effects); solved exactly here.

    Examples
    --------
    >>> round(noncentrality_for(0.8), 4), round(noncentrality_for(0.8, df=4), 4)
    (2.8016, 3.7611)
    """
    if not alpha < power < 1:
        raise ValueError("a power lies above alpha and below 1")
    high = critical_value(df, alpha=alpha) + 1.0
    while two_sided_power(high, df, alpha=alpha) < power:
        high *= 2
    return float(brentq(lambda at: two_sided_power(at, df, alpha=alpha) - power, 0.0, high, xtol=1e-12))


def normal_noncentrality(power: float, *, alpha: float = 0.05, sides: int = 2) -> float:
    """Return the sum of normal quantiles that textbook sample sizes use; the far tail is left out.

    Parameters
    ----------
    power : wished power, between 0 and 1.
    alpha : level of the test.
    sides : 1 or 2.

    Returns
    -------
    z of 1 - alpha / sides, plus z of the power.

    Raises
    ------
    ValueError : a power or level outside 0 to 1, or a number of sides other than 1 and 2.

    References
    ----------
    Diggle, Liang & Zeger 1994, Analysis of Longitudinal Data, section 2.4.

    Examples
    --------
    >>> round(normal_noncentrality(0.8), 4), round(normal_noncentrality(0.8, sides=1), 4)
    (2.8016, 2.4865)
    """
    if not (0 < power < 1 and 0 < alpha < 1) or sides not in (1, 2):
        raise ValueError("power and alpha lie between 0 and 1, and a test has one side or two")
    return float(ndtri(power) - ndtri(alpha / sides))


def critical_value(df: float = math.inf, *, alpha: float = 0.05) -> float:
    """Return the value beyond which a two-sided test rejects.

    Parameters
    ----------
    df : degrees of freedom; infinite for a z test.
    alpha : two-sided level, between 0 and 1.

    Raises
    ------
    ValueError : degrees of freedom that are not above zero, or a level that is not between 0 and 1.

    References
    ----------
    Student 1908, Biometrika 6:1.

    Examples
    --------
    >>> round(critical_value(), 4), round(critical_value(4), 4)
    (1.96, 2.7764)
    """
    if not df > 0 or not 0 < alpha < 1:
        raise ValueError("degrees of freedom are above zero, and alpha lies between 0 and 1")
    return float(-ndtri(alpha / 2) if math.isinf(df) else -stdtrit(df, alpha / 2))
