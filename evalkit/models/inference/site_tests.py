"""Tests of a contrast between sites for many data sets at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.models.inference.site_test import SiteTest
from evalkit.problems import Problem

Array = npt.NDArray[np.float64]

ROUNDING = 1e-14  # of an estimate: as R's t.test, which refuses numbers that are essentially constant


@dataclass(frozen=True)
class SiteTests:
    """Hold what `SiteTest` holds, as arrays of one shape: () for one data set, (B,) for B of them.

    Parameters
    ----------
    method, smallest_p, n_sites, problems : as in `SiteTest`, the same for all data sets.
    estimate, std_error, df, statistic, p_value, conf_low, conf_high : nan where `SiteTest` has None.
    """

    method: str
    estimate: Array
    std_error: Array
    df: Array
    statistic: Array
    p_value: Array
    conf_low: Array
    conf_high: Array
    n_sites: int
    smallest_p: float = 0.0
    problems: tuple[Problem, ...] = ()

    def single(self) -> SiteTest:
        """Return the test of the one data set. Raises ValueError when there are several."""

        def plain(values: Array) -> float | None:
            value = float(values.item())
            return None if np.isnan(value) else value

        return SiteTest(
            method=self.method,
            estimate=plain(self.estimate),
            std_error=plain(self.std_error),
            df=plain(self.df),
            statistic=plain(self.statistic),
            p_value=plain(self.p_value),
            conf_low=plain(self.conf_low),
            conf_high=plain(self.conf_high),
            smallest_p=self.smallest_p,
            n_sites=self.n_sites,
            problems=self.problems,
        )


def varies(estimate: Array, std_error: Array) -> npt.NDArray[np.bool_]:
    """Return whether a standard error is above what rounding leaves when sites do not vary, (...)."""
    found: npt.NDArray[np.bool_] = std_error > ROUNDING * np.abs(estimate)
    return found


def by_t(
    method: str,
    estimate: Array,
    std_error: Array,
    df: Array | float,
    *,
    level: float,
    n_sites: int,
    problems: tuple[Problem, ...] = (),
) -> SiteTests:
    """Return t-tests and intervals; all but the estimate is nan where there is no `df` or no variation.

    Parameters
    ----------
    estimate, std_error, df : (...).
    level : coverage of the intervals.

    Examples
    --------
    >>> found = by_t("t_test", np.array(2.0), np.array(1.0), 4.0, level=0.95, n_sites=6).single()
    >>> round(found.p_value, 4), round(found.conf_low, 4)
    (0.1161, -0.7764)
    """
    from scipy.stats import t

    estimate, std_error, df = np.broadcast_arrays(estimate, std_error, df)
    known = (df > 0) & varies(estimate, std_error)
    std_error, df = np.where(known, std_error, np.nan), np.where(known, df, np.nan)
    statistic = estimate / std_error
    half = t.ppf((1 + level) / 2, df) * std_error
    return SiteTests(
        method=method,
        estimate=estimate,
        std_error=std_error,
        df=df,
        statistic=statistic,
        p_value=np.asarray(2 * t.sf(np.abs(statistic), df)),
        conf_low=estimate - half,
        conf_high=estimate + half,
        n_sites=n_sites,
        problems=problems,
    )
