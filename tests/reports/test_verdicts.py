"""A direction is said only when the whole interval leaves the band."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.disclosure import Cell, DisclosureRule, disclose
from evalkit.reports.verdicts import verdict_in, verdict_of

BAND = 1.5


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (1.6, 9.0, "up"),
        (1.5, 9.0, "unclear"),
        (-9.0, -1.6, "down"),
        (-9.0, -1.5, "unclear"),
        (-1.5, 1.5, "steady"),
        (-1.6, 1.0, "unclear"),
        (0.1, 1.4, "steady"),
        (-20.0, 20.0, "unclear"),
    ],
)
def test_verdict(low: float, high: float, verdict: str) -> None:
    assert verdict_of((low + high) / 2, low, high, BAND) == verdict


@given(st.floats(-50, 50), st.floats(0, 50), st.floats(0, 10))
def test_turning_the_scale_turns_the_verdict(change: float, half: float, band: float) -> None:
    turned = {"up": "down", "down": "up"}
    found = verdict_of(change, change - half, change + half, band)
    assert verdict_of(-change, -change - half, -change + half, band) == turned.get(found, found)


@given(st.floats(-50, 50), st.floats(0, 50), st.floats(0, 50), st.floats(0, 10))
def test_a_wider_interval_never_says_more(change: float, half: float, more: float, band: float) -> None:
    narrow = verdict_of(change, change - half, change + half, band)
    wide = verdict_of(change, change - half - more, change + half + more, band)
    assert wide in (narrow, "unclear")


def test_hidden_and_missing_intervals_have_their_own_verdicts() -> None:
    cells = {
        ("few", "change"): Cell(5.0, 4),
        ("few", "low"): Cell(4.0, 4),
        ("few", "high"): Cell(6.0, 4),
        ("one site", "change"): Cell(5.0, 40),
    }
    rows = ["few", "one site", "new"]
    table = disclose("t", cells, DisclosureRule(), rows=rows, columns=["change", "low", "high"])
    assert [verdict_in(table, row, BAND) for row in rows] == ["hidden", "no_interval", "first"]
