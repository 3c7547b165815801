"""The t test of site means in two arms of equally many sites."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq

from evalkit.power.noncentral_t import noncentrality_for, two_sided_power

FEWEST = 2.0


def cluster_t_power(
    sites: float,
    residents: float,
    difference: float,
    *,
    variance: float = 1.0,
    design_effect: float = 1.0,
    alpha: float = 0.05,
) -> float:
    """Return the power of a t test of site means, on twice the sites of an arm less two.

    Parameters
    ----------
    sites : of an arm.
    residents : mean number of residents a site, in a wave.
    difference : of the arms, or of their changes; units of the outcome.
    variance : of an answer, between and within sites together.
    design_effect : of the design, from `evalkit.power.closed_form.design_effect`.
    alpha : two-sided level.

    Returns
    -------
    Power by the noncentral t, both tails counted.

    Raises
    ------
    ValueError : one site an arm or fewer (no degrees of freedom), or a variance of zero.

    References
    ----------
    Donner & Klar 2000, Design and Analysis of Cluster Randomization Trials, ch. 5.

    Examples
    --------
    >>> from evalkit.power.closed_form.design_effect import parallel_design_effect
    >>> round(cluster_t_power(16, 10, 1, variance=5, design_effect=parallel_design_effect(10, 0.1)), 5)
    0.80177
    """
    error = _standard_error(sites, residents, variance, design_effect)
    return two_sided_power(difference / error, 2 * (sites - 1), alpha=alpha)


def cluster_t_sites(
    residents: float,
    difference: float,
    *,
    variance: float = 1.0,
    design_effect: float = 1.0,
    power: float = 0.8,
    alpha: float = 0.05,
) -> float:
    """Return how many sites an arm needs; the inverse of `cluster_t_power`.

    Parameters are those of `cluster_t_power`, and the wished `power`.

    Returns
    -------
    Sites of an arm, not rounded; two at least, since one leaves no degrees of freedom.

    Raises
    ------
    ValueError : a difference of zero, or a power that is not between alpha and 1.

    References
    ----------
    Donner & Klar 2000, Design and Analysis of Cluster Randomization Trials, ch. 5.

    Examples
    --------
    >>> round(cluster_t_sites(10, 1, variance=5, design_effect=1.9), 3)
    15.933
    """
    if difference == 0 or not alpha < power < 1:
        raise ValueError("a difference that is not zero and a power between alpha and 1 are needed")

    def missing(sites: float) -> float:
        return power - cluster_t_power(
            sites, residents, difference, variance=variance, design_effect=design_effect, alpha=alpha
        )

    if missing(FEWEST) <= 0:
        return FEWEST
    most = 2 * FEWEST
    while missing(most) > 0:
        most *= 2
    return float(brentq(missing, FEWEST, most, xtol=1e-12))


def cluster_t_difference(
    sites: float,
    residents: float,
    *,
    variance: float = 1.0,
    design_effect: float = 1.0,
    power: float = 0.8,
    alpha: float = 0.05,
) -> float:
    """Return the smallest difference that reaches a power.

    Parameters are those of `cluster_t_power`, and the wished `power`.

    Raises
    ------
    ValueError : one site an arm or fewer, a variance of zero, or a power not between alpha and 1.

    References
    ----------
    Bloom 1995, Evaluation Review 19:547.

    Examples
    --------
    >>> round(cluster_t_difference(3, 60, design_effect=2.18), 3)
    0.585
    """
    error = _standard_error(sites, residents, variance, design_effect)
    return noncentrality_for(power, 2 * (sites - 1), alpha=alpha) * error


def weighted_cluster_t_power(
    sizes: tuple[Sequence[float], Sequence[float]],
    difference: float,
    icc: float,
    *,
    variance: float = 1.0,
    alpha: float = 0.05,
) -> float:
    """Return the power of the t test that weighs each site by what its mean is worth.

    Parameters
    ----------
    sizes : residents of each site, in the first and in the second arm.
    difference : of the arms, units of the outcome.
    icc : share of the variance that lies between sites.
    variance : of an answer, between and within sites together.
    alpha : two-sided level.

    Returns
    -------
    Power by the noncentral t on sites less two, both tails counted (.12796 in the example without the far
    one). With one size for all sites it is that of `cluster_t_power`.

    Raises
    ------
    ValueError : two sites or fewer, or a variance of zero.

    References
    ----------
    van Breukelen, Candel & Berger 2007, Statistics in Medicine 26:2589.

    Examples
    --------
    >>> arm = [100, 50, 25, 100, 100]
    >>> round(weighted_cluster_t_power((arm, arm), 0.2, 0.1), 5)
    0.13059
    """
    if not 0 <= icc <= 1 or not variance > 0:
        raise ValueError("an ICC lies between 0 and 1, and a variance above 0")
    arms = [np.asarray(arm, dtype=float) for arm in sizes]
    worth = [(1 / (variance * (icc + (1 - icc) / arm))).sum() for arm in arms]
    error = math.sqrt(sum(1 / w for w in worth))
    return two_sided_power(difference / error, sum(map(len, arms)) - 2, alpha=alpha)


def _standard_error(sites: float, residents: float, variance: float, design_effect: float) -> float:
    if not (sites > 1 and residents > 0 and variance > 0 and design_effect > 0):
        raise ValueError("more than one site an arm, residents, a variance and a design effect are needed")
    return math.sqrt(2 * variance * design_effect / (sites * residents))
