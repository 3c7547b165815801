"""The first stage: one number a site with its sampling variance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.models.site_contrast import SiteContrast
from evalkit.models.site_means import SiteMeans, site_means

Array = npt.NDArray[np.float64]
SITE_COLUMNS = ("site", "arm", "n_first", "n_last", "n_both", "mean_first", "mean_last", "change", "sampling")


@dataclass(frozen=True)
class SiteNumbers:
    """Hold one number a site, of the sites that have one.

    Parameters
    ----------
    table : DataFrame, one row a site, `SITE_COLUMNS`: counts of residents who answered in the first wave
        of the contrast, in the last, in both; means there; the number (`change`) and its sampling variance.
    left_out : sites without a number.
    df_within : residents less sites: what the sampling variances rest on.
    converged : whether the means came to rest.
    """

    table: pd.DataFrame
    left_out: tuple[str, ...]
    df_within: int
    converged: bool

    @property
    def changes(self) -> Array:
        """Return the numbers (sites,)."""
        return self.table["change"].to_numpy(dtype=float)

    @property
    def variances(self) -> Array:
        """Return their sampling variances (sites,)."""
        return self.table["sampling"].to_numpy(dtype=float)

    def in_arm(self, arm: str) -> npt.NDArray[np.bool_]:
        """Return which sites belong to an arm (sites,)."""
        return (self.table["arm"] == arm).to_numpy()


def numbers_of_sites(
    panel: pd.DataFrame,
    outcome: str,
    contrast: SiteContrast,
    sites: Sequence[str],
    *,
    waves: Sequence[str] | None = None,
    means: SiteMeans | None = None,
) -> SiteNumbers:
    """Estimate a contrast's number of each site.

    Means by site and wave come from a model in which they are all free (`site_means`), so that nothing of
    what sites share in a wave is taken for certainty; the number is a weighted sum of them.

    Parameters
    ----------
    panel : one row a respondent and wave: `respondent`, `site`, `wave`, `arm` when the contrast has arms.
    outcome : column of the outcome.
    contrast : what is asked.
    sites : ids of the sites that belong here; of those, only the arms of the contrast count.
    waves : ids in the order of time.
    means : `site_means(panel, outcome, ...)` when already at hand, for a contrast without `by`.

    Returns
    -------
    The numbers, sites in the given order.
    """
    arms = contrast.members or arm_by_site(panel)
    wanted = [site for site in sites if not contrast.arms or arms.get(site) in contrast.arms]
    if contrast.by is None:
        known = means if means is not None else site_means(panel, outcome, sites=sites, waves=waves)
        return _numbers([(known, 1.0)], contrast, wanted, arms)
    column, *levels = contrast.by
    parts = [panel[panel[column].astype(str) == level] for level in levels]
    found = [site_means(part, outcome, sites=sites, waves=waves) for part in parts]
    return _numbers(list(zip(found, (1.0, -1.0), strict=True)), contrast, wanted, arms)


def arm_by_site(panel: pd.DataFrame) -> Mapping[str, str]:
    """Return the arm of each site that has one."""
    if "arm" not in panel:
        return {}
    known = panel.loc[panel["arm"].notna() & panel["site"].notna(), ["site", "arm"]].drop_duplicates()
    return dict(zip(known["site"].astype(str), known["arm"].astype(str), strict=True))


def _numbers(
    parts: list[tuple[SiteMeans, float]], contrast: SiteContrast, wanted: list[str], arms: Mapping[str, str]
) -> SiteNumbers:
    weighed = [(means, sign, contrast.weigh(means)) for means, sign in parts]
    rows, left_out = [], []
    for site in wanted:
        row = _one_site(weighed, site, contrast)
        if row is None or any(site not in values for values in contrast.covariates.values()):
            left_out.append(site)
        else:
            rows.append((site, arms.get(site), *row))
    table = pd.DataFrame(rows, columns=list(SITE_COLUMNS))
    people = sum(int(means.counts.max(axis=1, initial=0).sum()) for means, _ in parts)
    cells = sum(int((means.counts > 0).any(axis=1).sum()) for means, _ in parts)
    converged = all(means.converged for means, _ in parts)
    return SiteNumbers(table, tuple(left_out), people - cells, converged)


def _one_site(
    weighed: list[tuple[SiteMeans, float, Array]], site: str, contrast: SiteContrast
) -> tuple[float, ...] | None:
    """Return counts, means, number and sampling variance of a site, or None when it has no number."""
    number, variance = 0.0, 0.0
    shown = np.zeros(5)
    for means, sign, weights in weighed:
        if site not in means.sites or contrast.since not in means.waves or contrast.wave not in means.waves:
            return None
        s, v, w = (means.sites.index(site), *(means.waves.index(n) for n in (contrast.since, contrast.wave)))
        row = weights[s]
        if np.isnan(row).any():
            return None
        number += sign * float(row @ np.where(row == 0, 0.0, means.means[s]))
        variance += float(row @ means.sampling[s] @ row)
        counts = (means.counts[s, v], means.counts[s, w], means.both[s, v, w])
        shown += (*counts, sign * means.means[s, v], sign * means.means[s, w])
    people = tuple(int(count) for count in shown[:3])
    return (*people, float(shown[3]), float(shown[4]), number, variance)
