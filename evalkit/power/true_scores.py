"""What a scenario makes true: the expected score of each site in each wave, and the shifts that give it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evalkit.power.item_response import ItemResponse, item_response
from evalkit.power.measure import Measure
from evalkit.power.scenario import Scenario

Array = npt.NDArray[np.float64]

HALVINGS = 60
FARTHEST = 12.0  # shift of a latent value beyond which every answer is the first or the last


def expected_scores(scenario: Scenario, measure: Measure) -> Array:
    """Return the expected scores (sites, waves), points of 0 to 100, over all sites such as these.

    Examples
    --------
    >>> measure = Measure("cohesion", ())
    >>> scenario = Scenario((measure,), {"S1": "intervention", "S2": "comparison"})
    >>> expected_scores(scenario, measure).tolist()
    [[57.0, 57.0, 57.75], [57.0, 57.0, 57.0]]
    """
    return np.asarray(measure.mean + _changes(scenario, measure).sum(axis=0))


def latent_shifts(scenario: Scenario, effects: Array) -> list[Array]:
    """Return, for each measure, how far the latent scale moves in each data set, site and wave.

    Parameters
    ----------
    effects : (B, sites), by what the intervention's change is multiplied at a site.

    Returns
    -------
    Arrays (B, sites, waves): in latent units for a measure with items, just so far that its expected score
    moves by the planted change; in points for one without.
    """
    found = []
    for measure in scenario.measures:
        secular, added = _changes(scenario, measure)
        changes = secular + effects[:, :, None] * added
        found.append(_shifts(item_response(measure), measure.mean + changes) if measure.items else changes)
    return found


def _changes(scenario: Scenario, measure: Measure) -> Array:
    """Return (2, sites, waves): the secular change, and that of the intervention."""
    waves = range(len(scenario.times))
    found = [[scenario.planted_at(measure, site, wave) for wave in waves] for site in scenario.sites]
    return np.moveaxis(np.array(found), -1, 0)


def _shifts(response: ItemResponse, scores: Array) -> Array:
    """Return the shifts under which the population's mean score is each of `scores`, by halving."""
    from scipy.special import ndtr

    wished, where = np.unique(scores, return_inverse=True)
    low, high = np.full(len(wished), -FARTHEST), np.full(len(wished), FARTHEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        short = 100 * ndtr(middle[:, None] - np.array(response.cuts)).mean(axis=1) < wished
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.asarray(((low + high) / 2)[where].reshape(scores.shape))
