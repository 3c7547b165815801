"""What happens when clusters change at paces of their own and the model leaves that out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from evalkit.power.closed_form.slope_with_dropout import ResidentVariances, SlopeArm, slope_arm_variance


@dataclass(frozen=True)
class IgnoredClusterSlope:
    """Hold the price of leaving the clusters' slopes out.

    Parameters
    ----------
    deft : how many times larger the standard error should have been.
    type_one : share of true null hypotheses that are rejected.
    """

    deft: float
    type_one: float


def ignored_cluster_slope(
    times: Sequence[float],
    arms: tuple[SlopeArm, SlopeArm],
    variances: ResidentVariances,
    *,
    alpha: float = 0.05,
) -> IgnoredClusterSlope:
    """Return the design effect and the false positive rate of a model without clusters' slopes.

    Parameters
    ----------
    times, arms, variances : as for `slope_with_dropout_power`.
    alpha : two-sided level that the test claims.

    Returns
    -------
    Standard error with clusters' slopes over the one without, where their variance is counted as the
    residents'; and the rate at which a z test with the smaller one rejects.

    Raises
    ------
    ValueError : what `slope_arm_variance` refuses.

    References
    ----------
    Magnusson's powerlmm, three-level vignette (DEFT).

    Examples
    --------
    >>> arm = SlopeArm(residents=(30,) * 5, cluster_slope=0.1)
    >>> found = ignored_cluster_slope(range(11), (arm, arm), ResidentVariances(100, 1.9, 100))
    >>> round(found.deft, 2), round(found.type_one, 2)
    (1.41, 0.17)
    """
    true = sum(slope_arm_variance(times, arm, variances) for arm in arms)
    claimed = 0.0
    for arm in arms:
        as_residents = replace(variances, slope=variances.slope + arm.cluster_slope)
        claimed += slope_arm_variance(times, replace(arm, cluster_slope=0.0), as_residents)
    deft = float(np.sqrt(true / claimed))
    return IgnoredClusterSlope(deft, float(2 * stats.norm.sf(stats.norm.isf(alpha / 2) / deft)))
