"""The comparison is found by its name, else by its place in the study file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evalkit.models.arms import compared_arms
from evalkit.study.study import Study


@pytest.mark.parametrize(
    ("arms", "expected"),
    [
        ({"A": "comparison", "B": "intervention"}, ("intervention", "comparison")),
        ({"A": "early", "B": "late"}, ("early", "late")),
        ({"A": "only", "B": "only"}, None),
        ({"A": "x", "B": "y", "C": "z"}, None),
        ({"A": None, "B": "intervention", "C": "comparison"}, ("intervention", "comparison")),
    ],
)
def test_compared_arms(
    study_of: Callable[..., Study], arms: dict[str, str | None], expected: tuple[str, str] | None
) -> None:
    assert compared_arms(study_of(arms)) == expected
