"""Who an analysis is about."""

from __future__ import annotations

import pandas as pd

from evalkit.models.who import rows_of


def test_stayers_and_newcomers_share_nobody(panel: pd.DataFrame) -> None:
    stayed, came = (rows_of(panel, "cohesion", who) for who in ("stayers", "newcomers"))
    answered = panel[panel["cohesion"].notna()].groupby("respondent")["wave"].agg(lambda w: set(map(str, w)))
    assert set(stayed["respondent"]) == set(answered[answered.map(lambda w: {"w1", "w3"} <= w)].index)
    assert set(came["respondent"]) == set(answered[answered.map(lambda w: "w1" not in w)].index)
    assert len(rows_of(panel, "cohesion", "all")) == len(panel)


def test_nobody_answered_leaves_the_panel_as_it_is(panel: pd.DataFrame) -> None:
    empty = panel.assign(cohesion=float("nan"))
    assert len(rows_of(empty, "cohesion", "stayers")) == len(empty)
