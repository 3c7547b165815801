"""Degrees of freedom that a design leaves, before any data."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from evalkit.power.degenerate import DegenerateDesign
from evalkit.power.grid import Grid

Array = npt.NDArray[np.float64]
Df = Literal["between_sites", "between_within", "infinite"]

NOTHING = 1e-12


def design_df(grid: Grid, df: Df, nuisance: Array) -> float:
    """Return the degrees of freedom of the effect's t test.

    Parameters
    ----------
    grid : sites, waves, who answers when, and what reaches whom. Sites where nobody answers do not count.
        Without arms, sites that the effect reaches otherwise are taken for a second arm.
    df : `between_sites`: sites less arms. `between_within`: the same for an effect that is constant within
        every site; otherwise cells (sites by waves with answers) less sites less the columns that vary within
        sites. It trusts that what sites share in a wave is alike and independent, and is less safe with few
        sites. `infinite`: a z test, as much published software computes it.
    nuisance : (K, S, T) columns of the model beside the effect.

    Raises
    ------
    DegenerateDesign : `too_few_sites`, when sites less arms, or cells within sites, leave none.

    References
    ----------
    Schluchter & Elashoff 1990, Journal of Statistical Computation and Simulation 37:69; Li & Redden 2015,
    BMC Medical Research Methodology 15:38.

    Examples
    --------
    >>> from evalkit.power.grid import closed_cohort
    >>> grid = closed_cohort([0, 1, 2], np.array([[0, 1, 1]] * 3 + [[0, 0, 0]] * 3), 40)
    >>> waves = np.broadcast_to(np.eye(3)[:, None, :], (3, 6, 3))
    >>> design_df(grid, "between_sites", waves), design_df(grid, "between_within", waves)
    (4.0, 9.0)
    """
    if df == "infinite":
        return math.inf
    here = (grid.cells > 0).any(axis=1)
    spare = int(here.sum()) - len(np.unique(_arms(grid)[here]))
    if df == "between_within" and spare > 0 and _varies_within(grid):
        spare = _within_sites(grid, nuisance)
    if spare < 1:
        raise DegenerateDesign("too_few_sites")
    return float(spare)


def _arms(grid: Grid) -> npt.NDArray[np.intp]:
    if grid.arms is not None:
        return grid.arms
    return np.asarray((grid.effect != grid.effect[:1]).any(axis=1), dtype=np.intp)


def _varies_within(grid: Grid) -> bool:
    return bool(np.abs(_centred(grid, grid.effect)).max() > NOTHING * np.abs(grid.effect).max())


def _within_sites(grid: Grid, nuisance: Array) -> int:
    columns = _centred(grid, np.concatenate([nuisance, grid.effect[None]]))
    spent = int(np.linalg.matrix_rank(columns.reshape(len(columns), -1)))
    asked = grid.cells > 0
    return int(asked.sum()) - int(asked.any(axis=1).sum()) - spent


def _centred(grid: Grid, columns: Array) -> Array:
    """Return columns (..., S, T) less their mean over the waves at which a site answers."""
    asked = grid.cells > 0
    count = np.maximum(asked.sum(axis=1), 1)
    mean = (columns * asked).sum(axis=-1) / count
    return np.asarray((columns - mean[..., None]) * asked)
