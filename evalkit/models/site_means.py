"""Each site's mean in each wave, by likelihood, from everyone who answered at least once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.models.cell_means import cell_means

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SiteMeans:
    """Hold the estimated mean of every site in every wave, and how answers hang together over waves.

    Parameters
    ----------
    sites, waves : ids, in the order of the arrays.
    means : (sites, waves), in units of the outcome; NaN where nobody of the site answered.
    raw_means : (sites, waves), plain means of those who answered.
    sampling : (sites, waves, waves), covariance of a site's means over residents, were others drawn from the
        same site; sites are independent of one another.
    counts : (sites, waves), how many answered.
    both : (sites, waves, waves), how many answered in both waves.
    covariance : (waves, waves), within-site covariance of a resident's answers.
    converged : whether the iterations came to rest.
    """

    sites: tuple[str, ...]
    waves: tuple[str, ...]
    means: Array
    raw_means: Array
    sampling: Array
    counts: npt.NDArray[np.int64]
    both: npt.NDArray[np.int64]
    covariance: Array
    converged: bool


def site_means(
    panel: pd.DataFrame,
    outcome: str,
    *,
    sites: Sequence[str] | None = None,
    waves: Sequence[str] | None = None,
) -> SiteMeans:
    """Estimate the mean of each site in each wave.

    By restricted likelihood (`cell_means`), those who left count through what they answered before and
    newcomers through what they answer since. So the means stay right when leaving depends on earlier
    answers (missing at random), which neither the mean of all who answered nor the mean of those who stayed
    is.

    Parameters
    ----------
    panel : one row a respondent and wave, with columns `respondent`, `site`, `wave` and the outcome.
        Someone who moved counts in each site with the answers given there.
    outcome : column of the outcome.
    sites, waves : ids in the wished order; by default those of the panel, in the order of their categories
        or else sorted.

    Returns
    -------
    The means with counts. Cost grows with the patterns of answered waves, not with residents.

    References
    ----------
    Little & Rubin, Statistical Analysis with Missing Data, ch. 11; Mallinckrodt et al. 2008, Drug Information
    Journal 42:303 (likelihood-based repeated measures).

    Examples
    --------
    >>> panel = pd.DataFrame({"respondent": list("aabbc"), "site": ["S1"] * 5,
    ...     "wave": ["w1", "w2", "w1", "w2", "w1"], "y": [10.0, 12.0, 20.0, 22.0, 30.0]})
    >>> site_means(panel, "y").means.round(3).tolist()
    [[20.0, 22.0]]
    """
    seen = panel.loc[panel[outcome].notna() & panel["site"].notna(), ["respondent", "site", "wave", outcome]]
    sites = _present(seen["site"]) if sites is None else tuple(sites)
    waves = _present(seen["wave"]) if waves is None else tuple(waves)
    answers, site_of = answers_by_resident(seen, outcome, sites, waves)
    found = cell_means(answers, site_of, len(sites))
    return SiteMeans(
        sites,
        waves,
        means=found.means[0],
        raw_means=found.raw_means[0],
        sampling=found.sampling[0],
        counts=np.diagonal(found.both, axis1=1, axis2=2),
        both=found.both,
        covariance=found.covariance[0],
        converged=bool(found.converged[0]),
    )


def _present(ids: pd.Series[Any]) -> tuple[str, ...]:
    return tuple(str(name) for name in ids.drop_duplicates().sort_values())


def answers_by_resident(
    seen: pd.DataFrame, outcome: str, sites: Sequence[str], waves: Sequence[str]
) -> tuple[Array, npt.NDArray[np.intp]]:
    """Return answers (residents, waves), NaN where absent, and the position of each resident's site."""
    site = pd.Index(sites).get_indexer(pd.Index(seen["site"].astype(str)))
    wave = pd.Index(waves).get_indexer(pd.Index(seen["wave"].astype(str)))
    known = (site >= 0) & (wave >= 0)
    person = pd.factorize(seen["respondent"])[0][known]
    unit, row = np.unique(np.column_stack([person, site[known]]), axis=0, return_inverse=True)
    answers = np.full((len(unit), len(waves)), np.nan)
    answers[row.ravel(), wave[known]] = seen[outcome].to_numpy(dtype=float)[known]
    return answers, unit[:, 1].astype(np.intp) if len(unit) else np.empty(0, dtype=np.intp)
