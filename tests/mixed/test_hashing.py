"""Marks tell designs apart, whatever the order of rows, and also where columns are alike."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evalkit.mixed.hashing import halves, row_marks, same_marks, varying


@given(st.lists(st.floats(-5, 5).map(lambda value: value + 0.0), min_size=1, max_size=30), st.integers(1, 3))
def test_equal_values_and_only_they_have_equal_marks(values: list[float], copies: int) -> None:
    column = np.array(values)
    marks = row_marks([column] * copies, None, slice(0, len(column)))
    assert len(np.unique(marks)) == len(np.unique(column))


def test_sums_of_marks_do_not_depend_on_order() -> None:
    column = np.random.default_rng(1).normal(size=5000)
    one, two = (
        np.column_stack(halves(row_marks([values], None, slice(0, 5000)))).astype(float).sum(axis=0)
        for values in (column, column[::-1].copy())
    )
    assert (one == two).all()


def test_same_sums_are_numbered_and_the_first_is_named() -> None:
    sums = np.array([[2.0, 1.0], [1.0, 1.0], [2.0, 1.0], [2.0, 0.0]])
    kind, first = same_marks(sums)
    assert len(first) == 3
    assert kind[0] == kind[2] and len(set(kind.tolist())) == 3
    assert sorted(first.tolist()) == [0, 1, 3]


def test_constant_columns_mark_nothing() -> None:
    columns = [np.ones(4), np.column_stack([np.zeros(4), np.arange(4.0)])]
    assert len(varying(columns)) == 1
