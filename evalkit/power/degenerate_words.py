"""Why nothing can be told of a design, as a problem with words."""

from __future__ import annotations

from collections import Counter

from evalkit.power.degenerate import Reason
from evalkit.power.item_response import item_response
from evalkit.power.measure import Measure
from evalkit.power.prices import expected_answers
from evalkit.power.scenario import Scenario
from evalkit.power.true_scores import expected_scores
from evalkit.problems import Problem, error
from evalkit.texts.numbers import Number

EDGE = 1.0  # points from an end of the scale beyond which no change can be drawn as planned
NOBODY = 0.5  # expected answers of a wave below which it counts as empty


def degenerate_problem(reason: Reason, scenario: Scenario) -> Problem:
    """Return why a design cannot bear a number, and what to change in it.

    Parameters
    ----------
    reason : of the `DegenerateDesign` that was raised.
    scenario : the design.

    Examples
    --------
    >>> lost = Scenario((), {"S1": None, "S2": None}, attrition_by_wave=(1.0, 0.1), refreshment=0.0)
    >>> degenerate_problem("effect_not_estimable", lost).code
    'power.all_lost'
    """
    empty = _first_empty(scenario)
    if reason in ("effect_not_estimable", "nobody_observed") and empty is not None:
        return error("power.all_lost", wave=empty)
    if reason == "icc_one":
        most = max(scenario.measures, key=lambda measure: measure.icc - measure.alpha)
        numbers = {"icc": Number(most.icc, 2), "alpha": Number(most.alpha, 2)}
        return error("power.icc_one", outcome=most.id, **numbers)
    if reason == "too_few_sites":
        return error("power.too_few_sites", fewest=min(Counter(scenario.arms.values()).values(), default=0))
    return error(f"power.{reason}")


def impossible_scores(scenario: Scenario) -> tuple[Problem, ...]:
    """Return a problem for every measure whose items cannot give its mean, SD and reliability.

    A mean near an end of the scale leaves no room for its SD: nobody is below the ceiling, or above the
    floor. Nothing can be simulated then, and no change be seen.

    Examples
    --------
    >>> top = Measure("cohesion", ("a", "b"), mean=99.0)
    >>> [problem.code for problem in impossible_scores(Scenario((top,), {"S1": None}))]
    ['power.at_the_ceiling']
    """
    found = (_impossible(measure) or _beyond(scenario, measure) for measure in scenario.measures)
    return tuple(problem for problem in found if problem is not None)


def _beyond(scenario: Scenario, measure: Measure) -> Problem | None:
    """Return a problem when the planned change leads to where nearly all answers are at one end."""
    if not measure.items or measure.sd <= 0:
        return None
    scores = expected_scores(scenario, measure)
    if scores.min() >= EDGE and scores.max() <= 100 - EDGE:
        return None
    worst = max((scores.min(), scores.max()), key=lambda score: abs(float(score) - 50))
    return error("power.beyond_the_scale", outcome=measure.id, score=Number(float(worst)))


def _impossible(measure: Measure) -> Problem | None:
    if not measure.items or measure.sd <= 0:
        return None
    numbers = {"mean": Number(measure.mean), "sd": Number(measure.sd)}
    if measure.high - measure.low < 2:
        return error("power.too_few_answers", outcome=measure.id)
    try:
        item_response(measure)
    except ValueError:
        below, above = measure.mean, 100 - measure.mean
        for code, room, other in (("at_the_ceiling", above, below), ("at_the_floor", below, above)):
            if room < measure.sd <= other:
                return error(f"power.{code}", outcome=measure.id, **numbers)
        alpha = Number(measure.alpha, 2)
        return error("power.impossible_scores", outcome=measure.id, alpha=alpha, **numbers)
    return None


def _first_empty(scenario: Scenario) -> str | None:
    answers = expected_answers(scenario).sum(axis=0)
    return next((wave for wave, n in zip(scenario.waves, answers, strict=True) if n < NOBODY), None)
