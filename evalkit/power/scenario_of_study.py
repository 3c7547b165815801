"""The scenario that a study itself describes: its sites, arms, starts, waves, scales and plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from evalkit.instruments.instrument import Instrument, Scale
from evalkit.models.plan import Analysis, read_plan
from evalkit.power.assumptions import default
from evalkit.power.question import SIMULATED
from evalkit.power.scenario import ALPHA, ICC
from evalkit.power.scenario_file import PlannedOutcome, PlannedSite, ScenarioFile
from evalkit.study.study import Outcome, Study

DAYS_A_YEAR = 365.25
COMPARING = ("difference_in_change", "staggered_start", "baseline_adjusted")


def scenario_of_study(study: Study, population: str = "resident") -> ScenarioFile:
    """Return the scenario of a study that has none of its own, defaults where the study says nothing.

    Sites, arms, starts, years of the waves where there are several, and items of the scales are those of
    `study.yaml`; as many answer at the first wave as the usual response rate leaves of its households.

    Parameters
    ----------
    study : the study.
    population : whose outcomes.
    """
    first = study.waves[0].midpoint
    sites = tuple(
        PlannedSite(
            id=site.id,
            arm=site.arm,
            residents=None
            if site.households is None
            else max(1, round(site.households * default("response"))),
            start=None if site.started is None else max(0.0, _years(first, site.started)),
        )
        for site in study.sites
    )
    times = tuple(_years(first, wave.midpoint) for wave in study.waves)
    arms = [arm for arm in (site.arm for site in study.sites if site.started is not None) if arm is not None]
    return ScenarioFile(
        sites=sites,
        treated=arms[0] if arms else "intervention",
        waves=times if len(times) > 1 else int(default("waves")),
        outcomes=tuple(
            _outcome(study, outcome)
            for outcome in study.outcomes
            if study.population_of(outcome.scale.split(".")[0]) == population
        ),
    )


def planned_analyses(study: Study) -> Mapping[str, Analysis]:
    """Return the analysis of the plan that a simulation asks, by outcome: the first that compares sites.

    Of the locked plan when there is one, since `plan.yaml` is what was locked unless `evalkit plan diff` says
    otherwise.
    """
    found: dict[str, Analysis] = {}
    for wanted in (COMPARING, SIMULATED):
        for analysis in read_plan(study).analyses:
            if analysis.question in wanted:
                found.setdefault(analysis.outcome, analysis)
    return found


def _years(first: date, day: date) -> float:
    return round((day - first).days / DAYS_A_YEAR, 2)


def _outcome(study: Study, outcome: Outcome) -> PlannedOutcome:
    instrument, scale = study.scale_of(outcome)
    return PlannedOutcome(
        id=outcome.id,
        items=len(scale.items),
        answers=_answers(instrument, scale),
        reliability=ALPHA.get(scale.id, default("reliability")),
        icc=ICC.get(scale.id, default("icc")),
    )


def _answers(instrument: Instrument, scale: Scale) -> int:
    """Return how many answers the items of a scale offer: the fewest, three at least, eleven at most."""
    offered = [len(instrument.options_of(instrument.item(item))) for item in scale.items]
    return min(max(min(offered, default=5), 3), 11)
