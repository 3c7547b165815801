"""The analysis plan: which question is asked of which outcome, and how."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from evalkit.errors import ProblemsFound
from evalkit.problems import Problem, error
from evalkit.registry import discover
from evalkit.study.study import Family, Outcome, Study
from evalkit.yaml_files import Model, YamlFile, read_yaml

PLAN_FILE = "plan.yaml"
KINDS = "evalkit.models.kinds"
DEFAULT_QUESTIONS = ("change_since_baseline", "difference_in_change", "staggered_start")

AnalysisId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]


class Contrast(Model):
    """Hold which waves are compared: each of `waves` with `since`; by default each with the first."""

    since: str | None = None
    waves: tuple[str, ...] | None = None


class Exclusions(Model):
    """Hold what is left out of an analysis: whole sites, whole waves."""

    sites: tuple[str, ...] = ()
    waves: tuple[str, ...] = ()


class Analysis(Model):
    """Hold one analysis of the plan.

    Parameters
    ----------
    id : name of the analysis and of its file in `out/fits/`.
    question : a model kind, a file of `models/kinds/`.
    outcome : id of an outcome of the study.
    population : who answers; the population of the outcome's questionnaire.
    family : place in the plan; by default that of the outcome.
    smallest_change : in points; by default that of the outcome.
    inference : how intervals come about: t over the changes of sites.
    missing : how those who did not answer in every wave count: by likelihood.
    """

    id: AnalysisId
    question: str
    outcome: str
    population: str = "resident"
    contrast: Contrast = Contrast()
    family: Family | None = None
    smallest_change: Annotated[float, Field(ge=0)] | None = None
    inference: Literal["site_changes"] = "site_changes"
    missing: Literal["likelihood"] = "likelihood"
    exclusions: Exclusions = Exclusions()


class Plan(Model):
    """Hold the analyses of a study, in the order in which they are shown."""

    analyses: tuple[Analysis, ...]


def read_plan(study: Study) -> Plan:
    """Read the plan of a study, or make the default one.

    The plan is the file that `study.yaml` names, else `plan.yaml`. Without either, every question that
    the design allows is asked of every outcome: change since baseline, and the difference in change when
    sites have two arms.

    Raises
    ------
    ProblemsFound : all problems of the file: what YAML and its types do not allow, an unknown question,
        outcome, population, site or wave, an id used twice.
    """
    named = study.file.plan
    path = study.folder / (named or PLAN_FILE)
    if named is None and not path.is_file():
        return default_plan(study)
    yaml = read_yaml(path, Plan)
    problems = [p for n, _ in enumerate(yaml.content.analyses) for p in _analysis_problems(yaml, n, study)]
    if problems:
        raise ProblemsFound(problems)
    return Plan(analyses=tuple(_completed(analysis, study) for analysis in yaml.content.analyses))


def default_plan(study: Study) -> Plan:
    """Return the plan of a study that has written none."""
    analyses = [
        Analysis(
            id=f"{question.replace('_', '-')}-{outcome.id}",
            question=question,
            outcome=outcome.id,
            population=study.population_of(outcome.scale.split(".")[0]),
        )
        for outcome in study.outcomes
        for question in DEFAULT_QUESTIONS
        if discover(KINDS, "KIND")[question].suits(study)
    ]
    return Plan(analyses=tuple(_completed(analysis, study) for analysis in analyses))


def outcome_of(analysis: Analysis, study: Study) -> Outcome:
    """Return the outcome of an analysis; KeyError when the study has none of this id."""
    return {outcome.id: outcome for outcome in study.outcomes}[analysis.outcome]


def plan_path(study: Study) -> Path | None:
    """Return the file of the plan, or None when the default plan holds."""
    path = study.folder / (study.file.plan or PLAN_FILE)
    return path if path.is_file() else None


def _completed(analysis: Analysis, study: Study) -> Analysis:
    outcome = outcome_of(analysis, study)
    smallest = outcome.smallest_change if analysis.smallest_change is None else analysis.smallest_change
    return analysis.model_copy(
        update={"family": analysis.family or outcome.family, "smallest_change": smallest}
    )


def _analysis_problems(yaml: YamlFile[Plan], number: int, study: Study) -> Iterator[Problem]:
    analysis = yaml.content.analyses[number]
    at = ("analyses", number)
    if analysis.id in [earlier.id for earlier in yaml.content.analyses[:number]]:
        yield error("plan.duplicate_id", yaml.place(*at, "id"), id=analysis.id)
    kinds = discover(KINDS, "KIND")
    if analysis.question not in kinds:
        known = ", ".join(kinds)
        yield error("plan.unknown_question", yaml.place(*at, "question"), name=analysis.question, known=known)
    yield from _outcome_problems(yaml, number, study)
    sites, waves = study.sites_by_id, study.waves_by_id
    named = [site for site in analysis.exclusions.sites if site not in sites]
    for site in named:
        yield error("plan.unknown_site", yaml.place(*at, "exclusions", "sites"), name=site)
    compared = (analysis.contrast.since, *(analysis.contrast.waves or ()), *analysis.exclusions.waves)
    for wave in compared:
        if wave is not None and wave not in waves:
            yield error("plan.unknown_wave", yaml.place(*at), name=wave)


def _outcome_problems(yaml: YamlFile[Plan], number: int, study: Study) -> Iterator[Problem]:
    analysis = yaml.content.analyses[number]
    at = ("analyses", number)
    if analysis.population not in study.file.populations:
        known = ", ".join(study.file.populations)
        where = yaml.place(*at, "population")
        yield error("plan.unknown_population", where, name=analysis.population, known=known)
    outcomes = {outcome.id: outcome for outcome in study.outcomes}
    if analysis.outcome not in outcomes:
        where = yaml.place(*at, "outcome")
        yield error("plan.unknown_outcome", where, name=analysis.outcome, known=", ".join(outcomes))
        return
    asked = study.population_of(outcomes[analysis.outcome].scale.split(".")[0])
    if asked != analysis.population and analysis.population in study.file.populations:
        names = {"outcome": analysis.outcome, "population": analysis.population, "asked": asked}
        yield error("plan.other_population", yaml.place(*at, "population"), **names)
