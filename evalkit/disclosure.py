"""What a shared table may show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass
from types import MappingProxyType
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from evalkit.errors import EvalkitError
from evalkit.yaml_files import Model

Kind = Literal["mean", "count", "share"]
Reason = Literal["few_respondents", "few_organisations", "one_organisation", "all_or_none", "complement"]
Spot = tuple[str, str]
ALL_OR_NONE = (
    0.005  # shares are printed as whole percentages: closer than this to 0 or 1 they read as all or none
)
DETERMINED = 1e-9  # a null space this close to zero at a cell means that the totals give the cell away
_SEAL = object()


class DisclosureError(EvalkitError):
    """Raised when something that did not pass `disclose` reaches a page: a fault of the program."""


class DisclosureRule(Model):
    """Hold the smallest groups that a shared table may show.

    Parameters
    ----------
    min_respondents : least number of residents behind a figure.
    min_organisations : least number of organisations behind a figure about partners.
    max_organisation_share : largest share of the respondents that one organisation may make up.
    """

    min_respondents: Annotated[int, Field(ge=1)] = 10
    min_organisations: Annotated[int, Field(ge=1)] = 5
    max_organisation_share: Annotated[float, Field(gt=0, le=1)] = 0.5


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
    """

    value: float
    respondents: int
    kind: Kind = "mean"
    organisations: int | None = None
    largest_share: float | None = None


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Stand in the place of a value that may not be shown. Pages print one mark for every reason."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Relation:
    """Hold what a reader can compute: cells whose weighted sum is zero, such as parts less their total.

    Parameters
    ----------
    weights : weight of each cell, by row and column.
    """

    weights: Mapping[Spot, float]


@dataclass(frozen=True, slots=True)
class Suppression:
    """Hold one line of the log: which cell of which table was hidden, and why. It never holds the value."""

    table: str
    row: str
    column: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class DisclosedTable:
    """Hold a table that may be shared. Only `disclose` makes one.

    Parameters
    ----------
    name : id of the table, for the log.
    rows, columns : ids, in the order of the page.
    cells : value, `Suppressed`, or None where there is nothing to tell, by row and column.
    log : what was hidden.

    Raises
    ------
    DisclosureError : when anything but `disclose` makes one.
    """

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[Spot, float | Suppressed | None]
    log: tuple[Suppression, ...]
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise DisclosureError("a table that may be shared is made by disclose() and by nothing else")

    def at(self, row: str, column: str) -> float | Suppressed | None:
        """Return what may be shown of a cell; None where the table has nothing to tell."""
        return self.cells.get((row, column))

    def number(self, row: str, column: str) -> float | None:
        """Return the value of a cell, or None when it is hidden or absent."""
        shown = self.at(row, column)
        return None if isinstance(shown, Suppressed) else shown

    def hidden(self, row: str, column: str) -> bool:
        """Tell whether a cell holds a value that may not be shown."""
        return isinstance(self.at(row, column), Suppressed)


def disclose(
    name: str,
    cells: Mapping[Spot, Cell | None],
    rule: DisclosureRule,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    relations: Iterable[Relation] = (),
    keep: Collection[Spot] = (),
) -> DisclosedTable:
    """Return what may be shared of a table: small cells hidden, and what would give them away.

    Parameters
    ----------
    name : id of the table, for the log.
    cells : values with the numbers behind them, by row and column; a missing cell has nothing to tell.
    rule : the smallest groups that may be shown.
    rows, columns : ids, in the order of the page.
    relations : every sum that a reader knows to hold between cells.
    keep : cells that the page needs most, hidden for the sake of others only when nothing else is left.

    Returns
    -------
    The table. No cell under the rule follows from the shown ones by linear algebra.

    References
    ----------
    Hundepool et al. 2012, Statistical Disclosure Control, ch. 4 (primary and secondary suppression).

    Examples
    --------
    >>> cells = {("S1", "n"): count_cell(4), ("S2", "n"): count_cell(30), ("S3", "n"): count_cell(25),
    ...     ("all", "n"): count_cell(59)}
    >>> sites = [("S1", "n"), ("S2", "n"), ("S3", "n")]
    >>> table = disclose("answered", cells, DisclosureRule(), rows=["S1", "S2", "S3", "all"], columns=["n"],
    ...     relations=[total(sites, ("all", "n"))])
    >>> [table.number(row, "n") for row in table.rows]
    [None, 30, None, 59]
    """
    present = {spot: cell for spot, cell in cells.items() if cell is not None}
    small = {spot: reason for spot, cell in present.items() if (reason := _reason(cell, rule)) is not None}
    hidden: dict[Spot, Reason] = {**small, **_complements(present, tuple(small), tuple(relations), keep)}
    shown: dict[Spot, float | Suppressed | None] = {
        spot: Suppressed(hidden[spot]) if spot in hidden else cell.value for spot, cell in present.items()
    }
    log = tuple(Suppression(name, r, c, hidden[r, c]) for r in rows for c in columns if (r, c) in hidden)
    return DisclosedTable(name, tuple(rows), tuple(columns), MappingProxyType(shown), log, _SEAL)


def count_cell(people: int) -> Cell:
    """Return the cell of a number of people."""
    return Cell(people, people, "count")


def total(parts: Iterable[Spot], whole: Spot) -> Relation:
    """Return the relation between parts and their total."""
    return Relation({**dict.fromkeys(parts, 1.0), whole: -1.0})


def recoverable(hidden: Sequence[Spot], relations: Iterable[Relation]) -> frozenset[Spot]:
    """Return the hidden cells that follow from all the others by linear algebra.

    A cell follows when every solution of the relations gives it the same value: when the null space of
    the relations, over the hidden cells, is zero there.
    """
    if not hidden:
        return frozenset()
    rows = [[relation.weights.get(spot, 0.0) for spot in hidden] for relation in relations]
    free = _null_space(np.array(rows or [[0.0] * len(hidden)]))
    return frozenset(
        spot for spot, row in zip(hidden, free, strict=True) if np.abs(row).max(initial=0) < DETERMINED
    )


def _reason(cell: Cell, rule: DisclosureRule) -> Reason | None:
    if cell.kind == "count" and cell.value == 0:
        return None  # nobody is there to be recognised
    if cell.organisations is not None and cell.organisations < rule.min_organisations:
        return "few_organisations"
    if cell.largest_share is not None and cell.largest_share > rule.max_organisation_share:
        return "one_organisation"
    if cell.organisations is None and cell.respondents < rule.min_respondents:
        return "few_respondents"
    if cell.kind == "share" and not ALL_OR_NONE <= cell.value <= 1 - ALL_OR_NONE:
        return "all_or_none"
    return None


def _complements(
    cells: Mapping[Spot, Cell],
    small: tuple[Spot, ...],
    relations: tuple[Relation, ...],
    keep: Collection[Spot],
) -> dict[Spot, Reason]:
    """Hide more cells until no small cell follows from the shown ones, and no cell for nothing.

    Each step takes the cell of fewest people that ends the matter, or else the one of fewest people;
    cells to keep come last.
    """

    def exposed(more: Sequence[Spot]) -> bool:
        return not recoverable([*small, *more], relations).isdisjoint(small)

    related = {spot for relation in relations for spot in relation.weights if spot in cells}
    chosen: list[Spot] = []
    while exposed(chosen):
        left = related.difference(small, chosen)
        free = sorted(left.difference(keep) or left, key=lambda spot: (cells[spot].respondents, spot))
        if not free:
            break
        chosen.append(next((spot for spot in free if not exposed([*chosen, spot])), free[0]))
    for spot in tuple(chosen):
        others = [other for other in chosen if other != spot]
        if not exposed(others):
            chosen = others
    return dict.fromkeys(chosen, "complement")


def _null_space(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    _, sizes, right = np.linalg.svd(matrix)
    rank = int((sizes > DETERMINED * sizes.max(initial=1.0)).sum())
    space: npt.NDArray[np.float64] = right[rank:].T
    return space
