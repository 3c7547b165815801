"""Means of sites by wave, by restricted likelihood, with their sampling covariance: arrays in and out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

TOLERANCE = 1e-9
MOST_STEPS = 2000
LONGEST = 64.0  # how far one extrapolation may reach, in steps
NEARLY_ZERO = 1e-3  # least eigenvalue of an extrapolation, of that of the step it starts from
SINGULAR = 1e-6  # what an inverse may leave of the identity
RIDGE = 1e-9


@dataclass(frozen=True)
class CellMeans:
    """Hold the estimated means of sites by wave, for one design and B outcomes.

    Parameters
    ----------
    means : (B, sites, waves), in units of the outcome; NaN where nobody of the site answered.
    raw_means : (B, sites, waves), plain means of those who answered.
    sampling : (B, sites, waves, waves), covariance of a site's means over residents; zero where there is
        no mean. Sites are independent of one another.
    covariance : (B, waves, waves), within-site covariance of a resident's answers, by restricted likelihood.
    both : (sites, waves, waves), how many answered in both waves; its diagonal counts those who answered.
        With a leading axis of B when answers are absent in other places for each outcome.
    converged : (B,), whether the iterations came to rest.
    """

    means: Array
    raw_means: Array
    sampling: Array
    covariance: Array
    both: npt.NDArray[np.int64]
    converged: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Pattern:
    """Hold the residents who answered in the same waves: all that the likelihood asks of them.

    Parameters
    ----------
    waves : (w,), positions of the waves.
    counts : (1, sites) or (B, sites), residents.
    means : (B, sites, w).
    within : (B, w, w), sums of squares and products about the means of sites.
    """

    waves: IntArray
    counts: Array
    means: Array
    within: Array


def cell_means(answers: Array, site_of: IntArray, n_sites: int) -> CellMeans:
    """Estimate the mean of each site in each wave.

    The answers of a resident are taken as normal with a free mean for each site and wave and one free
    covariance over waves that all sites share: the usual model of trials with repeated measures. Means are
    by generalised least squares at the covariance of restricted maximum likelihood, so that those who left
    count through what they answered before and newcomers through what they answer since: right when leaving
    depends on earlier answers (missing at random).

    Parameters
    ----------
    answers : (B, residents, waves) or (residents, waves); NaN where there is no answer. The same places for
        all B outcomes cost least.
    site_of : (residents,), position of each resident's site.
    n_sites : how many sites there are.

    Returns
    -------
    Means and covariances. Cost grows with the patterns of answered waves, not with residents.

    References
    ----------
    Dempster, Laird & Rubin 1977 (EM); Laird & Ware 1982, Biometrics 38:963 (EM for restricted likelihood);
    Mallinckrodt et al. 2008, Drug Information Journal 42:303 (likelihood-based repeated measures).

    Examples
    --------
    >>> found = cell_means(np.array([[10.0, 12.0], [20.0, 24.0], [30.0, 33.0]]), np.zeros(3, dtype=int), 1)
    >>> found.means[0].tolist(), found.sampling[0, 0].round(2).tolist()
    ([[20.0, 23.0]], [[33.33, 35.0], [35.0, 37.0]])
    """
    stacked = answers if answers.ndim == 3 else answers[None]
    present = np.isfinite(stacked)
    shared = bool((present == present[:1]).all())
    patterns = (_patterns if shared else _patterns_apart)(stacked, present, site_of, n_sites)
    both = _answered_both(patterns, n_sites, stacked.shape[2])
    counts = np.diagonal(both, axis1=-2, axis2=-1)
    raw = _raw_means(patterns, counts, len(stacked))
    covariance, converged = _restricted_covariance(patterns, counts, _start(patterns, stacked, raw, site_of))
    means, sampling = _gls_means(patterns, covariance, counts > 0)
    found = both[0] if shared else both
    return CellMeans(np.where(counts > 0, means, np.nan), raw, sampling, covariance, found, converged)


def _patterns(
    answers: Array, present: npt.NDArray[np.bool_], site_of: IntArray, n_sites: int
) -> list[_Pattern]:
    kinds, kind_of = np.unique(present[0], axis=0, return_inverse=True)
    found = []
    for number, kind in enumerate(kinds):
        rows, waves = np.flatnonzero(kind_of.ravel() == number), np.flatnonzero(kind)
        if len(waves):
            found.append(_pattern(answers[:, rows][:, :, waves], site_of[rows], waves, n_sites))
    return found


def _patterns_apart(
    answers: Array, present: npt.NDArray[np.bool_], site_of: IntArray, n_sites: int
) -> list[_Pattern]:
    """Return the patterns of outcomes that are absent in other places each."""
    kinds, kind_of = np.unique(present.reshape(-1, present.shape[2]), axis=0, return_inverse=True)
    member_of = np.eye(n_sites)[site_of]
    numbers = kind_of.reshape(present.shape[:2])
    found = []
    for number, kind in enumerate(kinds):
        waves = np.flatnonzero(kind)
        if len(waves):
            ours = numbers == number
            values = np.where(ours[:, :, None], answers[:, :, waves], 0.0)
            found.append(_pattern_apart(values, ours.astype(float), member_of, waves))
    return found


def _pattern_apart(values: Array, ours: Array, member_of: Array, waves: IntArray) -> _Pattern:
    """Return one pattern; `values` are zero for those who do not have it, `ours` (B, residents) tells who."""
    counts = ours @ member_of
    sums = np.swapaxes(values, 1, 2) @ member_of
    means = np.swapaxes(sums, 1, 2) / np.maximum(counts, 1.0)[:, :, None]
    apart = values - (member_of @ means) * ours[:, :, None]
    return _Pattern(waves, counts, means, np.swapaxes(apart, 1, 2) @ apart)


def _pattern(values: Array, site: IntArray, waves: IntArray, n_sites: int) -> _Pattern:
    counts = np.bincount(site, minlength=n_sites).astype(float)
    order = np.argsort(site, kind="stable")
    present = np.flatnonzero(counts)
    starts = np.searchsorted(site[order], present)
    means = np.zeros((len(values), n_sites, len(waves)))
    means[:, present] = np.add.reduceat(values[:, order], starts, axis=1) / counts[present, None]
    apart = values - means[:, site]
    return _Pattern(waves, counts[None], means, np.swapaxes(apart, 1, 2) @ apart)


def _answered_both(patterns: list[_Pattern], n_sites: int, n_waves: int) -> npt.NDArray[np.int64]:
    batch = max((len(pattern.counts) for pattern in patterns), default=1)
    both = np.zeros((batch, n_sites, n_waves, n_waves), dtype=np.int64)
    for pattern in patterns:
        both[:, :, pattern.waves[:, None], pattern.waves] += pattern.counts.astype(int)[:, :, None, None]
    return both


def _raw_means(patterns: list[_Pattern], counts: npt.NDArray[np.int64], batch: int) -> Array:
    sums = np.zeros((batch, *counts.shape[1:]))
    for pattern in patterns:
        sums[:, :, pattern.waves] += pattern.means * pattern.counts[:, :, None]
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _start(patterns: list[_Pattern], answers: Array, raw: Array, site_of: IntArray) -> Array:
    """Return a first covariance: that of those who always answered when they tell it, else no correlation."""
    waves = answers.shape[2]
    for pattern in patterns:
        spare = pattern.counts.sum(axis=1) - (pattern.counts > 0).sum(axis=1)
        if len(pattern.waves) == waves and spare.min() > 2 * waves:
            whole: Array = pattern.within / spare[:, None, None]
            return whole
    present = np.isfinite(answers)
    squares = np.where(present, (answers - raw[:, site_of]) ** 2, 0.0).sum(axis=1)
    variances = squares / np.maximum(present.sum(axis=1), 1)
    return np.asarray(variances[:, :, None] * np.eye(waves))


def _restricted_covariance(
    patterns: list[_Pattern], counts: npt.NDArray[np.int64], covariance: Array
) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Iterate expectation and maximisation, extrapolating every other step; patterns carry all the data."""
    scale = np.diagonal(covariance, axis1=1, axis2=2).max(axis=1, initial=0.0)
    settled = np.zeros(len(covariance), dtype=bool)
    for _ in range(MOST_STEPS // 2):
        first = _em_step(patterns, counts, covariance)
        second = _em_step(patterns, counts, first)
        moved = np.abs(second - first).max(axis=(1, 2), initial=0.0)
        settled = moved <= TOLERANCE * scale
        covariance = _extrapolated(covariance, first, second, settled)
        if settled.all():
            break
    return covariance, settled


def _extrapolated(before: Array, first: Array, second: Array, settled: npt.NDArray[np.bool_]) -> Array:
    """Return where two steps lead when continued; no further where that is no covariance, or they rest.

    Varadhan & Roland 2008, Scandinavian Journal of Statistics 35:335 (squared extrapolation).
    """
    step, bend = first - before, second - 2 * first + before
    sizes = [np.sqrt((part**2).sum(axis=(1, 2))) for part in (step, bend)]
    length = np.clip(sizes[0] / np.where(sizes[1] > 0, sizes[1], np.inf), 1.0, LONGEST)[:, None, None]
    found = before + 2 * length * step + length**2 * bend
    sound = np.linalg.eigvalsh(found).min(axis=1) > NEARLY_ZERO * np.linalg.eigvalsh(second).min(axis=1)
    return np.where((sound & ~settled)[:, None, None], found, second)


def _em_step(patterns: list[_Pattern], counts: npt.NDArray[np.int64], covariance: Array) -> Array:
    means, sampling = _gls_means(patterns, covariance, counts > 0)
    products, people = np.zeros_like(covariance), np.zeros(1)
    for pattern in patterns:
        seen = pattern.waves
        carry = covariance[:, :, seen] @ _inverse(covariance[:, seen[:, None], seen])
        apart = pattern.means - means[:, :, seen]
        weighted = np.swapaxes(apart * pattern.counts[:, :, None], 1, 2)
        unsure = (pattern.counts[:, :, None, None] * sampling[:, :, seen[:, None], seen]).sum(axis=1)
        observed = pattern.within + weighted @ apart + unsure
        number = pattern.counts.sum(axis=1)
        unseen = covariance - carry @ covariance[:, seen]
        products += carry @ observed @ np.swapaxes(carry, 1, 2) + number[:, None, None] * unseen
        people = people + number
    return np.asarray((products + np.swapaxes(products, 1, 2)) / (2 * np.maximum(people, 1.0))[:, None, None])


def _gls_means(
    patterns: list[_Pattern], covariance: Array, answered: npt.NDArray[np.bool_]
) -> tuple[Array, Array]:
    """Return means (B, sites, waves) and their sampling covariance, zero where nobody answered.

    `answered` is (1, sites, waves), or (B, ...) when outcomes are absent in other places each.
    """
    batch, waves = len(covariance), covariance.shape[1]
    if len(patterns) == 1 and len(patterns[0].waves) == waves:
        only = patterns[0]
        return only.means, covariance[:, None] / np.maximum(only.counts, 1.0)[:, :, None, None]
    information = np.zeros((batch, answered.shape[1], waves, waves))
    total = np.zeros((batch, answered.shape[1], waves))
    for pattern in patterns:
        seen, precision = pattern.waves, _inverse(covariance[:, pattern.waves[:, None], pattern.waves])
        information[:, :, seen[:, None], seen] += precision[:, None] * pattern.counts[:, :, None, None]
        total[:, :, seen] += (pattern.means * pattern.counts[:, :, None]) @ precision
    sampling = _inverse(information + np.eye(waves) * ~answered[:, :, :, None])
    sampling *= answered[:, :, :, None] & answered[:, :, None, :]
    return (sampling @ total[..., None])[..., 0], sampling


def _inverse(matrices: Array) -> Array:
    """Return inverses of symmetric matrices; where one tells another, of regular ones nearby."""
    try:
        found = np.asarray(np.linalg.inv(matrices))
    except np.linalg.LinAlgError:
        return _regular_inverse(matrices)
    left = np.abs(matrices @ found - np.eye(matrices.shape[-1])).max(initial=0.0)
    return found if left < SINGULAR else _regular_inverse(matrices)


def _regular_inverse(matrices: Array) -> Array:
    size = np.diagonal(matrices, axis1=-2, axis2=-1).max(axis=-1)
    ridge = RIDGE * np.where(size > 0, size, 1.0)
    return np.asarray(np.linalg.inv(matrices + ridge[..., None, None] * np.eye(matrices.shape[-1])))
