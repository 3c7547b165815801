"""The paragraph on power for a protocol or a grant application."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import evalkit
from evalkit.power.advice_words import power_in_words, size_of
from evalkit.power.diagnosands import Share
from evalkit.power.expected_power import ExpectedPower
from evalkit.power.measure import Measure
from evalkit.power.question import Question
from evalkit.power.scenario import Scenario
from evalkit.power.simulated_power import DesignWorth, SimulatedPower
from evalkit.texts.lists import listed
from evalkit.texts.numbers import Number, Percent
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import Text, text_of

TEXTS = "power.protocol"


def protocol_paragraph(
    scenario: Scenario,
    question: Question,
    expected: ExpectedPower | None,
    simulated: SimulatedPower | None = None,
    *,
    goal: float = 0.8,
    names: Mapping[str, Text] = MappingProxyType({}),
) -> tuple[Phrase, ...]:
    """Return the sentences of a paragraph: design, assumptions, test, power, smallest effect, software.

    Parameters
    ----------
    scenario, question : the design, and what is asked of it.
    expected : its power by formula; None for a question whose test has none.
    simulated : its power by simulation, if it was simulated.
    goal : power that the smallest effect of `expected` is for.
    names : of outcomes and arms, by id.

    References
    ----------
    Campbell, Piaggio, Elbourne & Altman 2012, BMJ 345:e5661 (CONSORT for cluster trials, item 7a: cluster
    sizes, ICC and its uncertainty, method).

    Examples
    --------
    >>> from evalkit.power.question import default_analysis
    >>> arms = {"S1": "intervention", "S2": "intervention", "S3": "comparison", "S4": "comparison"}
    >>> scenario = Scenario((Measure("cohesion", ()),), arms)
    >>> asked = Question(default_analysis(scenario, scenario.measures[0]))
    >>> protocol_paragraph(scenario, asked, None)[0].say("en")
    'The design has 4 sites (2 intervention and 2 comparison) and 3 waves over 2 years.'
    """
    measure = next(one for one in scenario.measures if one.id == question.analysis.outcome)
    return (
        *_design(scenario, names),
        *_assumptions(scenario, measure, names),
        *_attrition(scenario, names),
        *_test(question, expected, measure, goal),
        *(() if simulated is None else _simulated(simulated, measure)),
        phrase(f"{TEXTS}.version", version=evalkit.__version__),
    )


def _design(scenario: Scenario, names: Mapping[str, Text]) -> Iterator[Phrase]:
    size, sizes = size_of(scenario), scenario.sizes
    groups = [
        phrase(
            f"{TEXTS}.group",
            number=number,
            arm=phrase(f"{TEXTS}.no_arm") if arm is None else names.get(arm, arm),
        )
        for arm, number in Counter(scenario.arms.values()).items()
    ]
    years = _years(scenario.times[-1])
    yield phrase(
        f"{TEXTS}.design", sites=size["sites"], arms=listed(groups), waves=size["waves"], years=years
    )
    if min(sizes) == max(sizes):
        yield phrase(f"{TEXTS}.residents", residents=sizes[0], sites=size["sites"])
    else:
        yield phrase(
            f"{TEXTS}.residents_varying", low=min(sizes), high=max(sizes), residents=size["residents"]
        )
    if any(scenario.starts.values()):
        yield phrase(f"{TEXTS}.starts", late=sum(start > 0 for start in scenario.starts.values()))
    if any(scenario.not_asked.values()):
        yield phrase(f"{TEXTS}.not_asked", cells=sum(len(waves) for waves in scenario.not_asked.values()))


def _assumptions(scenario: Scenario, measure: Measure, names: Mapping[str, Text]) -> Iterator[Phrase]:
    yield phrase(
        f"{TEXTS}.assumptions",
        outcome=names.get(measure.id, measure.id),
        sd=Number(measure.sd),
        alpha=Number(measure.alpha, 2),
        icc=Number(measure.icc, 3),
        cac=Number(scenario.cac, 2),
        stability=Number(scenario.stability, 2),
    )
    yield phrase(
        f"{TEXTS}.effect_{scenario.shape}",
        lag=_years(scenario.lag),
        yearly=Number(measure.yearly_change, 2),
        plateau=Number(measure.plateau, 2),
    )
    if scenario.effect_sd:
        yield phrase(f"{TEXTS}.effect_varies", share=Percent(scenario.effect_sd))
    if scenario.site_slope or scenario.resident_slope:
        slopes = {"site": Number(scenario.site_slope, 2), "resident": Number(scenario.resident_slope, 2)}
        yield phrase(f"{TEXTS}.slopes", **slopes)


def _attrition(scenario: Scenario, names: Mapping[str, Text]) -> Iterator[Phrase]:
    if scenario.attrition_by_wave:
        shares = listed([text_of(f"{100 * share:.0f}") for share in scenario.attrition_by_wave])
        yield phrase(f"{TEXTS}.attrition_by_wave", shares=shares)
    else:
        yield phrase(f"{TEXTS}.attrition", share=Percent(scenario.attrition))
    for arm, share in scenario.attrition_by_arm.items():
        yield phrase(f"{TEXTS}.attrition_of_arm", arm=names.get(arm, arm), share=Percent(share))
    yield phrase(
        f"{TEXTS}.newcomers", refreshed=Percent(scenario.refreshment), skipped=Percent(scenario.wave_skip)
    )


def _test(
    question: Question, expected: ExpectedPower | None, measure: Measure, goal: float
) -> Iterator[Phrase]:
    tests = listed([phrase(f"power.test.{test}") for test in question.tests])
    yield phrase(f"{TEXTS}.test", tests=tests, alpha=Percent(question.alpha))
    if expected is None:
        return
    if expected.truth:
        yield phrase(
            f"{TEXTS}.formula",
            truth=Number(expected.truth),
            in_sd=Number(expected.truth / measure.sd, 2),
            df=Number(expected.df, 0),
            power=power_in_words(expected.power),
        )
    yield phrase(
        f"{TEXTS}.smallest",
        goal=Percent(goal),
        smallest=Number(expected.smallest_effect),
        in_sd=Number(expected.smallest_effect / measure.sd, 2),
    )
    level = Percent(1 - question.alpha)
    yield phrase(f"{TEXTS}.interval", level=level, half=Number(expected.half_width))


def _simulated(simulated: SimulatedPower, measure: Measure) -> Iterator[Phrase]:
    yield phrase(f"{TEXTS}.simulated", simulations=simulated.simulations, seed=str(simulated.seed))
    for design in simulated.designs:
        if design.outcome == measure.id:
            yield from _of_test(design)
    for test, shares in simulated.joint.items():
        method = phrase(f"power.test.{test}")
        yield phrase(f"{TEXTS}.joint", test=method, any=_share(shares["any"]), all=_share(shares["all"]))


def _of_test(design: DesignWorth) -> Iterator[Phrase]:
    method, worth = phrase(f"power.test.{design.test}"), design.worth
    if worth.power.of:
        yield phrase(f"{TEXTS}.rejects", test=method, power=_share(worth.power))
    if worth.failed or worth.withheld:
        yield phrase(f"{TEXTS}.without_a_test", failed=worth.failed, withheld=worth.withheld)
    if design.false_positives is not None and design.false_positives.of:
        yield phrase(f"{TEXTS}.false_positives", share=_share(design.false_positives))


def _years(years: float) -> Phrase:
    whole = years % 1 == 0
    # Between one and two years English already counts in the plural.
    count = 2 if 1 < years < 2 else int(years)
    return phrase(f"{TEXTS}.years", count=count, years=Number(years, 0 if whole else 1))


def _share(share: Share) -> Phrase:
    ends = {"value": share.value, "low": share.low, "high": share.high}
    return phrase(f"{TEXTS}.share", **{name: Percent(value, 1) for name, value in ends.items()})
