"""Shown numbers rounded so that their totals still hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from evalkit.disclosure.cell import Cell, Key
from evalkit.disclosure.linear_system import LinearSystem, systems_of
from evalkit.disclosure.relation import Relation

PEOPLE = 5  # counts are shown as multiples of this, as in the Canadian census
PERCENT = 0.01  # shares are shown as whole percentages
WHOLE = 1e-9  # a number this close to a multiple is one


def rounded(cells: Mapping[Key, Cell], relations: Iterable[Relation[Key]]) -> dict[Key, float]:
    """Return shown values as readers get them in public documents.

    Counts go to a neighbouring multiple of 5 such that parts still sum to their totals, as near to the values
    as that allows; where no such multiples exist, each goes to its nearest. Shares go to whole percentages,
    means stay.

    Parameters
    ----------
    cells : the cells that are shown, and no others: what is hidden plays no part, so that rounding tells
        nothing of it.
    relations : every sum between cells; those with a hidden cell are left aside.

    Returns
    -------
    Value of each cell.

    References
    ----------
    Cox 1987, Journal of the American Statistical Association 82:520 (controlled rounding).
    """
    found = {key: _alone(cell) for key, cell in cells.items()}
    inside = [r for r in relations if all(k in cells and cells[k].kind == "count" for k in r.weights)]
    for system in systems_of(cells, inside):
        found |= _in_system(system, cells)
    return found


def _alone(cell: Cell) -> float:
    if cell.kind == "mean":
        return cell.value
    if cell.kind == "share":
        return round(cell.value / PERCENT) * PERCENT
    return PEOPLE * float(np.floor(cell.value / PEOPLE + 0.5))


def _in_system(system: LinearSystem, cells: Mapping[Key, Cell]) -> dict[Key, float]:
    from scipy.optimize import Bounds, LinearConstraint, milp

    units = np.array([cells[key].value / PEOPLE for key in system.keys])
    down, up = np.floor(units + WHOLE), np.ceil(units - WHOLE)
    # Going up costs what it moves further than going down: the sum is then that of all distances.
    solved = milp(
        (up - units) - (units - down),
        integrality=np.ones(len(units), dtype=np.int64),
        bounds=Bounds(np.zeros(len(units)), up - down),
        constraints=LinearConstraint(system.matrix, -system.matrix @ down, -system.matrix @ down),
    )
    if solved.x is None:
        return {}
    multiples = PEOPLE * (down + np.round(solved.x))
    return dict(zip(system.keys, multiples.tolist(), strict=True))
