"""Answers to the items of a scale: cut points that give its score the wished mean, SD and alpha."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from evalkit.power.measure import Measure

Array = npt.NDArray[np.float64]

NODES = 61


@dataclass(frozen=True)
class ItemResponse:
    """Hold how a latent position becomes an answer (a graded model with equal items; Samejima 1969).

    An item's latent value is `loading * position + sqrt(1 - loading**2) * noise`, both standard normal;
    the answer counts the cut points that lie below it. Few and coarse answers bring floor and ceiling.

    Parameters
    ----------
    cuts : (answers - 1,) rising cut points.
    loading : correlation of the latent value with the position.
    """

    cuts: tuple[float, ...]
    loading: float

    def expected_score(self, shift: float) -> float:
        """Return the mean score, 0 to 100, of a population whose latent values are moved by `shift`."""
        from scipy.special import ndtr

        return float(100 * ndtr(shift - np.array(self.cuts)).mean())

    def shift_for(self, score: float) -> float:
        """Return the shift of latent values under which the population's mean score is `score`."""
        from scipy.optimize import brentq

        return float(brentq(lambda shift: self.expected_score(shift) - score, -10.0, 10.0, xtol=1e-12))

    def draw(self, position: Array, shift: Array, n_items: int, rng: np.random.Generator) -> Array:
        """Draw answers, counted from 0.

        Parameters
        ----------
        position, shift : (people,) latent positions and the shift of each person's latent values.
        n_items : number of items.

        Returns
        -------
        (people, items) answers from 0 to the number of cut points.
        """
        noise = rng.standard_normal((len(position), n_items))
        common = self.loading * position + shift
        latent = common[:, None] + np.sqrt(1 - self.loading**2) * noise
        answers: Array = np.searchsorted(np.array(self.cuts), latent).astype(np.float64)
        return answers


@lru_cache(maxsize=256)
def item_response(measure: Measure) -> ItemResponse:
    """Find evenly spaced cut points and the loading that give a measure its mean, SD and alpha.

    The mean correlation of items follows from alpha (Spearman-Brown), the SD of one item from the SD of
    the score; two equations give the place and distance of the cut points, one more the loading.

    Raises
    ------
    ValueError : when items have fewer than three answers, or no cut points give the wished figures.
    """
    from scipy.optimize import root

    k, answers = len(measure.items), measure.high - measure.low
    if answers < 2:
        raise ValueError(f"{measure.id}: items need three answers or more")
    between = measure.alpha / (k - measure.alpha * (k - 1))
    item_sd = measure.sd * np.sqrt(k / (1 + (k - 1) * between))

    def apart(at: Array) -> Array:
        mean, sd = _mean_and_sd(_cuts(at, answers))
        return np.array([mean - measure.mean, sd - item_sd])

    found = root(apart, x0=np.array([0.0, 0.0]), tol=1e-12)
    if not found.success or np.abs(apart(found.x)).max() > 1e-6:
        raise ValueError(f"{measure.id}: no cut points give this mean and SD")
    cuts = _cuts(found.x, answers)
    return ItemResponse(tuple(cuts.tolist()), _loading(cuts, between * item_sd**2))


def _cuts(at: Array, answers: int) -> Array:
    cuts: Array = at[0] + np.exp(at[1]) * (np.arange(answers) - (answers - 1) / 2)
    return cuts


def _mean_and_sd(cuts: Array) -> tuple[float, float]:
    """Return mean and SD, in points of 0 to 100, of one item whose latent value is standard normal."""
    from scipy.special import ndtr

    above = np.concatenate([[1.0], ndtr(-cuts), [0.0]])
    share, value = -np.diff(above), np.linspace(0.0, 100.0, len(cuts) + 1)
    mean = float(share @ value)
    return mean, float(np.sqrt(share @ (value - mean) ** 2))


def _loading(cuts: Array, covariance: float) -> float:
    """Return the loading at which two items have this covariance, by Gauss-Hermite quadrature."""
    from scipy.optimize import brentq
    from scipy.special import ndtr

    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()

    def apart(loading: float) -> float:
        given = 100 * ndtr((loading * nodes[:, None] - cuts) / np.sqrt(1 - loading**2)).mean(axis=1)
        return float(weights @ given**2 - (weights @ given) ** 2 - covariance)

    return float(brentq(apart, 1e-6, 1 - 1e-6))
