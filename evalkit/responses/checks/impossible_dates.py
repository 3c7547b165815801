"""Dates that cannot be, or that lie outside the wave."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.problems import Problem, error, warning
from evalkit.responses.check import Answers, Check


def find(answers: Answers) -> Iterator[Problem]:
    """Find questionnaires that end before they start, and those outside the wave's field period."""
    started, ended = _days(answers, "started"), _days(answers, "ended")
    first, last = (day.isoformat() for day in answers.wave.field)
    for position, (start, end) in enumerate(zip(started, ended, strict=True)):
        if start and end and end < start:
            yield error("check.ends_before_start", answers.place(position), started=start, ended=end)
        if start and not first <= start <= last:
            yield warning("check.outside_field", answers.place(position), day=start, first=first, last=last)


def _days(answers: Answers, column: str) -> list[str]:
    """Return the ISO days of a column, which sort as text does; empty where there is none."""
    return [moment[:10] if isinstance(moment, str) else "" for moment in answers.table.keys[column]]


CHECK = Check("impossible_dates", find)
