"""A value and who stands behind it, and what stands in its place when it may not be shown."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal

Kind = Literal["mean", "count", "share"]
Reason = Literal["few_respondents", "few_organisations", "one_organisation", "all_or_none", "complement"]
Spot = tuple[str, str]
Key = tuple[str, str, str]
KNOWN_BOUNDS: dict[Kind, tuple[float, float]] = {"mean": (-inf, inf), "count": (0, inf), "share": (0, 1)}


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold a value and how many stand behind it, before anything is hidden.

    Parameters
    ----------
    value : the number, in its own unit; a share lies between 0 and 1.
    respondents : how many people the value rests on; of a difference, the smaller of its groups.
    kind : `count` when the value is itself a number of people.
    organisations : how many organisations these people belong to; None outside partner tables.
    largest_share : share of the respondents that the largest organisation makes up.
    bounds : lowest and highest value that every reader knows to be possible; by default those of the kind.
    """

    value: float
    respondents: int
    kind: Kind = "mean"
    organisations: int | None = None
    largest_share: float | None = None
    bounds: tuple[float, float] | None = None

    @property
    def known_bounds(self) -> tuple[float, float]:
        """Return between which values every reader knows a hidden value to lie.

        A count of nobody is never hidden, so that a hidden count is at least one.
        """
        low, high = KNOWN_BOUNDS[self.kind] if self.bounds is None else self.bounds
        return (max(low, 1.0) if self.kind == "count" else low), high

    @property
    def is_nobody(self) -> bool:
        """Tell whether the cell counts people and there are none: nobody is there to be recognised."""
        return self.kind == "count" and self.value == 0


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Stand in the place of a value that may not be shown. Pages print one mark for every reason."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Suppression:
    """Hold one line of the log: which cell of which table was hidden, and why. It never holds the value."""

    table: str
    row: str
    column: str
    reason: Reason


def count_cell(people: int) -> Cell:
    """Return the cell of a number of people."""
    return Cell(people, people, "count")
