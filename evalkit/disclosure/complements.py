"""Which further cells to hide so that the small ones cannot be found out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np
import numpy.typing as npt

from evalkit.disclosure.attack import deviations
from evalkit.disclosure.cell import Cell, Key
from evalkit.disclosure.linear_system import Array, LinearSystem, systems_of
from evalkit.disclosure.relation import Relation

Mask = npt.NDArray[np.bool_]
LAST = 1e4  # what hiding a cell that the page needs costs, beside one that it does not
NOT_NOTHING = 1e-7  # of the solver's unit: what it moves by less, it leaves in place
ALMOST = 1 - 1e-6  # a range that falls short of its width by the solver's tolerance is wide enough


def complements(
    cells: Mapping[Key, Cell],
    widths: Mapping[Key, float],
    relations: Iterable[Relation[Key]],
    *,
    keep: Collection[Key] = (),
    published: Collection[Key] = (),
) -> frozenset[Key]:
    """Return the cells to hide beside the small ones, so that each of these keeps a range of its width.

    Parameters
    ----------
    cells : every cell with its value.
    widths : the small cells, and how wide the range of each must stay for a reader.
    relations : every sum that a reader knows to hold.
    keep : cells hidden only when nothing else is left.
    published : cells that readers have already seen: hiding them would protect nobody.

    Returns
    -------
    Further cells, of few people first; none of them can be shown without one of the small ones being found.

    References
    ----------
    Kelly, Golden & Assad 1992, Networks 22:397 (a linear programme for each small cell); Fischetti & Salazar
    2001, Management Science 47:1008 (sliding protection).
    """
    found: set[Key] = set()
    for system in systems_of(cells, relations):
        if any(key in widths for key in system.keys):
            fixed = {
                key for key in system.keys if key in published or (key in cells and cells[key].is_nobody)
            }
            cost = _costs(system, cells, keep)
            found |= _in_system(system, {k: widths[k] for k in system.keys if k in widths}, cost, fixed)
    return frozenset(found & cells.keys())


def _in_system(
    system: LinearSystem, widths: Mapping[Key, float], cost: Array, fixed: Collection[Key]
) -> set[Key]:
    place = {key: number for number, key in enumerate(system.keys)}
    small = {place[key]: width for key, width in widths.items()}
    free = np.array([key not in fixed or place[key] in small for key in system.keys])
    hidden = np.array([number in small or not np.isfinite(c) for number, c in enumerate(cost)])
    unseen, first_for = hidden.copy(), dict[int, int]()
    for spot in sorted(small, key=lambda spot: (cost[spot], spot)):
        if not _protected(system, hidden, spot, small[spot]):
            more = _alternative(system, hidden, free, np.where(hidden, 0.0, cost), spot, small[spot])
            first_for |= dict.fromkeys(np.flatnonzero(more & ~hidden).tolist(), spot)
            hidden = hidden | more
    for spot in sorted(first_for, key=lambda spot: (-cost[spot], spot)):
        without = hidden.copy()
        without[spot] = False
        order = sorted(small, key=lambda other: (other != first_for[spot], other))
        if all(_protected(system, without, other, small[other]) for other in order):
            hidden = without
    return {system.keys[number] for number in np.flatnonzero(hidden & ~unseen)}


def _protected(system: LinearSystem, hidden: Mask, spot: int, width: float) -> bool:
    lowest, highest = deviations(system, hidden, spot)
    return highest - lowest >= width * ALMOST


def _alternative(
    system: LinearSystem, hidden: Mask, free: Mask, cost: Array, spot: int, width: float
) -> Mask:
    """Return the cells to hide so that two tables which a reader cannot tell apart differ by `width`.

    Both tables obey every relation; what differs from the true one in either is hidden, at least cost.
    When known bounds leave no such tables, all cells that may still be hidden are.
    """
    from scipy.optimize import linprog

    columns = np.flatnonzero(free)
    here = int(np.flatnonzero(columns == spot)[0])
    # Each of the two tables is what is added to the true one, less what is taken away: four parts a cell.
    matrix = system.matrix[:, columns]
    equations = np.kron(np.eye(2), np.hstack([matrix, -matrix]))
    apart = np.zeros(4 * len(columns))
    apart[[here + part * len(columns) for part in range(4)]] = [-1.0, 1.0, 1.0, -1.0]
    ends = [(0.0, end) for end in (*system.high[columns].tolist(), *(-system.low[columns]).tolist())]
    solved = linprog(
        np.tile(cost[columns], 4),
        A_ub=apart[None, :],
        b_ub=np.array([-width]),
        A_eq=equations,
        b_eq=np.zeros(equations.shape[0]),
        bounds=[*ends, *ends],
        method="highs",
    )
    if solved.x is None:
        return free | hidden
    moved = np.abs(solved.x.reshape(4, -1)).max(axis=0) > NOT_NOTHING * width
    chosen: Mask = np.zeros(len(free), dtype=bool)
    chosen[columns[moved]] = True
    return chosen


def _costs(system: LinearSystem, cells: Mapping[Key, Cell], keep: Collection[Key]) -> Array:
    """Return the cost of moving each cell by one: its people, times how much it weighs in the sums.

    Cells with nothing to tell are unknown already: infinite, and no one's choice.
    """
    weight = np.abs(system.matrix).max(axis=0)
    people = [
        (cells[key].respondents + 1.0) * (LAST if key in keep else 1.0) if key in cells else np.inf
        for key in system.keys
    ]
    return np.asarray(people * weight, dtype=np.float64)
