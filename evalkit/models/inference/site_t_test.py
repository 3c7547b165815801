"""Student's and Welch's t-test of site changes."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from evalkit.models.inference.site_tests import SiteTests, by_t
from evalkit.problems import warning

Array = npt.NDArray[np.float64]

METHODS = {"pooled": "t_test", "separate": "welch"}


def t_test(
    changes: Array,
    arms: npt.NDArray[np.bool_],
    *,
    variances: Literal["pooled", "separate"] = "pooled",
    level: float = 0.95,
) -> SiteTests:
    """Test the difference of two arms' mean site changes, each site weighing the same.

    Parameters
    ----------
    changes : (..., G), one number a site.
    arms : (G,), true in the arm of interest.
    variances : `pooled` for Student's test, `separate` for Welch's.
    level : coverage of the interval.

    Returns
    -------
    Tests of shape (...); the estimate alone when an arm has one site, since site and programme are then
    one.

    References
    ----------
    Student 1908, Biometrika 6:1; Welch 1947, Biometrika 34:28. With equal arms the pooled test is exact for
    normal changes of equal variance; when small sites are the treated ones it is not (they vary more).

    Examples
    --------
    >>> found = t_test(np.array([3.0, 5, 1, 1]), np.array([True, True, False, False])).single()
    >>> found.estimate, round(found.std_error, 4), found.df
    (3.0, 1.0, 2.0)
    """
    changes, arms = np.asarray(changes, dtype=float), np.asarray(arms, dtype=bool)
    (ours, n), (theirs, m) = ((changes[..., kind], int(kind.sum())) for kind in (arms, ~arms))
    few = min(n, m)
    estimate = ours.mean(axis=-1) - theirs.mean(axis=-1) if few else np.full(changes.shape[:-1], np.nan)
    if few < 2:
        variance, df = np.full_like(estimate, np.nan), np.zeros_like(estimate)
    elif variances == "pooled":
        squares = ours.var(axis=-1) * n + theirs.var(axis=-1) * m
        variance, df = squares / (n + m - 2) * (1 / n + 1 / m), np.full_like(estimate, n + m - 2)
    else:
        first, second = ours.var(axis=-1, ddof=1) / n, theirs.var(axis=-1, ddof=1) / m
        variance = first + second
        with np.errstate(divide="ignore", invalid="ignore"):
            df = variance**2 / (first**2 / (n - 1) + second**2 / (m - 1))
    return by_t(
        METHODS[variances],
        np.asarray(estimate),
        np.sqrt(variance),
        df,
        level=level,
        n_sites=len(arms),
        problems=(warning("inference.arm_of_few_sites", sites=few),) if few < 2 else (),
    )
