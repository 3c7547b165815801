"""Participation counts add up, wave by wave."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from evalkit.panel.participation import participation

WAVES = ["w1", "w2", "w3"]
PEOPLE = st.dictionaries(st.integers(0, 8), st.sets(st.sampled_from(WAVES), min_size=1), min_size=1)


def _panel(people: dict[int, set[str]]) -> pd.DataFrame:
    rows = [
        (f"R{who}", wave, "S1" if who % 2 else "S2")
        for who, waves in people.items()
        for wave in sorted(waves)
    ]
    panel = pd.DataFrame(rows, columns=["respondent", "wave", "site"])
    panel["wave"] = pd.Categorical(panel["wave"], WAVES, ordered=True)
    return panel


def test_counts() -> None:
    found = participation(_panel({1: {"w1", "w2", "w3"}, 2: {"w1", "w3"}, 3: {"w2"}, 4: {"w1"}}))
    columns = ["answered", "stayed", "returned", "new", "not_seen", "from_first"]
    assert found[columns].to_numpy().tolist() == [[3, 0, 0, 3, 0, 3], [2, 1, 0, 1, 2, 1], [2, 1, 1, 0, 1, 2]]


@given(PEOPLE)
def test_counts_add_up(people: dict[int, set[str]]) -> None:
    found = participation(_panel(people))
    assert (found["answered"] == found["stayed"] + found["returned"] + found["new"]).all()
    assert found["new"].sum() == len(people)
    last = found["answered"].shift(fill_value=0)
    assert (last == found["stayed"] + found["not_seen"]).all()


@given(PEOPLE)
def test_groups_add_up_to_the_whole_when_nobody_moves(people: dict[int, set[str]]) -> None:
    panel = _panel(people)
    columns = ["answered", "stayed", "new", "not_seen"]
    by_site = participation(panel, ("site",)).groupby("wave", sort=False)[columns].sum()
    assert by_site.to_numpy().tolist() == participation(panel)[columns].to_numpy().tolist()
