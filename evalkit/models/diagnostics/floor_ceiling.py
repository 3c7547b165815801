"""Shares of answers at the lowest and at the highest score, wave by wave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.mixed.arrays import Array
from evalkit.models.diagnostics.fitted_model import FittedModel

Flags = npt.NDArray[np.bool_]
COLUMNS = ("wave", "residents", "at_floor", "at_ceiling")
# More than this at an end: scores cannot tell people apart there, nor see them move (Terwee et al. 2007).
TOO_MANY = 0.15
# Part of the range that counts as the end: scores are means of items, and sums of binary numbers.
ROUNDING = 1e-6


@dataclass(frozen=True)
class FloorCeiling:
    """Hold how many stand at the ends of the scale.

    Parameters
    ----------
    low, high : ends of the scale.
    table : one row a wave with enough respondents, `COLUMNS`; shares between 0 and 1.
    hidden : waves with too few respondents.
    """

    low: float
    high: float
    table: pd.DataFrame
    hidden: int

    @property
    def floors(self) -> tuple[tuple[str, float], ...]:
        """Return waves with more than `TOO_MANY` at the lowest score, with the shares."""
        return _beyond(self.table, "at_floor")

    @property
    def ceilings(self) -> tuple[tuple[str, float], ...]:
        """Return waves with more than `TOO_MANY` at the highest score, with the shares."""
        return _beyond(self.table, "at_ceiling")


def floor_ceiling(model: FittedModel, bounds: tuple[float, float]) -> FloorCeiling:
    """Count the answers at the ends of the scale by wave.

    Parameters
    ----------
    bounds : lowest and highest score that the outcome can take.

    References
    ----------
    Terwee et al. 2007, Journal of Clinical Epidemiology 60:34, criterion for floor and ceiling effects.
    """
    low, high = bounds
    at_floor, at_ceiling = at_ends(model.answers, low, high)
    ends = pd.DataFrame({"wave": model.rows["wave"], "at_floor": at_floor, "at_ceiling": at_ceiling})
    shares = ends.groupby("wave")[["at_floor", "at_ceiling"]].mean()
    people, shown = model.respondents("wave"), model.shown("wave")
    ends_of = {str(wave): tuple(row) for wave, row in zip(shares.index, shares.to_numpy(), strict=True)}
    rows = [(wave, int(people[wave]), *ends_of[wave]) for wave in shown]
    return FloorCeiling(low, high, pd.DataFrame(rows, columns=list(COLUMNS)), len(model.hidden("wave")))


def at_ends(answers: Array, low: float, high: float) -> tuple[Flags, Flags]:
    """Return which answers stand at the lowest, and which at the highest score."""
    near = ROUNDING * (high - low)
    return answers <= low + near, answers >= high - near


def _beyond(table: pd.DataFrame, column: str) -> tuple[tuple[str, float], ...]:
    rows = table[table[column] > TOO_MANY]
    return tuple(zip(rows["wave"].astype(str), rows[column].astype(float), strict=True))
