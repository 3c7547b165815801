"""Who lives where and answers when, in many simulated data sets at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.power.scenario import Scenario

Array = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

HALVINGS = 40
WIDEST = 30.0  # log-odds beyond which a chance is nothing, or all


@dataclass(frozen=True)
class Chances:
    """Hold uniform numbers that decide who leaves, who is replaced and who passes over a wave.

    Parameters
    ----------
    leaving, replacing, skipping : (B or 1, places, waves). One for all B data sets when leaving depends on
        no score, so that they are absent in the same places.
    """

    leaving: Array
    replacing: Array
    skipping: Array


@dataclass(frozen=True)
class Occupancy:
    """Hold who stands in each place in a wave.

    Parameters
    ----------
    person : (B or 1, places), how many people have left this place before.
    there : (B or 1, places), whether someone lives there who takes part.
    arrived : (B or 1, places), whether this person is there for the first time.
    """

    person: npt.NDArray[np.int8]
    there: BoolArray
    arrived: BoolArray


def first_occupancy(chances: Chances) -> Occupancy:
    """Return the first wave: someone new in every place."""
    shape = chances.leaving.shape[:2]
    return Occupancy(np.zeros(shape, dtype=np.int8), np.ones(shape, dtype=bool), np.ones(shape, dtype=bool))


def next_occupancy(
    scenario: Scenario,
    before: Occupancy,
    chances: Chances,
    wave: int,
    site_of: npt.NDArray[np.intp],
    last_score: Array | None,
) -> Occupancy:
    """Let the time to a wave pass: some leave for good, and newcomers take some of their places.

    Parameters
    ----------
    before : the wave before.
    wave : number of the wave, from 1.
    site_of : (places,), number of the site.
    last_score : (B, places), standardised score last answered; None when leaving depends on none.
    """
    share = leaving_share(scenario, wave)[site_of]
    pull = np.zeros(before.there.shape) if last_score is None else scenario.attrition_by_score * last_score
    chance = leaving_chance(share, pull, before.there)
    leaving = before.there & (chances.leaving[:, :, wave] < chance)
    replaced = leaving & (chances.replacing[:, :, wave] < scenario.refreshment)
    person = np.where(leaving, before.person + 1, before.person).astype(np.int8)
    return Occupancy(person, (before.there & ~leaving) | replaced, replaced)


def leaving_share(scenario: Scenario, wave: int) -> Array:
    """Return the share of each site (sites,) that leaves before a wave."""
    yearly = scenario.attrition_by_wave[wave - 1] if scenario.attrition_by_wave else scenario.attrition
    by_site = [scenario.attrition_by_arm.get(str(arm), yearly) for arm in scenario.arms.values()]
    years = scenario.times[wave] - scenario.times[wave - 1]
    return np.asarray(1 - (1 - np.array(by_site)) ** years)


def leaving_chance(share: Array, pull: Array, there: BoolArray) -> Array:
    """Return chances of leaving whose mean over those who are there is the wished share.

    Parameters
    ----------
    share : (places,), wished; places of one share form a group.
    pull : (B, places), log-odds that a person has beyond those of the group.
    there : (B, places), who counts.

    Returns
    -------
    (B, places): `expit(base + pull)`, the base of each group and data set found by halving.
    """
    from scipy.special import expit

    if not pull.any():
        return np.broadcast_to(share, there.shape)
    found = np.zeros(there.shape)
    for wished in np.unique(share):
        group = there & (share == wished)
        people = np.maximum(group.sum(axis=1), 1)
        low, high = np.full(len(there), -WIDEST), np.full(len(there), WIDEST)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            mean = np.where(group, expit(middle[:, None] + pull), 0.0).sum(axis=1) / people
            low, high = np.where(mean < wished, middle, low), np.where(mean < wished, high, middle)
        found = np.where(group, expit(((low + high) / 2)[:, None] + pull), found)
    return found
