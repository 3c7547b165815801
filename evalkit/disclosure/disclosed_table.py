"""Tables that may be shared, disclosed as one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass
from types import MappingProxyType

from evalkit.disclosure.cell import Cell, Key, Reason, Spot, Suppressed, Suppression
from evalkit.disclosure.complements import complements
from evalkit.disclosure.relation import Relation, in_table
from evalkit.disclosure.rounding import rounded
from evalkit.disclosure.rule import DisclosureRule, reason_to_hide, width_to_protect
from evalkit.errors import EvalkitError

_SEAL = object()


class DisclosureError(EvalkitError):
    """Raised when something that did not pass `disclose` reaches a page: a fault of the program."""


@dataclass(frozen=True, slots=True)
class DisclosedTable:
    """Hold a table that may be shared. Only `disclose`, `disclose_together` and `slice_of` make one.

    Parameters
    ----------
    name : id of the table, for the log.
    rows, columns : ids, in the order of the page.
    cells : value, `Suppressed`, or None where there is nothing to tell, by row and column.
    log : what was hidden.

    Raises
    ------
    DisclosureError : when anything else makes one.
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


@dataclass(frozen=True)
class TableRequest:
    """Hold a table before disclosure.

    Parameters
    ----------
    name : id of the table.
    cells : values with the numbers behind them, by row and column; a missing cell has nothing to tell.
    rows, columns : ids, in the order of the page.
    relations : every sum that a reader knows to hold inside the table.
    keep : cells that the page needs most, hidden for the sake of others only when nothing else is left.
    """

    name: str
    cells: Mapping[Spot, Cell | None]
    rows: Sequence[str]
    columns: Sequence[str]
    relations: Iterable[Relation[Spot]] = ()
    keep: Collection[Spot] = ()


def disclose_together(
    requests: Iterable[TableRequest],
    rule: DisclosureRule,
    relations: Iterable[Relation[Key]] = (),
    *,
    published: Collection[Key] = (),
) -> Mapping[str, DisclosedTable]:
    """Return what may be shared of several tables that the same readers may lay side by side.

    Parameters
    ----------
    requests : the tables.
    rule : the smallest groups that may be shown, and how closely a hidden value may be known.
    relations : every sum that a reader knows to hold between tables, by table, row and column.
    published : cells that an earlier year has shown; hiding them now would protect nobody.

    Returns
    -------
    The tables by name. No cell under the rule can be placed by all of them together, with all relations and
    what is known of its bounds, in a range narrower than the rule asks for; unless `published` does that.

    References
    ----------
    Hundepool et al. 2012, Statistical Disclosure Control, ch. 4 (primary and secondary suppression,
    feasibility intervals); Fischetti & Salazar 2001, Management Science 47:1008.

    Examples
    --------
    >>> one, two = (TableRequest(name, {("all", "n"): Cell(n, n, "count")}, ["all"], ["n"])
    ...     for name, n in {"women": 4, "everyone": 30}.items())
    >>> men = TableRequest("men", {("all", "n"): Cell(26, 26, "count")}, ["all"], ["n"])
    >>> groups = Relation({("women", "all", "n"): 1, ("men", "all", "n"): 1, ("everyone", "all", "n"): -1})
    >>> tables = disclose_together([one, two, men], DisclosureRule(), [groups])
    >>> {name: table.number("all", "n") for name, table in tables.items()}
    {'women': None, 'everyone': 30, 'men': None}
    """
    asked = tuple(requests)
    cells = {(t.name, *spot): cell for t in asked for spot, cell in t.cells.items() if cell is not None}
    known = [*(in_table(r, t.name) for t in asked for r in t.relations), *relations]
    small = {key: reason for key, cell in cells.items() if (reason := reason_to_hide(cell, rule)) is not None}
    more = complements(
        cells,
        {key: width_to_protect(cells[key], rule) for key in small},
        known,
        keep={(t.name, *spot) for t in asked for spot in t.keep},
        published=published,
    )
    hidden: dict[Key, Reason] = {**dict.fromkeys(more, "complement"), **small}
    shown = {key: cell for key, cell in cells.items() if key not in hidden}
    values = rounded(shown, known) if rule.rounding == "public" else {k: c.value for k, c in shown.items()}
    return MappingProxyType({t.name: _table(t, values, hidden) for t in asked})


def disclose(
    name: str,
    cells: Mapping[Spot, Cell | None],
    rule: DisclosureRule,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    relations: Iterable[Relation[Spot]] = (),
    keep: Collection[Spot] = (),
) -> DisclosedTable:
    """Return what may be shared of one table that hangs together with no other.

    Parameters
    ----------
    name, cells, rows, columns, relations, keep : as in `TableRequest`.
    rule : the smallest groups that may be shown.

    Returns
    -------
    The table, as `disclose_together` gives it.

    Examples
    --------
    >>> from evalkit.disclosure import count_cell, total
    >>> cells = {("S1", "n"): count_cell(4), ("S2", "n"): count_cell(30), ("S3", "n"): count_cell(25),
    ...     ("all", "n"): count_cell(59)}
    >>> sites = [("S1", "n"), ("S2", "n"), ("S3", "n")]
    >>> table = disclose("answered", cells, DisclosureRule(), rows=["S1", "S2", "S3", "all"], columns=["n"],
    ...     relations=[total(sites, ("all", "n"))])
    >>> [table.number(row, "n") for row in table.rows]
    [None, 30, None, 59]
    """
    return disclose_together([TableRequest(name, cells, rows, columns, relations, keep)], rule)[name]


def slice_of(
    table: DisclosedTable, *, rows: Sequence[str] | None = None, columns: Sequence[str] | None = None
) -> DisclosedTable:
    """Return some rows and columns of a table that may be shared: never more than the table shows.

    Parameters
    ----------
    rows, columns : ids to keep, in the order of the page; by default all. Unknown ones are left out.
    """
    kept = [row for row in (table.rows if rows is None else rows) if row in table.rows]
    across = [column for column in (table.columns if columns is None else columns) if column in table.columns]
    cells = {spot: shown for spot, shown in table.cells.items() if spot[0] in kept and spot[1] in across}
    log = tuple(line for line in table.log if line.row in kept and line.column in across)
    return DisclosedTable(table.name, tuple(kept), tuple(across), MappingProxyType(cells), log, _SEAL)


def _table(
    request: TableRequest, values: Mapping[Key, float], hidden: Mapping[Key, Reason]
) -> DisclosedTable:
    name = request.name
    shown: dict[Spot, float | Suppressed | None] = {}
    for row, column in (spot for spot, cell in request.cells.items() if cell is not None):
        key = (name, row, column)
        shown[row, column] = Suppressed(hidden[key]) if key in hidden else values[key]
    log = tuple(
        Suppression(name, row, column, hidden[name, row, column])
        for row in request.rows
        for column in request.columns
        if (name, row, column) in hidden
    )
    return DisclosedTable(
        name, tuple(request.rows), tuple(request.columns), MappingProxyType(shown), log, _SEAL
    )
