"""Hold one analysis of a plan against its study."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.errors import ProblemsFound
from evalkit.models.formula import parse_formula
from evalkit.problems import Place, Problem, error, note
from evalkit.registry import discover
from evalkit.study.study import Study

if TYPE_CHECKING:
    from evalkit.models.plan import Analysis, Plan

KINDS, ENGINES = "evalkit.models.kinds", "evalkit.models.engines"
GROUPS = ("respondent", "site", "wave", "interviewer")

Where = Callable[..., Place]


def analysis_problems(
    analysis: Analysis, study: Study, place: Where, earlier: Sequence[str]
) -> Iterator[Problem]:
    """Give what is wrong with an analysis.

    Parameters
    ----------
    analysis : as the file says it.
    study : what its ids are looked up in.
    place : keys of a part of the analysis to the line where it stands.
    earlier : ids of the analyses before it.

    Returns
    -------
    An id used twice; an unknown question, engine, option, outcome, population, site or wave; a wave
    compared with itself or left out as well; random terms that cannot be read; words in too few languages.
    """
    if analysis.id in earlier:
        yield error("plan.duplicate_id", place("id"), id=analysis.id)
    yield from _question_problems(analysis, place)
    yield from _outcome_problems(analysis, study, place)
    yield from _random_problems(analysis, place)
    yield from _wave_problems(analysis, study, place)
    for site in analysis.exclusions.sites:
        if site not in study.sites_by_id:
            yield error("plan.unknown_site", place("exclusions", "sites"), name=site)
    if analysis.estimand is not None:
        for lang in analysis.estimand.missing(study.languages):
            yield error("plan.missing_language", place("estimand"), language=lang)


def plan_notes(plan: Plan, study: Study, file: Path | None) -> Iterator[Problem]:
    """Give what is worth knowing of a plan: that it is the default one, or outcomes that it leaves out.

    Parameters
    ----------
    file : the plan's file; None when the default plan holds.
    """
    if file is None:
        yield note("plan.default_holds")
        return
    asked = {analysis.outcome for analysis in plan.analyses}
    for outcome in study.outcomes:
        if outcome.id not in asked:
            yield note("plan.outcome_not_analysed", Place(file=str(file)), outcome=outcome.id)


def _question_problems(analysis: Analysis, place: Where) -> Iterator[Problem]:
    kinds, engines = discover(KINDS, "KIND"), discover(ENGINES, "ENGINE")
    if analysis.engine not in engines:
        known = ", ".join(engines)
        yield error("plan.unknown_engine", place("engine"), name=analysis.engine, known=known)
    if analysis.question not in kinds:
        known = ", ".join(kinds)
        yield error("plan.unknown_question", place("question"), name=analysis.question, known=known)
        return
    declared = kinds[analysis.question].options
    for name in analysis.options:
        if name not in declared:
            where, facts = place("options", name), {"name": name, "question": analysis.question}
            if declared:
                yield error("plan.unknown_option", where, **facts, known=", ".join(sorted(declared)))
            else:
                yield error("plan.no_options", where, **facts)


def _outcome_problems(analysis: Analysis, study: Study, place: Where) -> Iterator[Problem]:
    populations = study.file.populations
    if analysis.population not in populations:
        known = ", ".join(populations)
        yield error("plan.unknown_population", place("population"), name=analysis.population, known=known)
    outcomes = {outcome.id: outcome for outcome in study.outcomes}
    if analysis.outcome not in outcomes:
        known = ", ".join(outcomes)
        yield error("plan.unknown_outcome", place("outcome"), name=analysis.outcome, known=known)
        return
    asked = study.population_of(outcomes[analysis.outcome].scale.split(".")[0])
    if asked != analysis.population and analysis.population in populations:
        names = {"outcome": analysis.outcome, "population": analysis.population, "asked": asked}
        yield error("plan.other_population", place("population"), **names)


def _random_problems(analysis: Analysis, place: Where) -> Iterator[Problem]:
    if analysis.random is None:
        return
    try:
        formula = parse_formula(f"{analysis.outcome} ~ {analysis.random}")
    except ProblemsFound as found:
        yield from (replace(problem, where=place("random")) for problem in found.problems)
        return
    if formula.fixed != "1":
        yield error("plan.fixed_in_random", place("random"), part=formula.fixed)
    named = dict.fromkeys(group for bar in formula.bars for group in bar.group)
    for group in named:
        if group not in GROUPS:
            yield error("plan.unknown_group", place("random"), name=group, known=", ".join(GROUPS))


def _wave_problems(analysis: Analysis, study: Study, place: Where) -> Iterator[Problem]:
    since, compared = analysis.contrast.since, analysis.contrast.waves or ()
    out = analysis.exclusions.waves
    for wave in (since, *compared, *out):
        if wave is not None and wave not in study.waves_by_id:
            yield error("plan.unknown_wave", place(), name=wave)
    for wave in out:
        if wave in (since, *compared):
            yield error("plan.wave_left_out", place("exclusions", "waves"), name=wave)
    if since in compared:
        yield error("plan.wave_with_itself", place("contrast"), name=since)
