"""Residents come, stay and leave as the shares say; nobody is lost or made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.power.grid import Grid, closed_cohort, cross_sections, open_cohort

EFFECT = np.array([[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0]])
TIMES = [0.0, 1.0, 2.0, 4.0]


@settings(deadline=None)
@given(
    staying=st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3),
    refreshment=st.floats(0.0, 1.0),
    size=st.floats(1.0, 99.0),
)
def test_open_cohorts_follow_their_shares(staying: list[float], refreshment: float, size: float) -> None:
    grid = open_cohort(TIMES, EFFECT, size, staying, refreshment=refreshment)
    expected = [size]
    for share in staying:
        expected.append(expected[-1] * (share + refreshment * (1 - share)))
    assert grid.cells == pytest.approx(np.tile(expected, (3, 1)))
    together = grid.residents[0] @ (grid.present[:, 0] & grid.present[:, 3])
    assert together == pytest.approx(size * np.prod(staying))


def test_arms_may_lose_residents_at_their_own_pace() -> None:
    staying = np.array([[1.0] * 3, [0.5] * 3, [0.5] * 3])
    grid = open_cohort(TIMES, EFFECT, [40, 40, 80], staying)
    assert grid.cells[:, 3].tolist() == [40.0, 5.0, 10.0]


def test_full_refreshment_and_full_staying_are_closed_in_number() -> None:
    assert (open_cohort(TIMES, EFFECT, 30, 0.6, refreshment=1.0).cells == 30).all()
    stays = open_cohort(TIMES, EFFECT, 30, 1.0)
    closed = closed_cohort(TIMES, EFFECT, 30)
    everywhere = stays.present.all(axis=1)
    assert stays.residents[:, everywhere].tolist() == closed.residents.tolist()
    assert not stays.residents[:, ~everywhere].any()


def test_cells_that_are_not_asked_have_no_answers() -> None:
    asked = np.array([[True, False, True, True], [True] * 4, [False, False, True, True]])
    grid = open_cohort(TIMES, EFFECT, 30, 0.8, refreshment=0.5)
    found = grid.where_asked(asked)
    assert found.cells == pytest.approx(grid.cells * asked)
    assert found.residents.sum(axis=1) == pytest.approx(grid.residents.sum(axis=1))
    sections = cross_sections(TIMES, EFFECT, np.arange(12).reshape(3, 4))
    assert sections.where_asked(asked).cells.tolist() == (np.arange(12).reshape(3, 4) * asked).tolist()


@pytest.mark.parametrize(
    "wrong",
    [
        {"times": np.array([0.0, 1.0, 1.0, 2.0])},
        {"times": np.array([0.0, 1.0, 2.0])},
        {"residents": np.array([[-1.0], [1.0], [1.0]])},
        {"residents": np.array([[np.nan], [1.0], [1.0]])},
        {"residents": np.ones((2, 1))},
        {"arms": np.array([0, 1])},
        {"effect": np.full((3, 4), np.inf)},
    ],
)
def test_parts_that_do_not_fit_are_refused(wrong: dict[str, Any]) -> None:
    grid: Grid = closed_cohort(TIMES, EFFECT, 10)
    with pytest.raises(ValueError):
        replace(grid, **wrong)


@pytest.mark.parametrize(("staying", "refreshment"), [(1.2, 0.0), (-0.1, 0.0), (0.5, 1.5)])
def test_shares_outside_their_range_are_refused(staying: float, refreshment: float) -> None:
    with pytest.raises(ValueError):
        open_cohort(TIMES, EFFECT, 10, staying, refreshment=refreshment)
