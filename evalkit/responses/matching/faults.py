"""Rows of a file that cannot be taken, and why: exact in number, readable in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from evalkit.problems import Place, Problem, error
from evalkit.responses.foreign.table import ForeignTable

if TYPE_CHECKING:
    import numpy.typing as npt

SHOWN_EACH = 100


@dataclass(frozen=True)
class Fault:
    """Hold one kind of fault in one column.

    Parameters
    ----------
    code : code of the problem.
    positions : int array (m,), the rows of the table that have it.
    which : int array (m,), which entry of `details` each row has.
    details : what fills the sentences of the problem; a few different ones for many rows.
    column, item : where it stands.
    """

    code: str
    positions: npt.NDArray[np.intp]
    which: npt.NDArray[np.intp]
    details: Sequence[Mapping[str, Any]] = ({},)
    column: str | None = None
    item: str | None = None


def row_fault(
    code: str, bad: npt.NDArray[np.bool_], column: str | None = None, **details: Any
) -> Iterator[Fault]:
    """Give the fault of the rows where `bad` is true, with the same details for each."""
    positions = np.flatnonzero(bad)
    if len(positions):
        yield Fault(code, positions, np.zeros(len(positions), dtype=np.intp), (details,), column)


def cell_fault(
    code: str,
    codes: npt.NDArray[Any],
    bad: npt.NDArray[np.bool_],
    details: Sequence[Mapping[str, Any]],
    column: str | None = None,
) -> Iterator[Fault]:
    """Give the fault of the rows whose different cell is bad.

    Parameters
    ----------
    codes : which different cell each row has (n,), -1 for none.
    bad : by different cell (k,).
    details : by different cell (k,).
    """
    positions = np.flatnonzero(np.append(bad, False)[codes])
    if len(positions):
        yield Fault(code, positions, codes[positions].astype(np.intp), details, column)


def bad_rows(faults: Iterable[Fault], count: int) -> npt.NDArray[np.bool_]:
    """Return a boolean array (count,): which rows have any fault."""
    bad = np.zeros(count, dtype=bool)
    for fault in faults:
        bad[fault.positions] = True
    return bad


def without_rows(faults: Iterable[Fault], kept: npt.NDArray[np.bool_]) -> Iterator[Fault]:
    """Give faults of a table as those of the table of its kept rows."""
    moved = np.cumsum(kept) - 1
    for fault in faults:
        stays = kept[fault.positions]
        if stays.any():
            positions = moved[fault.positions[stays]].astype(np.intp)
            yield replace(fault, positions=positions, which=fault.which[stays])


def not_yet_said(faults: Iterable[Fault], said: Iterable[Fault]) -> Iterator[Fault]:
    """Give faults without the cells of an item about which something was said already."""
    by_item: dict[str | None, list[npt.NDArray[np.intp]]] = {}
    for fault in said:
        by_item.setdefault(fault.item, []).append(fault.positions)
    for fault in faults:
        if fault.item not in by_item:
            yield fault
            continue
        new = ~np.isin(fault.positions, np.concatenate(by_item[fault.item]))
        if new.any():
            yield replace(fault, positions=fault.positions[new], which=fault.which[new])


def problems_of(faults: Iterable[Fault], table: ForeignTable) -> list[Problem]:
    """Return faults as problems, a problem a cell, in the order of the file's columns.

    After the first `SHOWN_EACH` cells of a fault, one problem stands for all the others and has their count.
    """
    problems: list[Problem] = []
    for fault in faults:
        shown = min(len(fault.positions), SHOWN_EACH)
        found = [_problem(fault, table, number) for number in range(shown)]
        found[-1] = replace(found[-1], count=len(fault.positions) - shown + 1)
        problems.extend(found)
    return problems


def reasons_by_row(faults: Iterable[Fault], table: ForeignTable) -> dict[int, list[Problem]]:
    """Return, for each position with a fault, its problems, every one of them."""
    reasons: dict[int, list[Problem]] = {}
    for fault in faults:
        for number, position in enumerate(fault.positions.tolist()):
            reasons.setdefault(position, []).append(_problem(fault, table, number))
    return reasons


def _problem(fault: Fault, table: ForeignTable, number: int) -> Problem:
    where = Place(
        file=table.file,
        row=int(table.rows[fault.positions[number]]),
        column=fault.column,
        item=fault.item,
    )
    return error(fault.code, where, **fault.details[fault.which[number]])
