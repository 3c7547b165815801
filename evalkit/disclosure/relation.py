"""What a reader can compute: sums of cells that are known to be zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from evalkit.disclosure.cell import Key, Spot

Where = TypeVar("Where", Spot, Key)


@dataclass(frozen=True, slots=True)
class Relation(Generic[Where]):
    """Hold what a reader can compute: cells whose weighted sum is zero, such as parts less their total.

    Parameters
    ----------
    weights : weight of each cell, by row and column, or by table, row and column.
    """

    weights: Mapping[Where, float]


def total(parts: Iterable[Where], whole: Where) -> Relation[Where]:
    """Return the relation between parts and their total."""
    return Relation({**dict.fromkeys(parts, 1.0), whole: -1.0})


def equal(one: Where, other: Where) -> Relation[Where]:
    """Return the relation between two places that show the same number."""
    return Relation({one: 1.0, other: -1.0})


def weighted_mean(parts: Mapping[Where, float], whole: Where) -> Relation[Where]:
    """Return the relation between the means of parts and their mean.

    Parameters
    ----------
    parts : weight of each part in the mean, such as its number of people, by cell.
    whole : the cell of the mean of all parts.

    Notes
    -----
    The weights count as known to the reader. With them the mean of the last part follows from all others:
    that is how the mean of a group and of all give away the mean of the rest.
    """
    return Relation({**parts, whole: -float(sum(parts.values()))})


def in_table(relation: Relation[Spot], table: str) -> Relation[Key]:
    """Return a relation inside one table as one between several tables."""
    return Relation({(table, row, column): weight for (row, column), weight in relation.weights.items()})
