"""Dates that cannot be, or that lie outside the wave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.problems import Problem, error, warning
from evalkit.responses.check import Answers, Check


def find(answers: Answers) -> Iterator[Problem]:
    """Find questionnaires that end before they start, in the future, or outside the field period.

    A log of events is kept all year; its days must not lie in the future.
    """
    today = date.today().isoformat()
    keys = answers.table.keys
    started, ended = _days(keys["started"]), _days(keys["ended"])
    late = (started > today) | (ended > today)
    for row in np.flatnonzero((ended < started) & (ended != "")):
        yield error("check.ends_before_start", answers.place(row), started=started[row], ended=ended[row])
    for row in np.flatnonzero(late):
        yield error("check.in_future", answers.place(row), day=max(started[row], ended[row]))
    if answers.instrument.kind == "events":
        yield from _future_events(answers, today)
        return
    first, last = (day.isoformat() for day in answers.wave.field)
    outside = (started != "") & ((started < first) | (started > last)) & ~late
    for row in np.flatnonzero(outside):
        yield warning("check.outside_field", answers.place(row), day=started[row], first=first, last=last)


def _future_events(answers: Answers, today: str) -> Iterator[Problem]:
    for item in answers.instrument.items:
        if item.type == "date" and item.repeat is None:
            days = _days(answers.table.values[item.id])
            for row in np.flatnonzero(days > today):
                yield error("check.in_future", answers.place(row, item.id), day=days[row])


def _days(moments: pd.Series) -> npt.NDArray[np.object_]:
    """Return the ISO days of moments, which sort as text does; empty where there is none."""
    # Two questionnaires of a day may be in two time zones: only days are compared.
    return np.array([moment[:10] if isinstance(moment, str) else "" for moment in moments], dtype=object)


CHECK = Check("impossible_dates", find)
