"""What makes answers vary: sites, sites in a wave, residents, and their paces of change."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

CORRELATIONS = ("resident_correlation", "site_correlation")
AUTOCORRELATIONS = ("resident_autocorrelation", "residual_autocorrelation", "site_autocorrelation")


@dataclass(frozen=True)
class Variances:
    """Hold the variances of a model with waves in residents in sites.

    Variances are in squared units of the outcome, those of slopes in squared units a year. Levels are those
    at time zero.

    Parameters
    ----------
    residual : of an answer around its resident.
    resident : of residents within a site (zero where each wave has other residents).
    resident_slope, resident_correlation : of residents' slopes; correlation of level and slope.
    resident_autocorrelation : share of a resident's own part that correlates with itself a year apart; falls
        geometrically with elapsed time. One: the part never changes.
    residual_autocorrelation : correlation of residuals a year apart, likewise; zero: independent.
    site : of sites; the same over all waves, or fading with `site_autocorrelation`.
    site_slope, site_correlation : of sites' slopes; correlation of level and slope.
    site_autocorrelation : correlation of a site's own part with itself a year apart.
    site_wave : of what a site's residents share in one wave alone (nested exchangeable).
    effect : of the true effect, between sites.

    Raises
    ------
    ValueError : a number below zero or not finite, a correlation outside its range, or a correlation of
        level and slope beside a level that fades.

    References
    ----------
    Hooper, Teerenstra, de Hoop & Eldridge 2016, Statistics in Medicine 35:4718; Li, Hughes, Hemming et al.
    2021, Statistical Methods in Medical Research 30:612 (a review of these structures).

    Examples
    --------
    >>> found = Variances.from_correlations(225.0, icc=0.02, cac=0.8, iac=0.5)
    >>> found.site, round(found.site_wave, 6), found.resident, found.residual
    (3.6, 0.9, 110.25, 110.25)
    """

    residual: float
    resident: float = 0.0
    resident_slope: float = 0.0
    resident_correlation: float = 0.0
    resident_autocorrelation: float = 1.0
    residual_autocorrelation: float = 0.0
    site: float = 0.0
    site_slope: float = 0.0
    site_correlation: float = 0.0
    site_autocorrelation: float = 1.0
    site_wave: float = 0.0
    effect: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            low = -1.0 if field.name in CORRELATIONS else 0.0
            high = 1.0 if field.name in CORRELATIONS + AUTOCORRELATIONS else math.inf
            if not (math.isfinite(value) and low <= value <= high):
                raise ValueError(f"{field.name} cannot be {value}")
        for level in ("resident", "site"):
            fading = getattr(self, f"{level}_autocorrelation") < 1
            if fading and getattr(self, f"{level}_correlation"):
                raise ValueError(f"{level}: a level that fades has no lasting correlation with a slope")

    @classmethod
    def from_correlations(
        cls, variance: float, *, icc: float, cac: float = 1.0, iac: float = 0.0
    ) -> Variances:
        """Return the variances behind intraclass, cluster and individual autocorrelations.

        Parameters
        ----------
        variance : of an answer in one wave, between and within sites together.
        icc : share of it that lies between sites.
        cac : share of what lies between sites that stays from wave to wave.
        iac : share of what lies within sites that stays with a resident.

        References
        ----------
        Hooper et al. 2016, Statistics in Medicine 35:4718.

        Examples
        --------
        >>> Variances.from_correlations(1.0, icc=0.1).site
        0.1
        """
        between, within = icc * variance, (1 - icc) * variance
        return cls(
            residual=within * (1 - iac),
            resident=within * iac,
            site=between * cac,
            site_wave=between * (1 - cac),
        )

    def with_churn(self, churn: float) -> Variances:
        """Return the variances at which a fixed number of residents stands for one of whom some change.

        Parameters
        ----------
        churn : share of the residents of one wave who are not there in another, alike for any two waves.

        Returns
        -------
        Variances with that share of the residents' own variance made residual. It describes the analysis
        of wave means; an analysis of residents' answers does a little better: give its patterns of
        presence to a `Grid`.

        References
        ----------
        Kasza, Hooper, Copas & Forbes 2020, Statistics in Medicine 39:1871.

        Examples
        --------
        >>> Variances(residual=1.0, resident=2.0).with_churn(0.25).residual
        1.5
        """
        if not 0 <= churn <= 1 or self.resident_slope:
            raise ValueError("churn lies between 0 and 1, and residents have no slopes")
        moved = churn * self.resident
        return replace(self, resident=self.resident - moved, residual=self.residual + moved)


def resident_covariance(variances: Variances, times: Array) -> Array:
    """Return the covariance of one resident's answers around the site.

    Parameters
    ----------
    variances : see `Variances`.
    times : (T,) years.

    Returns
    -------
    (T, T).

    References
    ----------
    Laird & Ware 1982, Biometrics 38:963.

    Examples
    --------
    >>> resident_covariance(Variances(residual=1.0, resident=2.0), np.array([0.0, 1.0])).tolist()
    [[3.0, 2.0], [2.0, 3.0]]
    """
    v = variances
    own = _lines(times, v.resident, v.resident_slope, v.resident_correlation, v.resident_autocorrelation)
    return own + v.residual * _fading(times, v.residual_autocorrelation)


def site_covariance(variances: Variances, times: Array) -> Array:
    """Return the covariance that a site's residents share over waves, without varying effects.

    Parameters
    ----------
    variances : see `Variances`.
    times : (T,) years.

    Returns
    -------
    (T, T).

    References
    ----------
    Hooper et al. 2016, Statistics in Medicine 35:4718; Kasza & Forbes 2019, Biometrics 75:144 (fading).

    Examples
    --------
    >>> fading = Variances(residual=1.0, site=1.0, site_autocorrelation=0.5, site_wave=0.25)
    >>> site_covariance(fading, np.array([0.0, 2.0])).tolist()
    [[1.25, 0.25], [0.25, 1.25]]
    """
    v = variances
    own = _lines(times, v.site, v.site_slope, v.site_correlation, v.site_autocorrelation)
    return own + v.site_wave * np.eye(len(times))


def _lines(times: Array, level: float, slope: float, correlation: float, autocorrelation: float) -> Array:
    cross = correlation * math.sqrt(level * slope) * np.add.outer(times, times)
    return level * _fading(times, autocorrelation) + cross + slope * np.outer(times, times)


def _fading(times: Array, autocorrelation: float) -> Array:
    return np.asarray(autocorrelation ** np.abs(np.subtract.outer(times, times)))
