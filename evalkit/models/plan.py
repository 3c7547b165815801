"""The analysis plan: which question is asked of which outcome, and how."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from evalkit.errors import ProblemsFound
from evalkit.models.planning.checking import KINDS, analysis_problems
from evalkit.models.who import Who
from evalkit.problems import Problem
from evalkit.registry import discover
from evalkit.study.study import Family, Outcome, Study
from evalkit.texts.text import Text
from evalkit.yaml_files import Model, read_yaml

PLAN_FILE = "plan.yaml"
DEFAULT_QUESTIONS = ("change_since_baseline", "difference_in_change", "staggered_start")

Inference = Literal["two_stage", "kenward_roger", "satterthwaite", "profile", "bootstrap"]
Option = bool | int | float | str
AnalysisId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]


class Contrast(Model):
    """Hold which waves are compared: each of `waves` with `since`; by default each with the first."""

    since: str | None = None
    waves: tuple[str, ...] | None = None


class Exclusions(Model):
    """Hold what is left out of an analysis: sites, waves, submissions that a check has flagged."""

    sites: tuple[str, ...] = ()
    waves: tuple[str, ...] = ()
    flagged: bool = False


class Analysis(Model):
    """Hold one analysis of the plan.

    Parameters
    ----------
    id : name of the analysis and of its file in `out/fits/`.
    question : a model kind, a file of `models/kinds/`.
    outcome : id of an outcome of the study.
    population : who answers; the population of the outcome's questionnaire.
    who : everyone who answered; those who answered before and again; or those who came later.
    options : choices that the question leaves open, by the names that its kind declares.
    random : random terms asked for by hand, as lme4 writes them; by default those of the design.
    engine : what fits the model, a file of `models/engines/`.
    family : place in the plan; by default that of the outcome.
    smallest_change : in points; by default that of the outcome.
    inference : how intervals come about: `two_stage` is one number a site, then t over sites; the others
        are intervals of the mixed model.
    missing : how those who did not answer in every wave count: by likelihood.
    estimand : what is to be found out, in the words of those who plan.
    """

    id: AnalysisId
    question: str
    outcome: str
    population: str = "resident"
    who: Who = "all"
    contrast: Contrast = Contrast()
    options: Mapping[str, Option | tuple[Option, ...]] = Field(default_factory=dict)
    random: str | None = None
    engine: str = "mixed"
    family: Family | None = None
    smallest_change: Annotated[float, Field(ge=0)] | None = None
    inference: Inference = "two_stage"
    missing: Literal["likelihood"] = "likelihood"
    exclusions: Exclusions = Exclusions()
    estimand: Text | None = None


class Plan(Model):
    """Hold the analyses of a study, in the order in which they are shown.

    Parameters
    ----------
    alpha : level of the tests; intervals cover 1 - alpha.
    multiplicity : how p-values are adjusted within a family.
    """

    analyses: tuple[Analysis, ...]
    alpha: Annotated[float, Field(gt=0, lt=1)] = 0.05
    multiplicity: Literal["holm"] = "holm"


def read_plan(study: Study) -> Plan:
    """Read the plan of a study, or make the default one.

    The plan is the file that `study.yaml` names, else `plan.yaml`. Without either, every question that
    the design allows is asked of every outcome: change since baseline, and the difference in change when
    sites have two arms.

    Raises
    ------
    ProblemsFound : all problems of the file: what YAML and its types do not allow, and what
        `analysis_problems` finds in each analysis.
    """
    named = study.file.plan
    path = study.folder / (named or PLAN_FILE)
    if named is None and not path.is_file():
        return default_plan(study)
    yaml = read_yaml(path, Plan)
    earlier: list[str] = []
    problems: list[Problem] = []
    for number, analysis in enumerate(yaml.content.analyses):
        place = partial(yaml.place, "analyses", number)
        problems += analysis_problems(analysis, study, place, earlier)
        earlier.append(analysis.id)
    if problems:
        raise ProblemsFound(problems)
    completed = tuple(_completed(analysis, study) for analysis in yaml.content.analyses)
    return yaml.content.model_copy(update={"analyses": completed})


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
