"""A reader with every document on the table, who knows what hangs together and solves for what is hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from scipy.optimize import linprog

from evalkit.disclosure import Cell, DisclosedTable, DisclosureRule, Key, Relation, TableRequest
from evalkit.disclosure.relation import in_table
from evalkit.disclosure.rule import reason_to_hide, width_to_protect

ROUNDED_BY = {"count": 4.0, "share": 0.005, "mean": 0.0}  # furthest that a public number lies from its value
FAR = 1e6
LAST_DIGIT = 1e-6  # sums of many shown means hold but for this; less is under the tolerance of the solver
CLOSE = 1e-4  # tolerance of the solver on values of hundreds


def cells_of(requests: Iterable[TableRequest]) -> dict[Key, Cell]:
    return {(t.name, *spot): cell for t in requests for spot, cell in t.cells.items() if cell is not None}


def relations_of(
    requests: Iterable[TableRequest], links: Iterable[Relation[Key]] = ()
) -> list[Relation[Key]]:
    return [*(in_table(r, t.name) for t in requests for r in t.relations), *links]


def placed(
    cells: Mapping[Key, Cell],
    shown: Mapping[Key, float],
    relations: Iterable[Relation[Key]],
    targets: Iterable[Key],
    *,
    rounded: bool = False,
) -> dict[Key, tuple[float, float]]:
    """Return the range of each target by what is shown alone; `cells` gives kinds and bounds, no value."""
    relations = list(relations)
    keys = sorted({key for r in relations for key in r.weights} | set(targets))
    place = {key: n for n, key in enumerate(keys)}
    matrix = np.zeros((len(relations), len(keys)))
    for row, relation in enumerate(relations):
        largest = max(map(abs, relation.weights.values()))
        for key, weight in relation.weights.items():
            matrix[row, place[key]] = weight / largest
    bounds = []
    for key in keys:
        if key in shown:
            around = ROUNDED_BY[cells[key].kind] if rounded and shown[key] else LAST_DIGIT
            bounds.append((shown[key] - around, shown[key] + around))
        else:
            low, high = cells[key].known_bounds if key in cells else (-FAR, FAR)
            bounds.append((max(low, -FAR), min(high, FAR)))
    found = {}
    for key in targets:
        goal = np.eye(len(keys))[place[key]]
        ends = []
        for sign in (1, -1):
            solved = linprog(sign * goal, A_eq=matrix, b_eq=np.zeros(len(matrix)), bounds=bounds)
            assert solved.status == 0, "what is known must be possible"
            ends.append(sign * solved.fun)
        found[key] = (ends[0], ends[1])
    return found


def shown_in(tables: Iterable[DisclosedTable]) -> dict[Key, float]:
    """Return what is printed anywhere."""
    return {
        (t.name, *spot): value for t in tables for spot in t.cells if (value := t.number(*spot)) is not None
    }


def found_out(
    requests: Iterable[TableRequest],
    links: Iterable[Relation[Key]],
    tables: Iterable[DisclosedTable],
    rule: DisclosureRule,
) -> dict[Key, tuple[float, float]]:
    """Return the cells under the rule that a reader places more closely than the rule allows."""
    requests = list(requests)
    cells, shown = cells_of(requests), shown_in(tables)
    small = [key for key, cell in cells.items() if reason_to_hide(cell, rule) is not None]
    ranges = placed(cells, shown, relations_of(requests, links), small, rounded=rule.rounding == "public")
    return {
        key: (low, high)
        for key, (low, high) in ranges.items()
        if key in shown or high - low < width_to_protect(cells[key], rule) - CLOSE
    }
