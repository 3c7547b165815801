"""How wide the interval of a change will be in later years, as the scenario of a study foresees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from evalkit.models.plan import Analysis
from evalkit.power.degenerate import DegenerateDesign
from evalkit.power.expected_power import expected_power
from evalkit.power.question import Question
from evalkit.power.scenario import Scenario
from evalkit.power.scenario_file import SCENARIO_FILE, read_scenario, scenario_of
from evalkit.study.study import Study

HalfWidth = Callable[[float], float]


def half_width_in(study: Study, outcome: str, now: float, elapsed: float) -> HalfWidth:
    """Return half the width of an outcome's interval by years since the first wave.

    Without `scenario.yaml`, or an outcome in it, the interval keeps the width that it has. With one, that
    width changes as the scenario's own does: what sites drift apart, who leaves and who comes count.

    Parameters
    ----------
    study : the study.
    outcome : id of the outcome.
    now, elapsed : half the width that was found, in points, and years since the first wave.

    Raises
    ------
    ProblemsFound : a scenario that cannot be read.
    """
    path = study.folder / SCENARIO_FILE
    if not path.is_file():
        return lambda _years: now
    scenario = scenario_of(read_scenario(path).content)
    if outcome not in [measure.id for measure in scenario.measures]:
        return lambda _years: now
    today = _foreseen(scenario, outcome, elapsed)

    def half_width(years: float) -> float:
        then = _foreseen(scenario, outcome, years)
        return now if today is None or then is None else now * then / today

    return half_width


def _foreseen(scenario: Scenario, outcome: str, years: float) -> float | None:
    """Return what the scenario foresees of a change since the first wave, by so many years."""
    times = (*(time for time in scenario.times if time < years), years)
    changed = replace(scenario, times=times, attrition_by_wave=(), not_asked={})
    question = Question(Analysis(id="outlook", question="change_since_baseline", outcome=outcome))
    try:
        found = expected_power(changed, question)
    except DegenerateDesign:
        return None
    return None if found is None else found.half_width
