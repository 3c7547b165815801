"""Intervals for the change of sites: one change a site, then t over the sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.models.site_means import SiteMeans, site_means
from evalkit.problems import Place, Problem, warning

CHANGE = "t of site changes, sites weigh the same"
DIFFERENCE = "t of site changes, pooled variance, sites weigh the same"
SITE_COLUMNS = ("site", "arm", "n_first", "n_last", "n_both", "mean_first", "mean_last", "change")


@dataclass(frozen=True)
class SiteChange:
    """Hold a change since the first wave, or the difference of two arms' changes, with its interval.

    Parameters
    ----------
    estimate : points of the outcome; None when no site has both waves.
    std_error, df, conf_low, conf_high : None when the interval is withheld.
    level : coverage of the interval.
    method : how the interval came about.
    n_sites : sites that the estimate rests on.
    sites : DataFrame, one row a site: `SITE_COLUMNS`; counts of residents who answered in the first
        wave, in the last, in both; estimated means and their difference.
    problems : sites left out, and why an interval is withheld.
    """

    estimate: float | None
    std_error: float | None
    df: float | None
    conf_low: float | None
    conf_high: float | None
    level: float
    method: str
    n_sites: int
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
    answers. Sites weigh the same; the interval is t on sites - 1, so that it holds whatever sites share in
    a wave (weather, a murder, a renovation), which an interval over residents leaves out.

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

    References
    ----------
    Leyrat et al. 2018, International Journal of Epidemiology 47:321 (cluster-level analysis holds its
    level with few clusters).

    Examples
    --------
    >>> panel = pd.DataFrame({"respondent": range(12), "site": [*"ABC"] * 4, "wave": ["w1"] * 6 + ["w2"] * 6,
    ...     "y": [1.0, 2, 3, 1, 2, 3, 2, 4, 6, 2, 4, 6]})
    >>> found = change_of_sites(panel, "y", "ABC", "w1", "w2")
    >>> round(found.estimate, 3), round(found.std_error, 3), found.df
    (2.0, 0.577, 2.0)
    """
    table, problems = _changes(panel, outcome, sites, (first, last), means)
    if arm is not None:
        table = table[table["arm"] == arm].reset_index(drop=True)
        elsewhere = set(sites) - _sites_of(panel, arm)
        problems = [problem for problem in problems if problem.where.site not in elsewhere]
    found = _mean_change(table["change"].to_numpy(dtype=float))
    if len(table) == 1:
        problems.append(warning("models.one_site", outcome=outcome))
    if not len(table):
        problems.append(warning("models.no_site", outcome=outcome, first=first, last=last))
    return _site_change(found, level, CHANGE, table, problems)


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

    The difference of the arms' mean site changes, with a pooled variance over sites and t on sites - 2
    (Student's two-sample test of site changes).

    Parameters
    ----------
    panel, outcome, sites, first, last, level, means : as for `change_of_sites`.
    arms : the arm of interest, then the one that it is compared with.

    Returns
    -------
    The difference, in points of the outcome; its interval is withheld when an arm has one site, since
    site and programme are then one.

    Examples
    --------
    >>> panel = pd.DataFrame({"respondent": range(8), "site": [*"ABCD"] * 2, "wave": ["w1"] * 4 + ["w2"] * 4,
    ...     "arm": ["t", "t", "c", "c"] * 2, "y": [0.0, 0, 0, 0, 3, 5, 1, 1]})
    >>> found = difference_of_arms(panel, "y", "ABCD", "w1", "w2", arms=("t", "c"))
    >>> found.estimate, round(found.std_error, 4), found.df
    (3.0, 1.0, 2.0)
    """
    table, problems = _changes(panel, outcome, sites, (first, last), means)
    table = table[table["arm"].isin(arms)].reset_index(drop=True)
    changes = {arm: table.loc[table["arm"] == arm, "change"].to_numpy(dtype=float) for arm in arms}
    for arm, changed in changes.items():
        if len(changed) < 2:
            code = "models.one_site_in_arm" if len(changed) else "models.no_site_in_arm"
            problems.append(warning(code, outcome=outcome, arm=arm))
    found = _difference(changes[arms[0]], changes[arms[1]])
    return _site_change(found, level, DIFFERENCE, table, problems)


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


def _changes(
    panel: pd.DataFrame, outcome: str, sites: Sequence[str], waves: tuple[str, str], means: SiteMeans | None
) -> tuple[pd.DataFrame, list[Problem]]:
    known = means if means is not None else site_means(panel, outcome, sites=sites)
    arm_of, (first, last) = _arm_by_site(panel), waves
    rows, problems = [], []
    for site in sites:
        row = _one_site(known, site, first, last)
        if row is None:
            place = Place(site=site)
            problems.append(warning("models.site_left_out", place, outcome=outcome, first=first, last=last))
        else:
            rows.append((site, arm_of.get(site), *row))
    if not known.converged:
        problems.append(warning("models.means_not_settled", outcome=outcome))
    return pd.DataFrame(rows, columns=list(SITE_COLUMNS)), problems


def _one_site(means: SiteMeans, site: str, first: str, last: str) -> tuple[float, ...] | None:
    """Return counts, means and change of a site, or None when one of its waves has no answer."""
    if site not in means.sites or first not in means.waves or last not in means.waves:
        return None
    s, v, w = means.sites.index(site), means.waves.index(first), means.waves.index(last)
    counts = (int(means.counts[s, v]), int(means.counts[s, w]), int(means.both[s, v, w]))
    if not (counts[0] and counts[1]):
        return None
    before, after = float(means.means[s, v]), float(means.means[s, w])
    return (*counts, before, after, after - before)


def _arm_by_site(panel: pd.DataFrame) -> Mapping[str, str]:
    if "arm" not in panel:
        return {}
    known = panel.loc[panel["arm"].notna() & panel["site"].notna(), ["site", "arm"]].drop_duplicates()
    return dict(zip(known["site"].astype(str), known["arm"].astype(str), strict=True))


def _sites_of(panel: pd.DataFrame, arm: str) -> frozenset[str]:
    return frozenset(site for site, its_arm in _arm_by_site(panel).items() if its_arm == arm)


def _mean_change(changes: npt.NDArray[np.float64]) -> tuple[float | None, float, int]:
    if not len(changes):
        return None, 0.0, -1
    df = len(changes) - 1
    return float(changes.mean()), float(changes.var(ddof=1)) / len(changes) if df else 0.0, df


def _difference(
    ours: npt.NDArray[np.float64], theirs: npt.NDArray[np.float64]
) -> tuple[float | None, float, int]:
    if not len(ours) or not len(theirs):
        return None, 0.0, -1
    estimate = float(ours.mean() - theirs.mean())
    if min(len(ours), len(theirs)) < 2:
        return estimate, 0.0, 0
    df = len(ours) + len(theirs) - 2
    squares = ((ours - ours.mean()) ** 2).sum() + ((theirs - theirs.mean()) ** 2).sum()
    return estimate, float(squares / df * (1 / len(ours) + 1 / len(theirs))), df


def _site_change(
    found: tuple[float | None, float, int],
    level: float,
    method: str,
    table: pd.DataFrame,
    problems: list[Problem],
) -> SiteChange:
    from scipy.stats import t

    estimate, variance, df = found
    withheld = SiteChange(estimate, None, None, None, None, level, method, len(table), table, tuple(problems))
    if estimate is None or df < 1:
        return withheld
    std_error = float(np.sqrt(variance))
    half = float(t.ppf((1 + level) / 2, df)) * std_error
    return replace(
        withheld, std_error=std_error, df=float(df), conf_low=estimate - half, conf_high=estimate + half
    )
