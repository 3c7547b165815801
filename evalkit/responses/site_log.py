"""The site log: dated events of sites, from the answers in the store."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from evalkit.responses.response_store import read_answers
from evalkit.study.study import Study
from evalkit.study.wave import Wave

COLUMNS = ("site", "day", "event", "ages", "hours", "weekhours", "amount")
# Codes of the item `event`.
MEETING, ACTIVITY, ARRIVES, LEAVES, VACANT, FILLED, MONEY = 1, 2, 3, 4, 5, 6, 12


def read_site_log(study: Study, waves: Iterable[Wave]) -> pd.DataFrame:
    """Return the events of every log of events that was kept during some waves.

    Parameters
    ----------
    waves : whose logs are read.

    Returns
    -------
    DataFrame, one row an event in the order of days: `site`, `day` (date), `event` (code), `ages` (tuple of
    codes), `hours`, `weekhours` (a week) and `amount` (dollars), missing where not told. Events without a day
    or a site are left out.

    Raises
    ------
    ProblemsFound : the store cannot be read.
    """
    parts = [
        _events(study, wave, name)
        for wave in waves
        for name in wave.instruments
        if study.instruments[name].kind == "events"
    ]
    if not parts:
        return pd.DataFrame({column: [] for column in COLUMNS})
    found = pd.concat(parts, ignore_index=True)
    return found.sort_values(["day", "site", "event"], kind="stable").reset_index(drop=True)


def _events(study: Study, wave: Wave, instrument: str) -> pd.DataFrame:
    answers = read_answers(study, wave.id, instrument)
    found = pd.DataFrame({"site": answers.keys["site"].to_numpy(dtype=object)})
    for column in COLUMNS[1:]:
        found[column] = answers.values[column].to_numpy(dtype=object) if column in answers.values else None
    found["day"] = [None if pd.isna(day) else pd.Timestamp(day).date() for day in found["day"]]
    known = found["day"].notna() & found["site"].notna() & found["event"].notna()
    return found[known]
