"""Tables of several kinds, and rows that lack a value."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.grouping import group_codes
from evalkit.models.table import as_frame, complete_rows


class Enum:
    """Stand in for polars' type of ordered categories."""

    def __init__(self, categories: list[str]) -> None:
        self.categories = categories


class Column:
    def __init__(self, values: list[str], dtype: object) -> None:
        self.values, self.dtype = values, dtype

    def to_numpy(self) -> np.ndarray:
        return np.array(self.values, dtype=object)


class Lazy(dict):
    """Stand in for polars' frames, of which a lazy one must be worked out first."""

    @property
    def columns(self) -> list[str]:
        return list(self)


class Unopened:
    def collect(self) -> Lazy:
        return Lazy(arm=Column(["b", "a"], Enum(["b", "a"])), name=Column(["x", "y"], object()))


def test_ordered_categories_keep_their_order_and_lazy_frames_are_worked_out() -> None:
    found = as_frame(Unopened(), ["arm", "name"])
    assert found["arm"].cat.categories.tolist() == ["b", "a"]
    assert found["name"].tolist() == ["x", "y"]


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(ProblemsFound) as found:
        as_frame([1, 2], ["x"])
    assert [problem.code for problem in found.value.problems] == ["mixed.no_table"]


def test_nothing_given_is_changed() -> None:
    data = pd.DataFrame({"x": [1.0, np.nan], "c": pd.Categorical(["a", "b"])}, index=[7, 9])
    before = data.copy()
    found, _ = complete_rows(as_frame(data, ["x", "c"]))
    assert found["c"].cat.categories.tolist() == ["a"]
    pd.testing.assert_frame_equal(data, before)


def test_many_sites_are_named_by_what_they_lose() -> None:
    site = np.repeat(np.arange(30), 4)
    lost = np.where((site == 20) | (np.arange(120) % 4 == 0), np.nan, 1.0)
    _, notes = complete_rows(pd.DataFrame({"x": lost, "site": site}), ["x"], ["site"])
    counts = notes[1].values["counts"]
    assert counts.startswith("20 (4/4), ") and counts.count("(") == 12


def test_combinations_with_a_missing_part_have_no_group() -> None:
    frame = pd.DataFrame({"a": ["x", None, "y", "x"], "b": [1, 1, np.nan, 1]})
    found = group_codes(frame, ("a", "b"))
    assert found.codes.tolist() == [0, -1, -1, 0]
