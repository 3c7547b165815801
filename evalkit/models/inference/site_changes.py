"""Intervals for a contrast between sites: one number a site, then a weighted regression over sites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.models.inference.site_numbers import SiteNumbers, numbers_of_sites
from evalkit.models.inference.two_stage import second_stage
from evalkit.models.site_contrast import SiteContrast, change_between
from evalkit.models.site_means import SiteMeans
from evalkit.problems import Place, Problem, warning
from evalkit.texts.phrases import phrase

Array = npt.NDArray[np.float64]
TWO_STAGE = "two_stage"


@dataclass(frozen=True)
class SiteChange:
    """Hold a change since the first wave, or the difference of two arms' changes, with its intervals.

    Parameters
    ----------
    estimate : units of the outcome; None when no site has a number.
    std_error, df, conf_low, conf_high : for sites like these; None when withheld.
    p_value : two-sided, where the contrast compares; None for one group, where a change is no effect.
    these_low, these_high : interval for these very sites: from residents alone, whatever other sites do.
    level : coverage of the intervals.
    method : key of how the interval came about.
    n_sites : sites that the estimate rests on.
    tau2 : variance between sites beyond what sampling explains; None when it is not to be told.
    sites : DataFrame, one row a site: `SITE_COLUMNS` of `site_numbers`, and `weight`: the share that a site
        has in the mean of its arm.
    problems : sites left out, and why an interval is withheld.
    """

    estimate: float | None
    std_error: float | None
    df: float | None
    conf_low: float | None
    conf_high: float | None
    p_value: float | None
    these_low: float | None
    these_high: float | None
    level: float
    method: str
    n_sites: int
    tau2: float | None
    sites: pd.DataFrame
    problems: tuple[Problem, ...] = ()


def change_of_sites(
    panel: pd.DataFrame,
    outcome: str,
    sites: Sequence[str],
    first: str,
    last: str,
    *,
    arm: str | None = None,
    level: float = 0.95,
    means: SiteMeans | None = None,
) -> SiteChange:
    """Estimate the mean change of sites between two waves, with an interval for sites like these.

    One change a site, from `site_means`: everyone who answered counts, and leaving may depend on earlier
    answers. The interval is t on sites - 1, so that it holds whatever sites share in a wave (weather, a
    murder, a renovation), which an interval over residents leaves out.

    Parameters
    ----------
    panel : one row a respondent and wave: `respondent`, `site`, `wave`, `arm` when used, and the outcome.
    outcome : column of the outcome.
    sites : ids of the sites that belong here; those without answers in either wave are left out and said.
    first, last : ids of the waves.
    arm : only the sites of this arm.
    level : coverage of the interval.
    means : `site_means(panel, outcome, ...)` when already at hand.

    Returns
    -------
    The change, in points of the outcome.

    Examples
    --------
    >>> panel = pd.DataFrame({"respondent": range(12), "site": [*"ABC"] * 4, "wave": ["w1"] * 6 + ["w2"] * 6,
    ...     "y": [1.0, 2, 3, 1, 2, 3, 2, 4, 6, 2, 4, 6]})
    >>> found = change_of_sites(panel, "y", "ABC", "w1", "w2")
    >>> round(found.estimate, 3), round(found.std_error, 3), found.df
    (2.0, 0.577, 2.0)
    """
    arms = () if arm is None else (arm,)
    contrast = _change(first, last, arms)
    return site_change(
        numbers_of_sites(panel, outcome, contrast, sites, means=means), contrast, outcome, level
    )


def difference_of_arms(
    panel: pd.DataFrame,
    outcome: str,
    sites: Sequence[str],
    first: str,
    last: str,
    *,
    arms: tuple[str, str] = ("intervention", "comparison"),
    level: float = 0.95,
    means: SiteMeans | None = None,
) -> SiteChange:
    """Estimate how much more the sites of one arm changed than those of the other.

    Parameters
    ----------
    panel, outcome, sites, first, last, level, means : as for `change_of_sites`.
    arms : the arm of interest, then the one that it is compared with.

    Returns
    -------
    The difference, in points of the outcome, with t on sites - 2; its interval is withheld when an arm has
    one site, since site and programme are then one.

    Examples
    --------
    >>> panel = pd.DataFrame({"respondent": range(8), "site": [*"ABCD"] * 2, "wave": ["w1"] * 4 + ["w2"] * 4,
    ...     "arm": ["t", "t", "c", "c"] * 2, "y": [0.0, 0, 0, 0, 3, 5, 1, 1]})
    >>> found = difference_of_arms(panel, "y", "ABCD", "w1", "w2", arms=("t", "c"))
    >>> found.estimate, round(found.std_error, 4), found.df
    (3.0, 1.0, 2.0)
    """
    contrast = _change(first, last, arms)
    return site_change(
        numbers_of_sites(panel, outcome, contrast, sites, means=means), contrast, outcome, level
    )


def site_change(
    numbers: SiteNumbers, contrast: SiteContrast, outcome: str, level: float = 0.95
) -> SiteChange:
    """Estimate a contrast from one number a site: two stages, scaled by Hartung and Knapp.

    Parameters
    ----------
    numbers : of the first stage.
    contrast : with no arm or one, the mean of the sites, t on sites - 1; with two arms, their difference,
        t on sites - 2.
    outcome : column of the outcome, for what is said.
    level : coverage of the intervals.

    References
    ----------
    Hartung & Knapp 2001, Statistics in Medicine 20:3875; Leyrat et al. 2018, International Journal of
    Epidemiology 47:321 (analysis at the level of clusters holds its level with few of them).
    """
    problems = list(_problems(numbers, contrast, outcome))
    table = numbers.table.assign(weight=np.nan)
    plain = SiteChange(
        *(None,) * 8,
        level,
        TWO_STAGE,
        len(table),
        None,
        table,
        tuple(problems),
    )
    if not len(table) or (
        len(contrast.arms) == 2 and not all(numbers.in_arm(a).any() for a in contrast.arms)
    ):
        return plain
    design, row = design_of(numbers, contrast)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return replace(plain, problems=(*problems, warning("inference.arm_explained")))
    found = second_stage(numbers.changes, numbers.variances, design)
    estimate = float(row @ found.coefficients[0])
    table = table.assign(weight=_shares(numbers, contrast, found.weights[0]))
    half = _half(float(row @ found.within[0] @ row), numbers.df_within, level)
    known = replace(plain, estimate=estimate, sites=table)
    if half is not None:
        known = replace(known, these_low=estimate - half, these_high=estimate + half)
    if found.df < 1 and contrast.covariates:
        known = replace(known, problems=(*problems, warning("inference.sites_too_few", sites=len(table))))
    if found.df < 1 or _withheld(numbers, contrast):
        return known
    return _with_interval(
        known, float(row @ found.covariance[0] @ row), found.df, float(found.tau2[0]), contrast
    )


def design_of(numbers: SiteNumbers, contrast: SiteContrast) -> tuple[Array, Array]:
    """Return columns (sites, q) of a contrast and the combination (q,) of their coefficients that it is.

    Site covariates are centred, so that the mean of a single group is that of sites like the average one.
    """
    columns = [np.ones(len(numbers.table))]
    if len(contrast.arms) == 2:
        columns.append(numbers.in_arm(contrast.arms[0]).astype(float))
    row = np.zeros(len(columns) + len(contrast.covariates))
    row[len(columns) - 1] = 1.0
    for name, values in contrast.covariates.items():
        if name == contrast.slope:
            row = np.zeros(len(row))
            row[len(columns)] = 1.0
        column = numbers.table["site"].map(values).to_numpy(dtype=float)
        columns.append(column - column.mean())
    return np.column_stack(columns), row


def wave_means(panel: pd.DataFrame, outcome: str, by: Iterable[str] = ("wave",)) -> pd.DataFrame:
    """Return plain means of those who answered, for description: no estimate, no interval.

    Returns
    -------
    One row a group: the columns of `by`, `mean`, `sd` (n - 1), `n`.

    Examples
    --------
    >>> wave_means(pd.DataFrame({"wave": ["w1", "w1"], "y": [1.0, 3.0]}), "y").to_numpy().tolist()
    [['w1', 2.0, 1.4142135623730951, 2]]
    """
    groups = panel.loc[panel[outcome].notna()].groupby(list(by), observed=True, sort=True)[outcome]
    return groups.agg(mean="mean", sd="std", n="count").reset_index()


def _change(first: str, last: str, arms: tuple[str, ...]) -> SiteContrast:
    label = phrase("models.estimand.change_since_baseline", first=first)
    return SiteContrast(last, label, change_between(first, last), first, last, arms)


def _withheld(numbers: SiteNumbers, contrast: SiteContrast) -> bool:
    if len(contrast.arms) == 2:
        return min(int(numbers.in_arm(arm).sum()) for arm in contrast.arms) < 2
    return len(numbers.table) < 2


def _with_interval(
    known: SiteChange, variance: float, df: int, tau2: float, contrast: SiteContrast
) -> SiteChange:
    from scipy.stats import t

    assert known.estimate is not None, "asked with a number"
    std_error = float(np.sqrt(variance))
    half = float(t.ppf((1 + known.level) / 2, df)) * std_error
    p_value = None
    if contrast.compares and std_error > 0:
        p_value = float(2 * t.sf(abs(known.estimate) / std_error, df))
    return replace(
        known,
        std_error=std_error,
        df=float(df),
        conf_low=known.estimate - half,
        conf_high=known.estimate + half,
        p_value=p_value,
        tau2=tau2,
    )


def _half(variance: float, df: int, level: float) -> float | None:
    from scipy.stats import t

    return float(t.ppf((1 + level) / 2, df) * np.sqrt(variance)) if df > 0 else None


def _shares(numbers: SiteNumbers, contrast: SiteContrast, weights: Array) -> Array:
    """Return the share of each site in the mean of its arm."""
    if len(contrast.arms) < 2:
        return np.asarray(weights / weights.sum())
    ours = numbers.in_arm(contrast.arms[0])
    return np.asarray(np.where(ours, weights / weights[ours].sum(), weights / weights[~ours].sum()))


def _problems(numbers: SiteNumbers, contrast: SiteContrast, outcome: str) -> Iterable[Problem]:
    ends = {"outcome": outcome, "first": contrast.since, "last": contrast.wave}
    for site in numbers.left_out:
        yield warning("models.site_left_out", Place(site=site), **ends)
    if not numbers.converged:
        yield warning("models.means_not_settled", outcome=outcome)
    if len(contrast.arms) == 2:
        for arm in contrast.arms:
            count = int(numbers.in_arm(arm).sum())
            if count < 2:
                code = "models.one_site_in_arm" if count else "models.no_site_in_arm"
                yield warning(code, outcome=outcome, arm=arm)
    elif len(numbers.table) == 1:
        yield warning("models.one_site", outcome=outcome)
    elif not len(numbers.table):
        yield warning("models.no_site", **ends)
