"""What a reader can find out about hidden cells from everything shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from evalkit.disclosure.cell import Cell, Key
from evalkit.disclosure.linear_system import Array, LinearSystem, systems_of
from evalkit.disclosure.relation import Relation, Where

DETERMINED = 1e-9  # a null space this close to zero at a cell means that the totals give the cell away
FAR = 1e7  # further than any value a reader would believe: a solver with finite ends never runs away


def recoverable(hidden: Sequence[Where], relations: Iterable[Relation[Where]]) -> frozenset[Where]:
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


def feasible_ranges(
    cells: Mapping[Key, Cell], hidden: Collection[Key], relations: Iterable[Relation[Key]]
) -> dict[Key, tuple[float, float]]:
    """Return the lowest and the highest value that each hidden cell can have for a reader.

    Parameters
    ----------
    cells : every cell with its true value, by table, row and column.
    hidden : the cells that the reader does not see.
    relations : every sum that a reader knows to hold.

    Returns
    -------
    Ends of the feasibility interval of each hidden cell, in its own unit, exact by linear programming.

    References
    ----------
    Hundepool et al. 2012, Statistical Disclosure Control, ch. 4; Fischetti & Salazar 2001, Management Science
    47:1008.

    Examples
    --------
    >>> sites = [("n", "S1", "w1"), ("n", "S2", "w1"), ("n", "S3", "w1")]
    >>> everyone = ("n", "all", "w1")
    >>> people = {sites[0]: 4, sites[1]: 5, sites[2]: 30, everyone: 39}
    >>> cells = {key: Cell(n, n, "count") for key, n in people.items()}
    >>> feasible_ranges(cells, sites[:2], [Relation({**dict.fromkeys(sites, 1.0), everyone: -1.0})])[sites[0]]
    (1.0, 8.0)
    """
    found = {key: cells[key].known_bounds for key in hidden}
    for system in systems_of(cells, relations):
        unseen = np.array([key in found or key not in cells for key in system.keys])
        for place, key in enumerate(system.keys):
            if key in found:
                lowest, highest = deviations(system, unseen, place)
                found[key] = (cells[key].value + lowest, cells[key].value + highest)
    return found


def deviations(system: LinearSystem, hidden: npt.NDArray[np.bool_], place: int) -> tuple[float, float]:
    """Return by how much a hidden cell could lie lower and higher with all shown cells as they are.

    Parameters
    ----------
    hidden : (cells,) whether a reader does not see the cell.
    place : position of the cell in the system.
    """
    from scipy.optimize import linprog

    columns = np.flatnonzero(hidden)
    matrix = system.matrix[:, columns]
    matrix = matrix[np.abs(matrix).max(axis=1, initial=0) > 0]
    goal = (columns == place).astype(float)
    low, high = np.maximum(system.low[columns], -FAR), np.minimum(system.high[columns], FAR)
    bounds = list(zip(low.tolist(), high.tolist(), strict=True))
    ends = []
    for sign in (1.0, -1.0):
        solved = linprog(sign * goal, A_eq=matrix, b_eq=np.zeros(len(matrix)), bounds=bounds, method="highs")
        # Where the solver gives up, the cell counts as found out.
        ends.append(0.0 if solved.fun is None else sign * float(solved.fun))
    return ends[0], ends[1]


def _null_space(matrix: Array) -> Array:
    _, sizes, right = np.linalg.svd(matrix)
    rank = int((sizes > DETERMINED * sizes.max(initial=1.0)).sum())
    space: Array = right[rank:].T
    return space
