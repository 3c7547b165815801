"""What binds a design, and what more sites, residents or waves would buy: facts, without words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from evalkit.power.cheapest import Cheapest, Limits, cheapest_design
from evalkit.power.degenerate import DegenerateDesign
from evalkit.power.expected_power import ExpectedPower, expected_power
from evalkit.power.prices import Prices, cost
from evalkit.power.question import Question
from evalkit.power.scaled_power import ScaledPower
from evalkit.power.scenario import Scenario
from evalkit.power.varying import with_items, with_residents, with_sites, with_waves

Step = Literal["sites", "residents", "waves", "attrition", "items"]
Binding = Literal["sites", "residents", "waves", "attrition", "effect", "nothing"]
MORE_RESIDENTS = 10
UNPRICED: frozenset[Step] = frozenset(("attrition", "items"))  # prices tell nothing of what they take


@dataclass(frozen=True)
class Option:
    """Hold what one step buys.

    Parameters
    ----------
    step : `sites`: one more in each arm, or two where there is one group; `residents`: ten more a site;
        `waves`: one more; `attrition`: half of it; `items`: twice as many.
    scenario, expected : the design after it, and its power by formula.
    cost : what the step adds; None without prices, and for steps that prices say nothing of.
    """

    step: Step
    scenario: Scenario
    expected: ExpectedPower
    cost: float | None


@dataclass(frozen=True)
class Advice:
    """Hold what can be told of a design.

    Parameters
    ----------
    scenario, question, goal, limits, prices : what was asked.
    now : power of the design by formula.
    cost : of the design; None without prices.
    binds : what holds the power back; `effect` when nothing changes by the last wave in any number of
        waves, `nothing` when the goal is reached.
    options : what steps buy.
    ceiling_of_residents : power if everyone of endlessly many residents answered, with these sites.
    sites_needed : fewest sites that reach the goal with these residents a site; None up to the limit.
    residents_needed : fewest residents a site that reach it with these sites; None up to the limit.
    cheapest : the cheapest design, or the best one in reach; None without prices.
    """

    scenario: Scenario
    question: Question
    goal: float
    limits: Limits
    prices: Prices | None
    now: ExpectedPower
    cost: float | None
    binds: Binding
    options: tuple[Option, ...]
    ceiling_of_residents: float
    sites_needed: int | None
    residents_needed: int | None
    cheapest: Cheapest | None

    def option(self, step: Step) -> Option | None:
        """Return the option of a step, or None where the design has no room for it."""
        return next((option for option in self.options if option.step == step), None)


def advise(
    scenario: Scenario,
    question: Question,
    *,
    goal: float = 0.8,
    prices: Prices | None = None,
    limits: Limits = Limits(),
) -> Advice | None:
    """Tell what binds a design, and what would help.

    Of sites, residents and attrition that one binds whose step brings the true effect nearest to the smallest
    one that the test finds. Waves can bind only when more of them, up to the limit, reach the goal alone: an
    effect that stays out of reach is not helped by waiting.

    Parameters
    ----------
    scenario : the assumptions.
    question : what is asked.
    goal : wished power.
    prices : what sites, waves and answers cost; with them the cheapest design is searched.
    limits : the largest design that is looked at.

    Returns
    -------
    The advice; None for a question that pools several windows, whose test has no formula.

    Raises
    ------
    DegenerateDesign : when the design cannot bear a number.
    ProblemsFound : a question that a scenario cannot answer.

    Examples
    --------
    >>> from evalkit.power.question import default_analysis
    >>> arms = {f"S{n}": "intervention" if n < 3 else "comparison" for n in range(6)}
    >>> from evalkit.power.measure import Measure
    >>> scenario = Scenario((Measure("cohesion", ()),), arms, times=(0.0, 1.0, 2.0, 3.0, 4.0))
    >>> asked = Question(default_analysis(scenario, scenario.measures[0]))
    >>> advice = advise(scenario, asked)
    >>> advice.binds, advice.residents_needed, round(advice.ceiling_of_residents, 2)
    ('sites', None, 0.17)
    """
    now = expected_power(scenario, question, goal)
    if now is None:
        return None
    scaled = ScaledPower(scenario, now, question.alpha)
    priced = None if prices is None else cost(scenario, prices)
    options = tuple(_options(scenario, question, goal, prices))
    return Advice(
        scenario=scenario,
        question=question,
        goal=goal,
        limits=limits,
        prices=prices,
        now=now,
        cost=priced,
        binds=_binding(now, options, goal, _longest(scenario, question, limits)),
        options=options,
        ceiling_of_residents=scaled.power(len(scenario.sites), math.inf),
        sites_needed=_sites_needed(scaled, goal, limits),
        residents_needed=_residents_needed(scaled, goal, limits),
        cheapest=None
        if prices is None
        else cheapest_design(scenario, question, prices, goal=goal, limits=limits),
    )


def _options(scenario: Scenario, question: Question, goal: float, prices: Prices | None) -> Iterator[Option]:
    for step, design in _steps(scenario, question):
        expected = expected_power(design, question, goal)
        added = None if prices is None else cost(design, prices) - cost(scenario, prices)
        if expected is not None:
            yield Option(step, design, expected, None if step in UNPRICED else added)


def _steps(scenario: Scenario, question: Question) -> Iterator[tuple[Step, Scenario]]:
    sites, arms = len(scenario.sites), len(set(scenario.arms.values()))
    yield "sites", with_sites(scenario, sites + max(arms, 2))
    yield "residents", with_residents(scenario, sum(scenario.sizes) / sites + MORE_RESIDENTS)
    yield "waves", with_waves(scenario, len(scenario.times) + 1)
    if scenario.attrition > 0 or any(scenario.attrition_by_wave) or any(scenario.attrition_by_arm.values()):
        yield "attrition", half_the_attrition(scenario)
    measure = next(one for one in scenario.measures if one.id == question.analysis.outcome)
    if measure.items:
        yield "items", with_items(replace(scenario, measures=(measure,)), 2 * len(measure.items))


def half_the_attrition(scenario: Scenario) -> Scenario:
    """Return a scenario in which half as many leave, in every wave and arm."""
    return replace(
        scenario,
        attrition=scenario.attrition / 2,
        attrition_by_wave=tuple(share / 2 for share in scenario.attrition_by_wave),
        attrition_by_arm={arm: share / 2 for arm, share in scenario.attrition_by_arm.items()},
    )


def _longest(scenario: Scenario, question: Question, limits: Limits) -> ExpectedPower | None:
    """Return the power after as many waves as the limit allows."""
    try:
        return expected_power(with_waves(scenario, max(limits.waves, len(scenario.times))), question)
    except DegenerateDesign:
        return None


def _binding(
    now: ExpectedPower, options: tuple[Option, ...], goal: float, longest: ExpectedPower | None
) -> Binding:
    if now.power >= goal:
        return "nothing"
    if now.truth == 0:
        return "waves" if longest is not None and longest.truth != 0 else "effect"
    gains: dict[Binding, float] = {}
    for option in options:
        waited = longest is not None and longest.power >= goal
        if option.step != "items" and (option.step != "waves" or waited):
            gains[option.step] = _gain(now, option.expected)
    return max(gains, key=lambda step: gains[step])


def _gain(now: ExpectedPower, then: ExpectedPower) -> float:
    """Return by how much the true effect comes nearer to the smallest one that the test finds."""
    return abs(then.truth / now.truth) * now.smallest_effect / then.smallest_effect


def _sites_needed(scaled: ScaledPower, goal: float, limits: Limits) -> int | None:
    residents = scaled.residents
    numbers = range(2 * scaled.groups, limits.sites + 1, scaled.groups)
    return next((number for number in numbers if scaled.power(number, residents) >= goal), None)


def _residents_needed(scaled: ScaledPower, goal: float, limits: Limits) -> int | None:
    needed = scaled.residents_for(len(scaled.scenario.sites), goal)
    return math.ceil(needed) if needed <= limits.residents else None
