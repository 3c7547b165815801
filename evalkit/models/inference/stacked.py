"""Several windows answered together: each site once a window, robust to a site being in several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.mixed.design import DesignFault
from evalkit.mixed.robust_regression import robust_least_squares
from evalkit.mixed.robust_wald import robust_t
from evalkit.models.inference.site_changes import SiteChange
from evalkit.models.inference.site_numbers import SiteNumbers
from evalkit.models.site_contrast import SiteContrast
from evalkit.problems import warning

Array = npt.NDArray[np.float64]
STACKED = "stacked"


def stacked_change(
    windows: Sequence[SiteNumbers], contrast: SiteContrast, outcome: str, level: float = 0.95
) -> SiteChange:
    """Estimate the mean difference over windows, with a mean of its own for each.

    Least squares of sites' numbers on windows and arm. A waiting site serves several windows, so that its
    numbers hang together: the variance is cluster-robust by site (CR2) with Satterthwaite's degrees of
    freedom. A window counts by its sites, as products of its two arms' sizes over their sum.

    Parameters
    ----------
    windows : numbers of each window's sites.
    contrast : the one that stacks them.
    outcome : column, for what is said.
    level : coverage of the interval.

    Returns
    -------
    The difference; its interval is withheld with fewer than two sites in an arm over all windows.

    References
    ----------
    Cengiz, Dube, Lindner & Zipperer 2019, Quarterly Journal of Economics 134:1405 (stacked windows);
    Pustejovsky & Tipton 2018, Journal of Business & Economic Statistics 36:672.
    """
    stacked = pd.concat(
        [numbers.table.assign(window=place) for place, numbers in enumerate(windows)], ignore_index=True
    )
    ours = (stacked["arm"] == contrast.arms[0]).to_numpy()
    sites = [stacked.loc[mask, "site"].nunique() for mask in (ours, ~ours)]
    columns = (stacked["window"].to_numpy()[:, None] == np.arange(len(windows))).astype(float)
    fixed = np.column_stack([columns[:, columns.any(axis=0)], ours.astype(float)])
    empty = SiteChange(
        *(None,) * 8, level, STACKED, int(stacked["site"].nunique()), None, stacked.assign(weight=np.nan)
    )
    if not min(sites) or np.linalg.matrix_rank(fixed) < fixed.shape[1]:
        return empty
    estimate = float(np.linalg.lstsq(fixed, stacked["change"].to_numpy(dtype=float), rcond=None)[0][-1])
    known = replace(empty, estimate=estimate)
    if min(sites) < 2:
        arm = contrast.arms[int(np.argmin(sites))]
        return replace(known, problems=(warning("models.one_site_in_arm", outcome=outcome, arm=arm),))
    return _with_interval(known, stacked, fixed)


def _with_interval(known: SiteChange, stacked: pd.DataFrame, fixed: Array) -> SiteChange:
    codes = pd.factorize(stacked["site"])[0]
    try:
        robust = robust_least_squares(stacked["change"].to_numpy(dtype=float), fixed, codes)
    except DesignFault:
        return known
    row = np.zeros((1, fixed.shape[1]))
    row[0, -1] = 1.0
    found = robust_t(robust, row, level=known.level)
    if not np.isfinite(found.df[0]) or found.std_error[0] <= 0:
        return known
    return replace(
        known,
        std_error=float(found.std_error[0]),
        df=float(found.df[0]),
        conf_low=float(found.conf_low[0]),
        conf_high=float(found.conf_high[0]),
        p_value=float(found.p_value[0]),
    )
