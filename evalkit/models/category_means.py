"""Means of sites by wave for answers that are categories: the population's, from a model of probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from evalkit.mixed.quadrature.fitting import QuadratureFit
from evalkit.mixed.quadrature.population import population_probabilities
from evalkit.models.engines.ordinal import carried_columns
from evalkit.models.fit import Fit
from evalkit.models.site_means import SiteMeans, site_means
from evalkit.models.spec import ModelSpec

Array = npt.NDArray[np.float64]


def category_means(
    spec: ModelSpec, fitted: Fit, sites: Sequence[str], waves: Sequence[str]
) -> SiteMeans | None:
    """Return the mean of each site in each wave, by g-computation, in units of the outcome.

    A yes or no of 0 and 100 has the probability in percentage points as its mean; more categories, the mean
    of their values. Probabilities are averaged over the residents' random effect, so that they are those of a
    population and not of an average person. Sites are taken as independent of one another, though all share
    the thresholds and the spread of residents.

    Parameters
    ----------
    spec : the model, with site by wave.
    fitted : of engine `ordinal`.
    sites, waves : ids in the wished order.

    Returns
    -------
    The means, with counts as of `site_means`; None where the model does not give each site and wave a
    probability of its own.

    References
    ----------
    Zeger, Liang & Albert 1988, Biometrics 44:1049 (population-averaged); Robins 1986 (g-computation).
    """
    if not isinstance(fitted.raw, QuadratureFit):
        return None
    columns = carried_columns(spec)
    names = list(fitted.raw.answers.names)
    later = [str(name) for name in spec.fixed if str(name).startswith("wave[")]
    if not all(f"site[{site}]:{wave}" in names for site in _free(spec) for wave in later):
        return None
    rows = columns[names].to_numpy(dtype=float)
    cells = _cells(spec, sites, waves)
    settings = [rows[np.unique(place)] for place in cells.values()]
    if any(np.ptp(setting, axis=0).any() for setting in settings):
        return None
    plain = site_means(spec.answers, spec.outcome, sites=sites, waves=waves)
    values = np.unique(spec.response)
    found = population_probabilities(fitted.raw, [setting[:1] for setting in settings]).of(values)
    return _as_means(plain, list(cells), found.estimate, found.covariance, fitted.converged)


def _free(spec: ModelSpec) -> list[str]:
    """Return the sites that have deviations of their own: all but the last of each arm."""
    names = carried_columns(spec).columns
    return sorted(str(n)[5:-1] for n in names if str(n).startswith("site[") and ":" not in str(n))


def _cells(
    spec: ModelSpec, sites: Sequence[str], waves: Sequence[str]
) -> dict[tuple[int, int], npt.NDArray[np.intp]]:
    """Return the rows of each site and wave that has answers, by the positions of the two."""
    site, wave = spec.data["site"].astype(str).to_numpy(), spec.data["wave"].astype(str).to_numpy()
    found = {}
    for s, name in enumerate(sites):
        for w, when in enumerate(waves):
            rows = np.flatnonzero((site == name) & (wave == when))
            if len(rows):
                found[s, w] = rows
    return found


def _as_means(
    plain: SiteMeans, cells: list[tuple[int, int]], estimate: Array, covariance: Array, converged: bool
) -> SiteMeans:
    means = np.full(plain.means.shape, np.nan)
    sampling = np.zeros(plain.sampling.shape)
    for k, (s, w) in enumerate(cells):
        means[s, w] = estimate[k]
        for j, (other, v) in enumerate(cells):
            if other == s:
                sampling[s, w, v] = covariance[k, j]
    return replace(plain, means=means, sampling=sampling, converged=converged)
