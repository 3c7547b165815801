"""Answer what is asked of a design: formula, simulation, curve, smallest effect, smallest number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from evalkit.errors import ProblemsFound
from evalkit.power.advice import Advice, advise
from evalkit.power.cheapest import Limits
from evalkit.power.chunks import Workers
from evalkit.power.degenerate import DegenerateDesign
from evalkit.power.degenerate_words import degenerate_problem, impossible_scores
from evalkit.power.diagnosands import Share
from evalkit.power.expected_power import ExpectedPower, expected_power
from evalkit.power.planning import PowerPlan
from evalkit.power.scenario import Scenario
from evalkit.power.searching import Found, search
from evalkit.power.simulated_power import DEFAULT_SEED, SimulatedPower, curve, simulate_power
from evalkit.power.varying import PARAMETERS, with_effect
from evalkit.problems import error

Progress = Callable[[str, int, int], None]
ALONE = Workers()
# How far a search looks: nobody would follow more.
LARGEST: Mapping[str, int] = {"residents": 400, "sites": 60, "waves": 15}
SMALLEST: Mapping[str, int] = {"residents": 5, "sites": 4, "waves": 2}
LESS, MORE = 0.7, 1.4  # of what the formula says: where a search by simulation begins
MOST_TIMES = 12.0  # the smallest detectable effect is looked for up to so many times that of the scenario


@dataclass(frozen=True)
class Request:
    """Hold what is asked.

    Parameters
    ----------
    simulations : data sets; 0 for the formula alone.
    curve : an assumption and its values.
    smallest_effect : whether it is searched by simulation.
    number_for : wished power for which the smallest number is searched.
    over : what that number counts: `residents`, `sites` or `waves`.
    seed, workers : of the simulation.
    """

    simulations: int
    curve: tuple[str, tuple[float, ...]] | None = None
    smallest_effect: bool = False
    number_for: float | None = None
    over: str = "residents"
    seed: int = DEFAULT_SEED
    workers: Workers = ALONE


@dataclass(frozen=True)
class Answer:
    """Hold the answers.

    Parameters
    ----------
    plan, request : what was asked.
    expected : by formula, by outcome; None where a question has no formula.
    simulated : None when nothing was to be simulated.
    curve : simulated power by value, and by formula.
    smallest_effect : by simulation: the factor of the scenario's effect of the first outcome, and its power.
    number : the smallest number, and its power.
    advice : what binds, and what others would buy; None where the first question has no formula.
    """

    plan: PowerPlan
    request: Request
    expected: Mapping[str, ExpectedPower | None]
    simulated: SimulatedPower | None = None
    curve: Mapping[float, SimulatedPower] = field(default_factory=dict)
    expected_curve: Mapping[float, ExpectedPower | None] = field(default_factory=dict)
    smallest_effect: Found | None = None
    number: Found | None = None
    advice: Advice | None = None


def answer(plan: PowerPlan, request: Request, progress: Progress | None = None) -> Answer:
    """Answer what is asked of a design.

    Parameters
    ----------
    plan : scenario and questions.
    request : what is asked.
    progress : called with the part at work, how many data sets are done, and how many there are.

    Raises
    ------
    ProblemsFound : a design that cannot bear a number, each outcome with its reason.
    """
    expected = _expected(plan)
    known = Answer(plan, request, expected, advice=_advice(plan, expected))
    if not request.simulations:
        return _without_simulation(known)
    scenario, questions = plan.scenario, plan.questions
    common = {"seed": request.seed, "workers": request.workers, "simulations": request.simulations}
    found = simulate_power(scenario, questions, progress=_of(progress, "power"), **common)  # type: ignore[arg-type]
    known = replace(known, simulated=found)
    if request.curve is not None:
        name, values = request.curve
        along = curve(scenario, questions, name, values, progress=_of(progress, "curve"), **common)  # type: ignore[arg-type]
        known = replace(known, curve=along, expected_curve=_expected_along(plan, name, values))
    if request.smallest_effect:
        known = replace(known, smallest_effect=_smallest_effect(known, progress))
    if request.number_for is not None:
        known = replace(known, number=_smallest_number(known, request.number_for, progress))
    return known


def _expected(plan: PowerPlan) -> dict[str, ExpectedPower | None]:
    impossible = impossible_scores(plan.scenario)
    if impossible:
        raise ProblemsFound(impossible)
    try:
        return {
            question.analysis.outcome: expected_power(plan.scenario, question, plan.file.goal)
            for question in plan.questions
        }
    except DegenerateDesign as fault:
        raise ProblemsFound([degenerate_problem(fault.reason, plan.scenario)]) from None


def _advice(plan: PowerPlan, expected: Mapping[str, ExpectedPower | None]) -> Advice | None:
    if any(part is None for part in expected.values()):
        return None
    limits = Limits(**plan.file.limits.model_dump())
    return advise(
        plan.scenario, plan.questions[0], goal=plan.file.goal, prices=plan.file.prices, limits=limits
    )


def _without_simulation(known: Answer) -> Answer:
    """Answer a curve and a smallest number by formula."""
    request = known.request
    if request.curve is not None:
        known = replace(known, expected_curve=_expected_along(known.plan, *request.curve))
    if request.number_for is not None:
        known = replace(known, number=_number(known, request.number_for, _by_formula(known)))
    return known


def _expected_along(
    plan: PowerPlan, name: str, values: tuple[float, ...]
) -> dict[float, ExpectedPower | None]:
    """Return the formula's power of the first outcome for each value; None where there is none."""
    found: dict[float, ExpectedPower | None] = {}
    for value in values:
        try:
            changed = PARAMETERS[name](plan.scenario, value)
            found[value] = expected_power(changed, plan.questions[0], plan.file.goal)
        except DegenerateDesign:
            found[value] = None
    return found


def _smallest_effect(known: Answer, progress: Progress | None) -> Found:
    """Search the factor of the scenario's effect that reaches the goal, near where the formula sees it."""
    truth = known.simulated.designs[0].worth.truth if known.simulated else 0.0
    if not truth:
        raise ProblemsFound([error("power.no_effect_to_scale")])
    scenario, formula = known.plan.scenario, known.expected[known.plan.questions[0].analysis.outcome]
    near = None if formula is None else abs(formula.smallest_effect / truth)

    def power_at(factor: float) -> Share:
        return _simulated(known, with_effect(scenario, factor), progress, "mdes")

    return _search_near(power_at, known.plan.file.goal, near, 0.0, MOST_TIMES, whole=False)


def _smallest_number(known: Answer, goal: float, progress: Progress | None) -> Found:
    over = known.request.over
    change, formula = PARAMETERS[over], _by_formula(known)
    usable = all(part is not None for part in known.expected.values())
    near = search(formula, goal, SMALLEST[over], LARGEST[over], whole=True).value if usable else None

    def power_at(number: float) -> Share:
        return _simulated(known, change(known.plan.scenario, number), progress, "number")

    return _search_near(power_at, goal, near, SMALLEST[over], LARGEST[over], whole=True)


def _search_near(
    power_at: Callable[[float], Share],
    goal: float,
    near: float | None,
    low: float,
    high: float,
    *,
    whole: bool,
) -> Found:
    """Search around a value; over the whole range when it does not lie there."""
    if near is not None and low < near < high:
        ends = max(low, LESS * near), min(high, MORE * near)
        close = (int(ends[0]), int(ends[1]) + 1) if whole else ends
        found = search(power_at, goal, *close, whole=whole)
        if found.value is not None and found.value > close[0]:
            return found
    return search(power_at, goal, low, high, whole=whole)


def _number(known: Answer, goal: float, power_at: Callable[[float], Share]) -> Found:
    over = known.request.over
    return search(power_at, goal, SMALLEST[over], LARGEST[over], whole=True)


def _by_formula(known: Answer) -> Callable[[float], Share]:
    change, question = PARAMETERS[known.request.over], known.plan.questions[0]

    def power_at(number: float) -> Share:
        found = expected_power(change(known.plan.scenario, number), question, known.plan.file.goal)
        power = float("nan") if found is None else found.power
        return Share(0, 0, power, power, power)

    return power_at


def _simulated(known: Answer, scenario: Scenario, progress: Progress | None, part: str) -> Share:
    """Return the power of the first outcome, drawn alone: the others would cost as much again."""
    request, question = known.request, known.plan.questions[0]
    measures = tuple(m for m in scenario.measures if m.id == question.analysis.outcome)
    found = simulate_power(
        replace(scenario, measures=measures),
        [question],
        simulations=request.simulations,
        seed=request.seed,
        workers=request.workers,
        progress=_of(progress, part),
        null=False,
    )
    return found.designs[0].worth.power


def _of(progress: Progress | None, part: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(part, done, total)
