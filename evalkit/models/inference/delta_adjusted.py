"""Site numbers if those who left would have answered otherwise than foretold (pattern-mixture)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.models.inference.site_numbers import SiteNumbers, numbers_of_sites
from evalkit.models.site_contrast import SiteContrast
from evalkit.models.site_means import SiteMeans, answers_by_resident, site_means

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Leavers:
    """Hold how each site's number moves with a point that its leavers differ by.

    Parameters
    ----------
    numbers : as if leavers were as foretold by what they answered (missing at random).
    shift : (sites,), what a point adds to the number: weight of the last wave times the share of leavers.
    cross : (sites,), sampling covariance of number and shift.
    spread : (sites,), sampling variance of the shift.
    """

    numbers: SiteNumbers
    shift: Array
    cross: Array
    spread: Array

    def at(self, deltas: Array) -> tuple[Array, Array]:
        """Return numbers and sampling variances (..., sites) where leavers differ by `deltas`, same shape."""
        variances = self.numbers.variances + 2 * deltas * self.cross + deltas**2 * self.spread
        return self.numbers.changes + deltas * self.shift, np.maximum(variances, 0.0)

    def numbers_at(self, deltas: Array) -> SiteNumbers:
        """Return the site numbers where the leavers of each site differ by `deltas` (sites,)."""
        changes, variances = self.at(deltas)
        return replace(self.numbers, table=self.numbers.table.assign(change=changes, sampling=variances))


def leavers_of(
    rows: pd.DataFrame,
    outcome: str,
    contrast: SiteContrast,
    sites: Sequence[str],
    waves: Sequence[str],
) -> Leavers:
    """Find who had left by the last wave of a contrast, and what a point of theirs is worth.

    A leaver answered in an earlier wave and not in the last one. The mean of a site in the last wave is
    that of all who had answered by then: of leavers as the likelihood foretells them, plus delta. It is
    therefore the likelihood's mean plus delta times the share of leavers. That share is itself a sample of
    the site's people, and hangs together with the mean: by the influence of each resident on both, with
    P_i the precision of the answers that resident i gave, mu the means and A the information of the site,
    cov = A^-1 sum_i P_i (y_i - mu) (m_i - share) / n over the n who had answered by then, m_i = 1 for a
    leaver; the variance of the share is share (1 - share) / n. Delta itself is not estimated: it is
    supposed.

    Parameters
    ----------
    rows : one row a respondent and wave, with an answer.
    outcome : column of the outcome.
    contrast : a single window: not one that stacks others.
    sites : ids of the sites that belong here.
    waves : ids in the order of time.

    Returns
    -------
    The numbers and how they move, sites in the order of `numbers.table`.

    References
    ----------
    Little 1993, Journal of the American Statistical Association 88:125 (pattern-mixture models); Mavridis,
    White, Higgins, Cipriani & Salanti 2015, Statistics in Medicine 34:721 (the same idea in two stages).
    """
    numbers = numbers_of_sites(rows, outcome, contrast, sites, waves=waves)
    kept = list(numbers.table["site"])
    total = np.zeros((3, len(kept)))
    for part, sign in _parts(rows, contrast):
        answers, site_of = answers_by_resident(part, outcome, sites, waves)
        means = site_means(part, outcome, sites=sites, waves=waves)
        weights = contrast.weigh(means)
        last = max(waves.index(contrast.since), waves.index(contrast.wave))
        for place, site in enumerate(kept):
            s = sites.index(site)
            shift, cross, spread = _of_site(answers[site_of == s], means, s, weights[s], last)
            total[:, place] += sign * shift, cross, spread
    bound = np.sqrt(numbers.variances * total[2])
    return Leavers(numbers, total[0], np.clip(total[1], -bound, bound), total[2])


def _parts(rows: pd.DataFrame, contrast: SiteContrast) -> list[tuple[pd.DataFrame, float]]:
    """Return the answers that a contrast's numbers are made of, with the sign of each part."""
    if contrast.by is None:
        return [(rows, 1.0)]
    column, *levels = contrast.by
    groups = rows[column].astype(str)
    return [(rows[groups == level], sign) for level, sign in zip(levels, (1.0, -1.0), strict=True)]


def _of_site(
    answers: Array, means: SiteMeans, site: int, weights: Array, last: int
) -> tuple[float, float, float]:
    """Return shift, covariance with the number, and variance of the shift."""
    given = np.isfinite(answers)
    came = given[:, : last + 1].any(axis=1)
    left = came & ~given[:, last]
    people = int(came.sum())
    if not people or not left.any():
        return 0.0, 0.0, 0.0
    share = float(left.sum() / people)
    scores = _scores(np.where(given, answers - means.means[site], 0.0), given, means.covariance)
    apart = scores.T @ (came * (left - share)) / people
    weight = float(weights[last])
    cross = weight * float(np.nan_to_num(weights) @ means.sampling[site] @ apart)
    return weight * share, cross, weight**2 * share * (1 - share) / people


def _scores(residuals: Array, given: npt.NDArray[np.bool_], covariance: Array) -> Array:
    """Return each resident's part in the score of the means (residents, waves)."""
    found = np.zeros_like(residuals)
    for kind in np.unique(given, axis=0):
        rows, seen = np.flatnonzero((given == kind).all(axis=1)), np.flatnonzero(kind)
        if len(seen):
            precision = np.linalg.pinv(covariance[np.ix_(seen, seen)])
            found[np.ix_(rows, seen)] = residuals[np.ix_(rows, seen)] @ precision
    return found
