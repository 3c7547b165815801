"""The cheapest design that reaches a power, and what can be learnt when none does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from evalkit.errors import ProblemsFound
from evalkit.power.degenerate import DegenerateDesign
from evalkit.power.expected_power import ExpectedPower, expected_power
from evalkit.power.prices import Prices, cost
from evalkit.power.question import Question
from evalkit.power.scaled_power import ScaledPower
from evalkit.power.scenario import Scenario
from evalkit.power.varying import with_residents, with_sites, with_waves

FEWEST_RESIDENTS, FEWEST_WAVES = 5, 2


@dataclass(frozen=True)
class Limits:
    """Hold the largest design that is looked at.

    Parameters
    ----------
    sites, residents, waves : most sites in all, residents a site at the first wave, and waves.
    budget : most that it may cost; None for no limit.
    """

    sites: int = 40
    residents: int = 120
    waves: int = 10
    budget: float | None = None


@dataclass(frozen=True)
class PricedDesign:
    """Hold a design with its power and its cost; the cost is None without prices."""

    scenario: Scenario
    expected: ExpectedPower
    cost: float | None


@dataclass(frozen=True)
class Cheapest:
    """Hold the result of a search among designs.

    Parameters
    ----------
    design : the cheapest that reaches the goal; None when none does.
    best : where none does, the one whose true effect comes nearest to the smallest that it finds, within
        limits and budget, if they allow any.
    limits : what was searched.
    """

    design: PricedDesign | None
    best: PricedDesign | None
    limits: Limits


def cheapest_design(
    scenario: Scenario, question: Question, prices: Prices, *, goal: float = 0.8, limits: Limits = Limits()
) -> Cheapest:
    """Search the numbers of sites, residents and waves for the cheapest design with the wished power.

    Sites are added so that arms stay as unequal as they were, waves at their mean distance. For each number
    of sites and waves the formula gives the residents needed; designs are then tried from the cheapest on.

    Parameters
    ----------
    scenario : the assumptions; sites, residents and waves vary.
    question : what is asked; its test must have a formula.
    prices : of a design.
    goal : wished power.
    limits : of the search.

    Examples
    --------
    >>> from evalkit.power.measure import Measure
    >>> from evalkit.power.question import default_analysis
    >>> arms = {f"S{n}": "intervention" if n < 3 else "comparison" for n in range(6)}
    >>> scenario = Scenario((Measure("cohesion", (), yearly_change=0.5, plateau=2.0),), arms)
    >>> asked = Question(default_analysis(scenario, scenario.measures[0]))
    >>> dear_sites = Prices(per_site=5000, per_answer=10)
    >>> found = cheapest_design(scenario, asked, dear_sites, limits=Limits(sites=12, waves=3)).design
    >>> len(found.scenario.sites), len(found.scenario.times), found.expected.power > 0.8
    (8, 3, True)
    """
    reaching: list[tuple[float, Scenario]] = []
    affordable: list[tuple[float, float, Scenario]] = []
    for scaled in _by_waves(scenario, question, limits):
        for sites in range(2 * scaled.groups, limits.sites + 1, scaled.groups):
            most = _most_residents(scaled.scenario, sites, prices, limits)
            if most < FEWEST_RESIDENTS or scaled.power(sites, most) == 0:
                continue
            needed = max(scaled.residents_for(sites, goal), FEWEST_RESIDENTS)
            if needed <= most:
                design = _design(scaled.scenario, sites, math.ceil(needed))
                reaching.append((cost(design, prices), design))
            else:
                design = _design(scaled.scenario, sites, most)
                smallest = scaled.smallest_effect(sites, most, goal)
                affordable.append((abs(scaled.expected.truth) / smallest, -smallest, design))
    found = _first_reaching(reaching, question, prices, goal)
    if found is not None or not affordable:
        return Cheapest(found, None, limits)
    best = max(affordable, key=lambda one: one[:2])[2]
    return Cheapest(None, _priced(best, question, prices, goal), limits)


def _by_waves(scenario: Scenario, question: Question, limits: Limits) -> Iterator[ScaledPower]:
    """Give the power of the scenario with each number of waves that the question can be asked of."""
    for waves in range(FEWEST_WAVES, limits.waves + 1):
        design = with_waves(scenario, waves)
        try:
            expected = expected_power(design, question)
        except (DegenerateDesign, ProblemsFound):
            continue
        if expected is not None:
            yield ScaledPower(design, expected, question.alpha)


def _most_residents(scenario: Scenario, sites: int, prices: Prices, limits: Limits) -> int:
    """Return the most residents a site that limits and budget allow; costs rise evenly with them."""
    if limits.budget is None:
        return limits.residents
    few, many = (cost(_design(scenario, sites, number), prices) for number in (100, 200))
    each = (many - few) / 100
    left = limits.budget - (few - 100 * each)
    if left < 0:
        return 0
    return limits.residents if each <= 0 else min(limits.residents, math.floor(left / each + 1e-9))


def _first_reaching(
    reaching: list[tuple[float, Scenario]], question: Question, prices: Prices, goal: float
) -> PricedDesign | None:
    """Return the cheapest design that also reaches the goal when it is counted for itself."""
    for _, design in sorted(reaching, key=lambda one: (one[0], len(one[1].sites), len(one[1].times))):
        found = _priced(design, question, prices, goal)
        if found.expected.power >= goal:
            return found
    return None


def _priced(design: Scenario, question: Question, prices: Prices, goal: float) -> PricedDesign:
    expected = expected_power(design, question, goal)
    assert expected is not None, "the question has a formula, whatever the size"
    return PricedDesign(design, expected, cost(design, prices))


def _design(scenario: Scenario, sites: int, residents: int) -> Scenario:
    return with_residents(with_sites(scenario, sites), residents)
