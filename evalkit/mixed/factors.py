"""Grouping factors: random terms that share groups, merged, with the shape of their covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.design import DesignFault, RandomTerm

# Share of the largest eigenvalue of scaled columns below which they count as dependent.
DEPENDENT = 1e-12


@dataclass(frozen=True)
class Factor:
    """Hold a grouping factor with all its effects.

    Parameters
    ----------
    name : of the grouping.
    codes : (n,), from 0, every level with rows.
    levels : their number.
    columns : (n, q), scaled so that each has a mean square of one; within a correlated block that holds
        a constant, the others are centred too.
    scaling : (q, q), C in `scaled = original C`; effects in original units are C times the scaled ones.
    entries : positions (i, j), i >= j, of the free elements of T and of G = T T', column by column
        within each block.
    blocks : number of the block that each effect belongs to.
    effects : q names.
    """

    name: str
    codes: IntArray
    levels: int
    columns: Array
    scaling: Array
    entries: tuple[tuple[int, int], ...]
    blocks: tuple[int, ...]
    effects: tuple[str, ...]

    @property
    def size(self) -> int:
        """Return q, the effects of one group."""
        return len(self.effects)


def merge_terms(terms: Sequence[RandomTerm], *, whole: bool = True) -> tuple[Factor, ...]:
    """Merge terms with the same groups and return the factors, the one with most levels first.

    Parameters
    ----------
    whole : all rows are there, so that equal codes are the same groups, and effects that follow from one
        another are refused; of a part of the rows, names tell which groups are the same.
    """
    groups: list[list[RandomTerm]] = []
    for term in terms:
        home = next((g for g in groups if _same_groups(g[0], term, whole)), None)
        if home is None:
            groups.append([term])
        else:
            home.append(term)
    factors = [_factor(group, whole) for group in groups]
    return tuple(sorted(factors, key=lambda factor: -factor.levels))


def _same_groups(one: RandomTerm, other: RandomTerm, whole: bool) -> bool:
    return np.array_equal(one.codes, other.codes) if whole else one.name == other.name


def _factor(terms: list[RandomTerm], whole: bool) -> Factor:
    columns, scalings, blocks, effects = [], [], [], []
    for term in terms:
        parts = [slice(0, term.columns.shape[1])]
        if not term.correlated:
            parts = [slice(k, k + 1) for k in range(term.columns.shape[1])]
        for part in parts:
            scaled, scaling = _scaled(term.columns[:, part])
            columns.append(scaled)
            scalings.append(scaling)
            effects += list(term.effects[part])
            blocks += [len(scalings) - 1] * scaled.shape[1]
    size = len(effects)
    matrix, at = np.zeros((size, size)), 0
    for scaling in scalings:
        step = len(scaling)
        matrix[at : at + step, at : at + step] = scaling
        at += step
    entries = tuple((i, j) for j in range(size) for i in range(j, size) if blocks[i] == blocks[j])
    codes = terms[0].codes
    together = np.concatenate(columns, axis=1) if len(columns) > 1 else columns[0]
    if whole:
        _check_identified(together, terms[0].name, tuple(effects))
    return Factor(
        terms[0].name,
        codes,
        int(codes.max()) + 1,
        together,
        matrix,
        entries,
        tuple(blocks),
        tuple(effects),
    )


def _check_identified(columns: Array, name: str, effects: tuple[str, ...]) -> None:
    """Refuse effects of which one follows from the others: their variances could be shared at will."""
    values = np.linalg.eigvalsh(columns.T @ columns / len(columns))
    if values[0] < DEPENDENT * values[-1]:
        raise DesignFault("effects_depend", term=name, effects=", ".join(effects))


def _scaled(columns: Array) -> tuple[Array, Array]:
    """Centre on a constant column if there is one, then bring each column to a mean square of one."""
    size = columns.shape[1]
    scaling = np.eye(size)
    low, high = columns.min(axis=0), columns.max(axis=0)
    constant = np.flatnonzero((low == high) & (low != 0))
    scaled = columns
    if len(constant) and size > 1:
        base = int(constant[0])
        means = columns.mean(axis=0)
        means[low == high] = 0.0
        scaled = columns - means
        scaling[base] -= means / columns[0, base]
    root = np.sqrt(np.array([column @ column for column in scaled.T]) / len(scaled))
    root[root == 0] = 1.0
    if (root == 1.0).all():
        return scaled, scaling
    if scaled is columns:
        return scaled / root, scaling / root
    scaled /= root
    return scaled, scaling / root
