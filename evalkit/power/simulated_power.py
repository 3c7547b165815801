"""The power of a design by simulation of the analysis that will be run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from evalkit.power.chunks import Key, Workers, run
from evalkit.power.diagnosands import Diagnosands, Share, diagnose, together
from evalkit.power.drawing import draw
from evalkit.power.question import Question, pose_first, truth
from evalkit.power.replicates import Replicates
from evalkit.power.scenario import Scenario
from evalkit.power.varying import PARAMETERS, with_effect
from evalkit.problems import Problem

Progress = Callable[[int, int], None]
DEFAULT_SIMULATIONS, DEFAULT_SEED = 1000, 2026
ENDS = (("", "value"), ("_low", "low"), ("_high", "high"))
NUMBERS = (
    "simulations", "singular", "withheld", "failed", "truth", "bias", "bias_error", "spread", "std_error",
    "width", "exaggeration",
)  # fmt: skip


@dataclass(frozen=True)
class DesignWorth:
    """Hold what one test of one outcome is worth.

    Parameters
    ----------
    outcome, test : id of the measure, name of the method.
    worth : power, bias, coverage and the rest.
    false_positives : share that rejects where the intervention changes nothing; None when not simulated.
    """

    outcome: str
    test: str
    worth: Diagnosands
    false_positives: Share | None


@dataclass(frozen=True)
class SimulatedPower:
    """Hold a simulated design.

    Parameters
    ----------
    scenario, questions : what was simulated, and asked.
    seed, simulations : which data sets, and how many.
    designs : one an outcome and test.
    joint : by test, how often any outcome rejects and how often all do, with Holm's adjustment; empty with
        a single outcome.
    """

    scenario: Scenario
    questions: tuple[Question, ...]
    seed: int
    simulations: int
    designs: tuple[DesignWorth, ...]
    joint: Mapping[str, Mapping[str, Share]]

    @property
    def table(self) -> pd.DataFrame:
        """Return one row an outcome and test: counts, shares with their intervals, points."""
        return pd.DataFrame([_row(design) for design in self.designs])


def simulate_power(
    scenario: Scenario,
    questions: Sequence[Question],
    *,
    simulations: int = DEFAULT_SIMULATIONS,
    seed: int = DEFAULT_SEED,
    workers: Workers = Workers(),
    progress: Progress | None = None,
    null: bool = True,
) -> SimulatedPower:
    """Simulate a design and tell what its tests are worth.

    Data come from the scenario and go through the model kind, the site means and the tests that `evalkit
    fit` uses.

    Parameters
    ----------
    scenario : the assumptions.
    questions : one an outcome.
    simulations : data sets.
    seed : of all chance; the same gives the same table, whoever works.
    workers : processes, or a dask scheduler, and where chunks are kept.
    progress : called with how many data sets are done, and how many there are.
    null : whether to simulate besides the same design without any change, for false positives.

    Raises
    ------
    ProblemsFound : a question or contrast that a scenario cannot answer.

    Examples
    --------
    >>> from evalkit.power.measure import Measure
    >>> from evalkit.power.question import default_analysis
    >>> arms = {"S1": "intervention", "S2": "intervention", "S3": "comparison", "S4": "comparison"}
    >>> scenario = Scenario((Measure("cohesion", (), yearly_change=1.0),), arms, times=(0.0, 2.0))
    >>> question = Question(default_analysis(scenario, scenario.measures[0]))
    >>> found = simulate_power(scenario, [question], simulations=50)
    >>> found.designs[0].worth.truth, found.designs[0].worth.power.of
    (5.25, 50)
    """
    truths = _truths(scenario, questions)
    wanted = null and any(truths.values())
    total = simulations * (2 if wanted else 1)
    report = _scaled(progress, total)
    found = run(scenario, questions, simulations, seed, workers, report(0))
    without = (
        run(with_effect(scenario, 0.0), questions, simulations, seed, workers, report(simulations))
        if wanted
        else {}
    )
    alphas = {question.analysis.outcome: question.alpha for question in questions}
    designs = tuple(_designs(found, without, truths, alphas))
    return SimulatedPower(scenario, tuple(questions), seed, simulations, designs, _joint(found, questions))


def curve(
    scenario: Scenario,
    questions: Sequence[Question],
    parameter: str,
    values: Sequence[float],
    *,
    simulations: int = DEFAULT_SIMULATIONS,
    seed: int = DEFAULT_SEED,
    workers: Workers = Workers(),
    progress: Progress | None = None,
) -> dict[float, SimulatedPower]:
    """Return the power for each value of a parameter, on one stream of chance.

    Parameters
    ----------
    parameter : of `PARAMETERS`.
    values : what it takes.
    scenario, questions, simulations, seed, workers, progress : as for `simulate_power`.

    Raises
    ------
    ValueError : a parameter that nobody knows.
    """
    if parameter not in PARAMETERS:
        raise ValueError(f"{parameter}: not one of {', '.join(PARAMETERS)}")
    report = _scaled(progress, simulations * len(values))
    return {
        value: simulate_power(
            PARAMETERS[parameter](scenario, value),
            questions,
            simulations=simulations,
            seed=seed,
            workers=workers,
            progress=report(place * simulations),
            null=False,
        )
        for place, value in enumerate(values)
    }


def _truths(scenario: Scenario, questions: Sequence[Question]) -> dict[str, float]:
    """Return what is true of each question's contrast; zero where the design does not hold it."""
    drawn = draw(scenario, 1, DEFAULT_SEED)
    ids = [measure.id for measure in scenario.measures]
    found = dict.fromkeys((question.analysis.outcome for question in questions), 0.0)
    for question in questions:
        number = ids.index(question.analysis.outcome)
        posed = pose_first(scenario, drawn, question, number)
        if not isinstance(posed, Problem):
            found[question.analysis.outcome] = truth(scenario, scenario.measures[number], posed)
    return found


def _designs(
    found: Mapping[Key, Replicates],
    without: Mapping[Key, Replicates],
    truths: Mapping[str, float],
    alphas: Mapping[str, float],
) -> Iterator[DesignWorth]:
    for (outcome, test), part in found.items():
        worth = diagnose(part, truths[outcome], alphas[outcome])
        null = without.get((outcome, test), part if truths[outcome] == 0 else None)
        false = None if null is None else diagnose(null, 0.0, alphas[outcome]).power
        yield DesignWorth(outcome, test, worth, false)


def _joint(
    found: Mapping[Key, Replicates], questions: Sequence[Question]
) -> Mapping[str, Mapping[str, Share]]:
    if len(questions) < 2:
        return {}
    tests = [test for test in questions[0].tests if all(test in question.tests for question in questions)]
    return {
        test: together([found[q.analysis.outcome, test] for q in questions], questions[0].alpha)
        for test in tests
    }


def _scaled(progress: Progress | None, total: int) -> Callable[[int], Progress | None]:
    """Return progress of a part of the work as progress of the whole."""

    def of_part(before: int) -> Progress | None:
        if progress is None:
            return None
        return lambda done, _: progress(before + done, total)

    return of_part


def _row(design: DesignWorth) -> dict[str, object]:
    worth, none = design.worth, Share(0, 0, float("nan"), float("nan"), float("nan"))
    shares = {
        "power": worth.power,
        "false_positives": design.false_positives or none,
        "coverage": worth.coverage,
        "wrong_sign": worth.wrong_sign or none,
    }
    ends = {f"{name}{end}": getattr(share, part) for name, share in shares.items() for end, part in ENDS}
    return {
        "outcome": design.outcome,
        "test": design.test,
        **{name: getattr(worth, name) for name in NUMBERS},
        **ends,
    }
