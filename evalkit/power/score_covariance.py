"""How scores hang together over waves in a scenario: between sites, and between residents of a site."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evalkit.power.measure import Measure
from evalkit.power.scenario import Scenario

Array = npt.NDArray[np.float64]


def site_covariance(scenario: Scenario, measure: Measure) -> Array:
    """Return the covariance (waves, waves) of what a site's residents share, in squared points.

    Examples
    --------
    >>> scenario = Scenario((), {"S1": None}, times=(0.0, 1.0), cac=0.8)
    >>> site_covariance(scenario, Measure("cohesion", (), sd=10.0, icc=0.05)).round(6).tolist()
    [[5.0, 4.0], [4.0, 5.0]]
    """
    times = np.array(scenario.times)
    lasting = scenario.cac ** np.abs(times[:, None] - times) if scenario.cac_decays else scenario.cac
    correlation = np.where(np.eye(len(times)) > 0, 1.0, lasting)
    drift = scenario.site_slope**2 * np.outer(times, times)
    return np.asarray(measure.sd**2 * (measure.icc * correlation + drift))


def within_covariance(scenario: Scenario, measure: Measure) -> Array:
    """Return the covariance (waves, waves) of a resident's scores within the site, in squared points.

    Without items; floor, ceiling and coarse answers change it a little.

    Examples
    --------
    >>> scenario = Scenario((), {"S1": None}, times=(0.0, 1.0), stability=0.6)
    >>> within_covariance(scenario, Measure("cohesion", (), sd=10.0, icc=0.0)).round(6).tolist()
    [[100.0, 60.0], [60.0, 100.0]]
    """
    times = np.array(scenario.times)
    apart = np.abs(times[:, None] - times) if scenario.stability_decays else np.ones((len(times),) * 2)
    correlation = np.where(np.eye(len(times)) > 0, 1.0, (scenario.stability / measure.alpha) ** apart)
    drift = scenario.resident_slope**2 * np.outer(times, times)
    steady = (measure.alpha - measure.icc) * correlation + (1 - measure.alpha) * np.eye(len(times))
    return np.asarray(measure.sd**2 * (steady + drift))
