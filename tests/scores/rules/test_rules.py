"""Rules mean and sum: what they make of answers, and their bounds."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.registry import discover
from evalkit.scores.rule import Rule

RULES: dict[str, Rule] = dict(discover("evalkit.scores.rules", "RULE"))
ANSWERS = np.array([[1.0, 2.0, 3.0], [4.0, np.nan, 2.0]])


@pytest.mark.parametrize(("name", "expected"), [("mean", [2.0, 3.0]), ("sum", [6.0, 9.0])])
def test_combines(name: str, expected: list[float]) -> None:
    assert RULES[name].combine(ANSWERS).tolist() == expected


@pytest.mark.parametrize(("name", "bounds"), [("mean", (1.0, 4.0)), ("sum", (3.0, 12.0))])
def test_bounds(name: str, bounds: tuple[float, float]) -> None:
    low, high = np.array([1.0, 1.0, 1.0]), np.array([4.0, 4.0, 4.0])
    assert RULES[name].bounds(low, high) == bounds


@pytest.mark.parametrize("name", RULES)
def test_extreme_answers_reach_the_bounds(name: str) -> None:
    low, high = np.array([0.0, 1.0, 1.0]), np.array([4.0, 5.0, 7.0])
    reached = RULES[name].combine(np.vstack([low, high]))
    assert tuple(reached) == RULES[name].bounds(low, high)
    assert RULES[name].id == name
