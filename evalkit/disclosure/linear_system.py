"""Cells that hang together by relations, as arrays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.disclosure.cell import Cell, Key
from evalkit.disclosure.relation import Relation

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LinearSystem:
    """Hold cells that relations bind together, directly or through others.

    Parameters
    ----------
    keys : the cells; some may have nothing to tell, and are unknown to every reader.
    matrix : (relations, cells), each row scaled so that its largest weight is 1.
    low, high : (cells,) by how much a value could be lower (negative) or higher by what every reader knows.
    """

    keys: tuple[Key, ...]
    matrix: Array
    low: Array
    high: Array


def systems_of(cells: Mapping[Key, Cell], relations: Iterable[Relation[Key]]) -> Iterator[LinearSystem]:
    """Give the systems of cells that hang together, each apart from the others."""
    used = [relation for relation in relations if any(key in cells for key in relation.weights)]
    home = _components(used)
    members: dict[Key, list[Relation[Key]]] = defaultdict(list)
    for relation in used:
        members[home[next(iter(relation.weights))]].append(relation)
    for together in members.values():
        keys = tuple(sorted({key for relation in together for key in relation.weights}))
        yield _system(keys, together, cells)


def _system(keys: tuple[Key, ...], relations: list[Relation[Key]], cells: Mapping[Key, Cell]) -> LinearSystem:
    place = {key: number for number, key in enumerate(keys)}
    matrix = np.zeros((len(relations), len(keys)))
    for row, relation in enumerate(relations):
        largest = max(abs(weight) for weight in relation.weights.values())
        for key, weight in relation.weights.items():
            matrix[row, place[key]] = weight / largest
    low, high = np.full(len(keys), -np.inf), np.full(len(keys), np.inf)
    for key, cell in cells.items():
        if key in place:
            bounds = (0.0, 0.0) if cell.is_nobody else cell.known_bounds
            low[place[key]] = min(bounds[0] - cell.value, 0.0)
            high[place[key]] = max(bounds[1] - cell.value, 0.0)
    return LinearSystem(keys, matrix, low, high)


def _components(relations: Iterable[Relation[Key]]) -> dict[Key, Key]:
    """Return for each cell one cell that stands for all those it hangs together with."""
    parent: dict[Key, Key] = {}

    def root(key: Key) -> Key:
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for relation in relations:
        first, *others = relation.weights
        for other in others:
            parent[root(other)] = root(first)
        root(first)
    return {key: root(key) for key in tuple(parent)}
