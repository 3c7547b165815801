"""What is asked of sites: one number a site, from its means by wave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from evalkit.models.site_means import SiteMeans
from evalkit.texts.phrases import Phrase

Array = npt.NDArray[np.float64]
Weigh = Callable[[SiteMeans], Array]


@dataclass(frozen=True)
class SiteContrast:
    """Hold a contrast between waves, sites and arms.

    Parameters
    ----------
    name : short name, such as the wave by which something has changed.
    label : the estimand, in words.
    weigh : site means to weights (sites, waves) of the means in each site's number; a row of NaN for a
        site that has none.
    since, wave : first and last wave that the numbers rest on.
    arms : none for the mean of all sites; one for the mean of its sites; two for the first less the second.
    row : the same contrast by terms of the mixed model; empty when the model does not hold it.
    covariates : numbers of sites that the second stage adjusts for, by name and site.
    slope : the covariate whose coefficient is asked for, instead of a mean or a difference of arms.
    members : arm of each site in this contrast alone, where it is not that of the panel.
    stack : contrasts of several windows that answer together, each site once a window.
    by : column of the panel and two of its levels: each site's number is then that of the first level less
        that of the second, from the residents of each.
    """

    name: str
    label: Phrase
    weigh: Weigh
    since: str
    wave: str
    arms: tuple[str, ...] = ()
    row: Mapping[str, float] = field(default_factory=dict)
    covariates: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    slope: str | None = None
    members: Mapping[str, str] = field(default_factory=dict)
    stack: tuple[SiteContrast, ...] = ()
    by: tuple[str, str, str] | None = None

    @property
    def compares(self) -> bool:
        """Tell whether arms, doses or groups of residents are compared: one group's change has no p-value."""
        return len(self.arms) > 1 or self.slope is not None or self.by is not None


def change_between(first: str, last: str) -> Weigh:
    """Return the weights of a change: the mean of the last wave less that of the first.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> means = SimpleNamespace(waves=("w1", "w2"), counts=np.array([[5, 4], [3, 0]]))
    >>> change_between("w1", "w2")(means).tolist()
    [[-1.0, 1.0], [nan, nan]]
    """
    return lambda means: _where_answered(means, {first: -1.0, last: 1.0})


def slope_over(times: Mapping[str, float]) -> Weigh:
    """Return the weights of a straight line's slope, by least squares on each site's own waves.

    Parameters
    ----------
    times : years of the waves, by id.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> means = SimpleNamespace(waves=("w1", "w2", "w3"), counts=np.array([[5, 4, 3], [3, 0, 0]]))
    >>> (slope_over({"w1": 0.0, "w2": 1.0, "w3": 2.0})(means).round(9) + 0.0).tolist()
    [[-0.5, 0.0, 0.5], [nan, nan, nan]]
    """
    return coefficient_of({wave: (1.0, time) for wave, time in times.items()}, 1)


def coefficient_of(basis: Mapping[str, Sequence[float]], column: int) -> Weigh:
    """Return the weights of a coefficient of least squares, on each site's own waves.

    Parameters
    ----------
    basis : columns of the curve at each wave, by id.
    column : which coefficient.
    """

    def weigh(means: SiteMeans) -> Array:
        curve = np.array([basis[wave] for wave in means.waves], dtype=float)
        found = np.full(means.counts.shape, np.nan)
        for site, answered in enumerate(means.counts > 0):
            seen = curve[answered]
            if answered.sum() >= curve.shape[1] and np.linalg.matrix_rank(seen) == curve.shape[1]:
                found[site] = 0.0
                found[site, answered] = np.linalg.pinv(seen)[column]
        return found

    return weigh


def change_given_baseline(first: str, last: str) -> Weigh:
    """Return the weights of a baseline-adjusted outcome: the last mean less what the first one foretells.

    What a point at the first wave foretells is the slope of the later answer on the earlier one among the
    residents of a site, pooled over sites.
    """

    def weigh(means: SiteMeans) -> Array:
        v, w = means.waves.index(first), means.waves.index(last)
        spread = means.covariance[v, v]
        slope = float(means.covariance[v, w] / spread) if spread > 0 else 0.0
        return _where_answered(means, {first: -slope, last: 1.0})

    return weigh


def mean_at(waves: Sequence[str]) -> Weigh:
    """Return the weights of the mean over some waves."""
    return lambda means: _where_answered(means, dict.fromkeys(waves, 1.0 / len(waves)))


def _where_answered(means: SiteMeans, weights: Mapping[str, float]) -> Array:
    known = all(wave in means.waves for wave in weights)
    found = np.full(means.counts.shape, np.nan)
    if not known:
        return found
    columns = [means.waves.index(wave) for wave in weights]
    row = np.zeros(means.counts.shape[1])
    row[columns] = list(weights.values())
    found[(means.counts[:, columns] > 0).all(axis=1)] = row
    return found
