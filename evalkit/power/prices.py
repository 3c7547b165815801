"""What a design costs: prices of sites, years, waves and answers, applied to who is expected to answer."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field

from evalkit.power.occupancy import leaving_share
from evalkit.power.scenario import Scenario
from evalkit.yaml_files import Model

Array = npt.NDArray[np.float64]
Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Prices(Model):
    """Hold what the parts of a study cost.

    Parameters
    ----------
    per_site : once, for each site: agreements, a first visit.
    per_site_year : a year of one site between the first and the last wave: the local coordinator.
    per_wave : a wave, whatever its size: preparing, analysing, reporting.
    per_answer : one questionnaire that comes back: interviewer, postage, thanks.
    fixed : the study itself.
    currency : how amounts are labelled.
    """

    per_site: Price = 0.0
    per_site_year: Price = 0.0
    per_wave: Price = 0.0
    per_answer: Price = 0.0
    fixed: Price = 0.0
    currency: str = "CAD"


def cost(scenario: Scenario, prices: Prices) -> float:
    """Return what a study is expected to cost.

    Examples
    --------
    >>> scenario = Scenario((), {"S1": None, "S2": None}, times=(0.0, 2.0), per_site=50, wave_skip=0.0)
    >>> cost(scenario, Prices(fixed=1000, per_site=200, per_site_year=100, per_wave=500, per_answer=20))
    6800.0
    """
    sites, years = len(scenario.sites), scenario.times[-1]
    return float(
        prices.fixed
        + sites * (prices.per_site + years * prices.per_site_year)
        + len(scenario.times) * prices.per_wave
        + expected_answers(scenario).sum() * prices.per_answer
    )


def expected_answers(scenario: Scenario) -> Array:
    """Return how many residents are expected to answer, (sites, waves).

    Leavers go before a wave and newcomers take their share of the places; who stays may pass over a wave,
    who is new does not.

    Examples
    --------
    >>> scenario = Scenario((), {"S1": None}, times=(0.0, 1.0), attrition=0.2, refreshment=0.5, wave_skip=0.1)
    >>> expected_answers(scenario).tolist()
    [[40.0, 32.8]]
    """
    there = np.array(scenario.sizes, dtype=float)
    answering = [there]
    for wave in range(1, len(scenario.times)):
        leaving = there * leaving_share(scenario, wave)
        arriving = leaving * scenario.refreshment
        answering.append((there - leaving) * (1 - scenario.wave_skip) + arriving)
        there = there - leaving + arriving
    asked = [
        [wave not in scenario.not_asked.get(site, ()) for wave in scenario.waves] for site in scenario.sites
    ]
    return np.asarray(np.stack(answering, axis=1) * np.array(asked))
