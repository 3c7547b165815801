"""Scenarios that tests of power and advice share."""

from __future__ import annotations

from typing import Any

from evalkit.power.measure import Measure
from evalkit.power.question import Question, default_analysis
from evalkit.power.scenario import Scenario

FIVE = (0.0, 1.0, 2.0, 3.0, 4.0)


def scenario_of(
    treated: int, compared: int, residents: int = 40, *, times: tuple[float, ...] = FIVE, **more: Any
) -> Scenario:
    """Return sites in two arms that answer one scale of four items; `more` goes to the measure."""
    arms = {f"S{n}": "intervention" if n < treated else "comparison" for n in range(treated + compared)}
    measure = Measure("cohesion", ("coh1", "coh2", "coh3", "coh4"), **more)
    return Scenario((measure,), arms, times=times, per_site=residents)


def question_of(scenario: Scenario, **more: Any) -> Question:
    return Question(default_analysis(scenario, scenario.measures[0]), **more)
