"""Advice in words: what binds, what a step buys, what is cheapest, what can be learnt instead."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.power.advice import MORE_RESIDENTS, Advice, Option
from evalkit.power.cheapest import Cheapest, PricedDesign
from evalkit.power.expected_power import ExpectedPower
from evalkit.power.scenario import Scenario
from evalkit.texts.numbers import Number, Percent
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "power.advice"
NEARLY_ALL = 0.995  # a power above it would be rounded to a certainty that no study has


def advice_words(advice: Advice) -> tuple[Phrase, ...]:
    """Return the advice as short sentences, in the order in which they are read.

    Examples
    --------
    >>> from evalkit.power.advice import advise
    >>> from evalkit.power.measure import Measure
    >>> from evalkit.power.question import Question, default_analysis
    >>> arms = {f"S{n}": "intervention" if n < 3 else "comparison" for n in range(6)}
    >>> scenario = Scenario((Measure("cohesion", ()),), arms, times=(0.0, 1.0, 2.0, 3.0, 4.0))
    >>> words = advice_words(advise(scenario, Question(default_analysis(scenario, scenario.measures[0]))))
    >>> words[0].say("en")
    '6 sites, 40 residents each, 5 waves: 9 of 100 such studies would find the effect of 2.2 points.'
    """
    return tuple(_sentences(advice))


def power_in_words(power: float) -> Percent | Phrase:
    """Return a power as a percentage; one that rounds to all is said to lie above 99."""
    return Percent(power) if power < NEARLY_ALL else phrase("power.over", share=Percent(0.99))


def _sentences(advice: Advice) -> Iterator[Phrase]:
    now = advice.now
    yield from _of_design(advice)
    yield phrase(
        f"{TEXTS}.binds.{advice.binds}",
        goal=Percent(advice.goal),
        between=Percent(now.from_sites),
        within=Percent(1 - now.from_sites),
    )
    if now.truth and advice.ceiling_of_residents < advice.goal:
        width = Number(now.half_width * now.from_sites**0.5)
        yield phrase(f"{TEXTS}.ceiling", power=power_in_words(advice.ceiling_of_residents), half=width)
    for option in advice.options:
        yield _bought(option, advice)
    if now.truth:
        yield from _needed(advice)
    if advice.cheapest is not None:
        yield from _of_search(advice.cheapest, advice)
    elif now.truth and advice.sites_needed is None and advice.residents_needed is None:
        yield phrase(f"{TEXTS}.learn", half=Number(now.half_width))


def _of_design(advice: Advice) -> Iterator[Phrase]:
    size, now = size_of(advice.scenario), advice.now
    if now.truth:
        yield phrase(f"{TEXTS}.now", **size, **_found(now))
    else:
        yield phrase(f"{TEXTS}.now_without", **size)
    yield phrase(f"{TEXTS}.smallest", goal=Percent(advice.goal), smallest=Number(now.smallest_effect))
    yield phrase(f"{TEXTS}.half_width", half=Number(now.half_width))
    if advice.cost is not None:
        yield phrase(f"{TEXTS}.cost", cost=_money(advice.cost, advice))


def _bought(option: Option, advice: Advice) -> Phrase:
    arms = len(set(advice.scenario.arms.values()))
    step = "sites_of_one_group" if option.step == "sites" and arms == 1 else option.step
    values = {
        "step": phrase(f"{TEXTS}.step.{step}", more=MORE_RESIDENTS),
        "power": power_in_words(option.expected.power),
        "smallest": Number(option.expected.smallest_effect),
        "half": Number(option.expected.half_width),
    }
    if option.cost is None:
        return phrase(f"{TEXTS}.option", **values)
    less = option.cost < 0
    cost = _money(abs(option.cost), advice)
    return phrase(f"{TEXTS}.option_{'saving' if less else 'priced'}", **values, cost=cost)


def _needed(advice: Advice) -> Iterator[Phrase]:
    goal, size, limits = Percent(advice.goal), size_of(advice.scenario), advice.limits
    if advice.sites_needed is not None:
        yield phrase(
            f"{TEXTS}.sites_needed", goal=goal, needed=advice.sites_needed, residents=size["residents"]
        )
    else:
        yield phrase(f"{TEXTS}.no_sites", goal=goal, limit=limits.sites, residents=size["residents"])
    if advice.residents_needed is not None:
        yield phrase(
            f"{TEXTS}.residents_needed", goal=goal, needed=advice.residents_needed, sites=size["sites"]
        )
    elif advice.ceiling_of_residents >= advice.goal:
        yield phrase(f"{TEXTS}.no_residents", goal=goal, limit=limits.residents, sites=size["sites"])


def _of_search(found: Cheapest, advice: Advice) -> Iterator[Phrase]:
    goal, limits = Percent(advice.goal), found.limits
    if found.design is not None:
        yield phrase(f"{TEXTS}.cheapest", goal=goal, **_design(found.design, advice))
        return
    if limits.budget is not None:
        yield phrase(f"{TEXTS}.none_affordable", goal=goal, budget=_money(limits.budget, advice))
    else:
        size = {"sites": limits.sites, "residents": limits.residents, "waves": limits.waves}
        yield phrase(f"{TEXTS}.none_in_reach", goal=goal, **size)
    if found.best is None:
        yield phrase(f"{TEXTS}.nothing_affordable")
        return
    yield phrase(f"{TEXTS}.best", **_design(found.best, advice))
    if found.best.expected.truth:
        yield phrase(f"{TEXTS}.best_finds", **_found(found.best.expected))
    yield phrase(f"{TEXTS}.learn", half=Number(found.best.expected.half_width))


def size_of(scenario: Scenario) -> dict[str, int]:
    """Return the numbers of sites, of residents a site on average, and of waves."""
    sites = len(scenario.sites)
    return {"sites": sites, "residents": round(sum(scenario.sizes) / sites), "waves": len(scenario.times)}


def _found(expected: ExpectedPower) -> dict[str, Number]:
    return {"hundred": Number(100 * expected.power, 0), "truth": Number(expected.truth)}


def _design(priced: PricedDesign, advice: Advice) -> dict[str, object]:
    return {**size_of(priced.scenario), "cost": _money(priced.cost or 0.0, advice)}


def _money(amount: float, advice: Advice) -> Phrase:
    assert advice.prices is not None, "amounts come from prices"
    return phrase(f"{TEXTS}.money", amount=Number(amount, 0), currency=advice.prices.currency)
