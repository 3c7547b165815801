"""Months with a worker, activities and money follow the dated events."""

from __future__ import annotations

from datetime import date

import pandas as pd

from evalkit.disclosure import DisclosureRule
from evalkit.reports.log_tables import log_tables
from evalkit.responses.site_log import ACTIVITY, ARRIVES, COLUMNS, FILLED, MEETING, MONEY, VACANT


def log(*events: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([{"site": "S1", **event} for event in events], columns=list(COLUMNS))


EVENTS = log(
    {"day": date(2024, 1, 20), "event": ARRIVES, "weekhours": 28.0},
    {"day": date(2024, 2, 3), "event": ACTIVITY, "ages": (1, 4), "hours": 3.0},
    {"day": date(2024, 2, 9), "event": MEETING},
    {"day": date(2024, 3, 5), "event": VACANT},
    {"day": date(2024, 5, 30), "event": FILLED},
    {"day": date(2024, 6, 2), "event": ACTIVITY, "ages": (4,), "hours": 2.0},
    {"day": date(2024, 6, 3), "event": MONEY, "amount": 500.0},
)


def test_months_of_presence_and_vacancy() -> None:
    found = log_tables(EVENTS, ("S1", "S2"), date(2024, 6, 30), DisclosureRule())
    assert found is not None
    hours = [found.presence.number("S1", month) for month in found.months]
    assert hours == [28.0, 28.0, 28.0, 0.0, 35.0, 35.0]
    assert found.presence.rows == ("S1",)
    assert found.share_present == 5 / 6


def test_doses_and_ages_are_counted() -> None:
    found = log_tables(EVENTS, ("S1",), date(2024, 6, 30), DisclosureRule())
    assert found is not None
    doses = {name: found.doses.number("S1", name) for name in found.doses.columns}
    assert doses == {"presence": 5 / 6, "activities": 2, "meetings": 1, "hours": 5, "amount": 500}
    assert {row: found.ages.number(row, "activities") for row in found.ages.rows} == {"1": 1, "4": 2}


def test_later_events_do_not_count_yet() -> None:
    found = log_tables(EVENTS, ("S1",), date(2024, 2, 28), DisclosureRule())
    assert found is not None
    assert found.months == ("2024-01", "2024-02")
    assert found.doses.number("S1", "activities") == 1
    assert log_tables(EVENTS, ("S1",), date(2023, 2, 28), DisclosureRule()) is None
