"""Each site's mean in each wave, by likelihood, from everyone who answered at least once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

TOLERANCE = 1e-9
MOST_STEPS = 2000


@dataclass(frozen=True)
class SiteMeans:
    """Hold the estimated mean of every site in every wave, and how answers hang together over waves.

    Parameters
    ----------
    sites, waves : ids, in the order of the arrays.
    means : (sites, waves), in units of the outcome; NaN where nobody of the site answered.
    raw_means : (sites, waves), plain means of those who answered.
    counts : (sites, waves), how many answered.
    both : (sites, waves, waves), how many answered in both waves.
    covariance : (waves, waves), within-site covariance of a resident's answers.
    converged : whether the iterations came to rest.
    """

    sites: tuple[str, ...]
    waves: tuple[str, ...]
    means: Array
    raw_means: Array
    counts: npt.NDArray[np.int64]
    both: npt.NDArray[np.int64]
    covariance: Array
    converged: bool


@dataclass(frozen=True)
class _Pattern:
    """Hold the residents who answered in the same waves: all that the likelihood asks of them."""

    waves: npt.NDArray[np.intp]
    counts: Array
    means: Array
    within: Array


def site_means(
    panel: pd.DataFrame,
    outcome: str,
    *,
    sites: Sequence[str] | None = None,
    waves: Sequence[str] | None = None,
) -> SiteMeans:
    """Estimate the mean of each site in each wave.

    The answers of a resident are taken as normal with a free mean for each site and wave and one free
    covariance over waves that all sites share: the usual model of trials with repeated measures. By
    maximum likelihood, those who left count through what they answered before and newcomers through what
    they answer since. So the means stay right when leaving depends on earlier answers (missing at
    random), which neither the mean of all who answered nor the mean of those who stayed is.

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
    Dempster, Laird & Rubin 1977 (EM); Little & Rubin, Statistical Analysis with Missing Data, ch. 11;
    Mallinckrodt et al. 2008, Drug Information Journal 42:303 (likelihood-based repeated measures).

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
    answers, site_of = _answers_by_resident(seen, outcome, sites, waves)
    patterns = _patterns(answers, site_of, len(sites))
    both = _answered_both(patterns, len(sites), len(waves))
    counts = np.diagonal(both, axis1=1, axis2=2)
    raw_means = _raw_means(patterns, counts)
    means, covariance, converged = _maximise(
        patterns, raw_means, _wave_variances(answers, raw_means[site_of])
    )
    means = np.where(counts > 0, means, np.nan)
    return SiteMeans(sites, waves, means, raw_means, counts, both, covariance, converged)


def _present(ids: pd.Series[Any]) -> tuple[str, ...]:
    return tuple(str(name) for name in ids.drop_duplicates().sort_values())


def _answers_by_resident(
    seen: pd.DataFrame, outcome: str, sites: Sequence[str], waves: Sequence[str]
) -> tuple[Array, npt.NDArray[np.intp]]:
    site = pd.Index(sites).get_indexer(pd.Index(seen["site"].astype(str)))
    wave = pd.Index(waves).get_indexer(pd.Index(seen["wave"].astype(str)))
    known = (site >= 0) & (wave >= 0)
    person = pd.factorize(seen["respondent"])[0][known]
    unit, row = np.unique(np.column_stack([person, site[known]]), axis=0, return_inverse=True)
    answers = np.full((len(unit), len(waves)), np.nan)
    answers[row.ravel(), wave[known]] = seen[outcome].to_numpy(dtype=float)[known]
    return answers, unit[:, 1].astype(np.intp) if len(unit) else np.empty(0, dtype=np.intp)


def _wave_variances(answers: Array, centres: Array) -> Array:
    squares = np.where(np.isfinite(answers), (answers - centres) ** 2, 0.0).sum(axis=0)
    answered = np.maximum(np.isfinite(answers).sum(axis=0), 1)
    variances: Array = squares / answered
    return variances


def _patterns(answers: Array, site_of: npt.NDArray[np.intp], n_sites: int) -> list[_Pattern]:
    kinds, kind_of = np.unique(np.isfinite(answers), axis=0, return_inverse=True)
    found = []
    for number, kind in enumerate(kinds):
        rows = kind_of.ravel() == number
        waves = np.flatnonzero(kind)
        values, site = answers[np.ix_(rows, waves)], site_of[rows]
        counts = np.bincount(site, minlength=n_sites).astype(float)
        sums = np.column_stack([np.bincount(site, values[:, w], n_sites) for w in range(len(waves))])
        means = sums / np.maximum(counts, 1.0)[:, None]
        apart = values - means[site]
        found.append(_Pattern(waves, counts, means, apart.T @ apart))
    return found


def _answered_both(patterns: list[_Pattern], n_sites: int, n_waves: int) -> npt.NDArray[np.int64]:
    both = np.zeros((n_sites, n_waves, n_waves), dtype=np.int64)
    every = np.arange(n_sites)
    for pattern in patterns:
        both[np.ix_(every, pattern.waves, pattern.waves)] += pattern.counts.astype(int)[:, None, None]
    return both


def _raw_means(patterns: list[_Pattern], counts: npt.NDArray[np.int64]) -> Array:
    sums = np.zeros(counts.shape)
    for pattern in patterns:
        sums[:, pattern.waves] += pattern.means * pattern.counts[:, None]
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _maximise(patterns: list[_Pattern], raw_means: Array, variances: Array) -> tuple[Array, Array, bool]:
    """Iterate expectation and maximisation from independent waves; patterns carry all the data."""
    everywhere = _column_means(raw_means)
    means = np.where(np.isfinite(raw_means), raw_means, everywhere)
    covariance = np.diag(variances)
    scale = max(float(np.sqrt(variances.max(initial=0.0))), np.finfo(float).tiny)
    for _ in range(MOST_STEPS):
        step, renewed = _em_step(patterns, means, covariance)
        moved = max(np.abs(step).max(initial=0.0), np.abs(renewed - covariance).max(initial=0.0) / scale)
        means, covariance = means + step, renewed
        if moved <= TOLERANCE * scale:
            return means, covariance, True
    return means, covariance, False


def _em_step(patterns: list[_Pattern], means: Array, covariance: Array) -> tuple[Array, Array]:
    sums, products = np.zeros_like(means), np.zeros_like(covariance)
    counts = np.zeros(len(means))
    for pattern in patterns:
        seen = pattern.waves
        inverse = np.linalg.pinv(covariance[np.ix_(seen, seen)], hermitian=True)
        carry = covariance[:, seen] @ inverse
        apart = pattern.means - means[:, seen]
        observed = pattern.within + (apart * pattern.counts[:, None]).T @ apart
        unseen = covariance - carry @ covariance[seen]
        products += carry @ observed @ carry.T + pattern.counts.sum() * unseen
        sums += pattern.counts[:, None] * (apart @ carry.T)
        counts += pattern.counts
    step = sums / np.maximum(counts, 1.0)[:, None]
    products -= (step * counts[:, None]).T @ step
    return step, (products + products.T) / (2 * max(counts.sum(), 1.0))


def _column_means(raw_means: Array) -> Array:
    present = np.isfinite(raw_means)
    sums = np.where(present, raw_means, 0.0).sum(axis=0)
    means: Array = sums / np.maximum(present.sum(axis=0), 1)
    return means
