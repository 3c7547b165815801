"""Degrees of freedom are sites less arms, or what is left within sites, or they are refused."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from evalkit.power.degenerate import DegenerateDesign
from evalkit.power.design_df import Df, design_df
from evalkit.power.grid import Grid, closed_cohort

Array = npt.NDArray[np.float64]


def waves(grid: Grid) -> Array:
    sites, number = grid.effect.shape
    return np.broadcast_to(np.eye(number)[:, None, :], (number, sites, number)).astype(float)


ARMS = np.repeat([0.0, 1.0], 3)
PARALLEL = ARMS[:, None] * np.ones(4)
CHANGE = ARMS[:, None] * np.array([0.0, 1.0, 1.0, 1.0])
STEPPED = np.repeat(np.triu(np.ones((3, 4)), 1), 2, axis=0)


@pytest.mark.parametrize(
    ("effect", "df", "expected"),
    [
        (PARALLEL, "between_sites", 4),
        (PARALLEL, "between_within", 4),
        (CHANGE, "between_sites", 4),
        (CHANGE, "between_within", 24 - 6 - 4),
        (STEPPED, "between_sites", 4),
        (STEPPED, "between_within", 24 - 6 - 4),
        (np.zeros((6, 4)), "between_sites", 5),
        (PARALLEL, "infinite", math.inf),
    ],
)
def test_what_a_design_leaves(effect: Array, df: Df, expected: float) -> None:
    grid = closed_cohort(np.arange(4), effect, 40)
    assert design_df(grid, df, waves(grid)) == expected


def test_arms_that_are_given_count() -> None:
    grid = closed_cohort(np.arange(4), STEPPED, 40, arms=[0, 0, 1, 1, 2, 2])
    assert design_df(grid, "between_sites", waves(grid)) == 3


def test_sites_and_cells_where_nobody_answers_do_not_count() -> None:
    grid = closed_cohort(np.arange(4), CHANGE, [0, 40, 40, 40, 40, 40])
    assert design_df(grid, "between_sites", waves(grid)) == 3
    asked = np.ones((6, 4), dtype=bool)
    asked[1, 2] = False
    assert design_df(grid.where_asked(asked), "between_within", waves(grid)) == 19 - 5 - 4


@pytest.mark.parametrize("df", ["between_sites", "between_within"])
def test_two_sites_leave_none(df: Df) -> None:
    grid = closed_cohort(np.arange(4), CHANGE[2:4], 40)
    with pytest.raises(DegenerateDesign) as raised:
        design_df(grid, df, waves(grid))
    assert raised.value.reason == "too_few_sites"
