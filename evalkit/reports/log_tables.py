"""What the site log tells, as tables that may be shared: they count events and hours, never people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from evalkit.disclosure import Cell, DisclosedTable, DisclosureRule, disclose
from evalkit.responses.site_log import ACTIVITY, ARRIVES, FILLED, LEAVES, MEETING, MONEY, VACANT

FULL_TIME = 35.0  # hours a week, of a worker whose hours the log does not tell
DOSES = ("presence", "activities", "meetings", "hours", "amount")


@dataclass(frozen=True)
class LogTables:
    """Hold what a log tells.

    Parameters
    ----------
    presence : rows are sites, columns months `YYYY-MM`; hours a week of a community worker, zero when vacant.
    doses : rows are sites; columns `DOSES` over all months: share of months with a worker, numbers of
        activities and meetings, hours of activities, dollars.
    ages : rows are codes of age groups, column `activities`; empty where no activity tells any.
    """

    presence: DisclosedTable
    doses: DisclosedTable
    ages: DisclosedTable

    @property
    def months(self) -> tuple[str, ...]:
        """Return the months that the log covers."""
        return self.presence.columns

    @property
    def share_present(self) -> float:
        """Return the share of months, over sites, with a worker."""
        known = [self.presence.number(s, m) or 0.0 for s in self.presence.rows for m in self.months]
        return sum(hours > 0 for hours in known) / max(len(known), 1)


def log_tables(
    log: pd.DataFrame, sites: tuple[str, ...], until: date, rule: DisclosureRule
) -> LogTables | None:
    """Return the tables of a log; None for an empty one.

    Parameters
    ----------
    log : events, as `read_site_log` gives them.
    sites : ids, in the order of the study.
    until : last day that counts, the end of the wave of the report.
    rule : under which they are marked as shareable; events name nobody, so nothing is hidden.
    """
    past = log[log["day"] <= until]
    if past.empty:
        return None
    told = tuple(site for site in sites if (past["site"] == site).any())
    months = tuple(_months(past["day"].min(), until))
    hours = {site: _weekly_hours(past[past["site"] == site], months) for site in told}
    presence = {(site, month): value for site in told for month, value in hours[site].items()}
    doses = {(site, name): v for site in told for name, v in _doses(past, site, hours[site]).items()}
    lists: list[Any] = past["ages"].tolist()
    ages = Counter(int(code) for codes in lists if isinstance(codes, tuple) for code in codes)
    counts = {(str(code), "activities"): float(ages[code]) for code in sorted(ages)}
    return LogTables(
        _shared("site_log_presence", presence, told, months, rule),
        _shared("site_log_doses", doses, told, DOSES, rule),
        _shared(
            "site_log_ages", counts, tuple(dict.fromkeys(row for row, _ in counts)), ("activities",), rule
        ),
    )


def _shared(
    name: str,
    values: dict[tuple[str, str], float],
    rows: tuple[str, ...],
    columns: tuple[str, ...],
    rule: DisclosureRule,
) -> DisclosedTable:
    enough = max(rule.min_respondents, rule.min_organisations)
    cells = {spot: Cell(value, enough) for spot, value in values.items()}
    return disclose(name, cells, rule, rows=rows, columns=columns)


def _months(first: date, last: date) -> Iterator[str]:
    month = first.replace(day=1)
    while month <= last:
        yield f"{month:%Y-%m}"
        month = (month + timedelta(days=32)).replace(day=1)


def _weekly_hours(events: pd.DataFrame, months: tuple[str, ...]) -> dict[str, float]:
    """Return the hours a week of a worker in each month: what held at its end, or began in it."""
    found, now = {}, 0.0
    for month in months:
        most = now
        for _, event in events[[f"{day:%Y-%m}" == month for day in events["day"]]].iterrows():
            if event["event"] in (ARRIVES, FILLED):
                now = float(event["weekhours"]) if pd.notna(event["weekhours"]) else FULL_TIME
                most = max(most, now)
            elif event["event"] in (LEAVES, VACANT):
                now = 0.0
        found[month] = most
    return found


def _doses(past: pd.DataFrame, site: str, hours: dict[str, float]) -> dict[str, float]:
    own = past[past["site"] == site]
    activities = own[own["event"] == ACTIVITY]
    return {
        "presence": sum(value > 0 for value in hours.values()) / len(hours),
        "activities": float(len(activities)),
        "meetings": float((own["event"] == MEETING).sum()),
        "hours": float(pd.to_numeric(activities["hours"], errors="coerce").fillna(0).sum()),
        "amount": float(pd.to_numeric(own[own["event"] == MONEY]["amount"], errors="coerce").fillna(0).sum()),
    }
