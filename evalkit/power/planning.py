"""Put together what a simulation needs: from a scenario's file, a study, and what is asked beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evalkit.errors import ProblemsFound
from evalkit.models.fitting import fit_planned
from evalkit.models.plan import Analysis
from evalkit.power.item_response import item_response
from evalkit.power.pilot import with_pilot
from evalkit.power.question import Question
from evalkit.power.scenario import Scenario
from evalkit.power.scenario_file import (
    SCENARIO_FILE,
    ScenarioFile,
    questions_of,
    read_scenario,
    scenario_of,
)
from evalkit.power.scenario_of_study import planned_analyses, scenario_of_study
from evalkit.power.varying import PARAMETERS
from evalkit.problems import Problem, error
from evalkit.study.study import Study


@dataclass(frozen=True)
class PowerPlan:
    """Hold a scenario with what will be asked of it.

    Parameters
    ----------
    file : what the scenario's file says, or the study in its place.
    scenario : with the changes asked for.
    questions : one an outcome.
    source : the file; None when a study or the defaults gave the scenario.
    study : the study, when there is one.
    pilot : the analysis whose variances stand in the scenario, if any.
    """

    file: ScenarioFile
    scenario: Scenario
    questions: tuple[Question, ...]
    source: Path | None
    study: Study | None
    pilot: str | None


def plan_power(
    study: Study | None,
    file: Path | None = None,
    *,
    changes: Mapping[str, float] | None = None,
    outcomes: tuple[str, ...] = (),
    pilot: str | None = None,
) -> PowerPlan:
    """Return the scenario and questions of a power calculation.

    The scenario is that of `file`; else `scenario.yaml` of the study; else what the study describes; else the
    defaults. What is asked is what the file names; else the plan of the study; else what its design allows.

    Parameters
    ----------
    study : the study, if any.
    file : a scenario's file.
    changes : values of `PARAMETERS` that take the place of those of the scenario, by name.
    outcomes : ids of the outcomes that count; by default all.
    pilot : id of an analysis of the plan whose fit gives variances.

    Raises
    ------
    ProblemsFound : all problems of the file, and names that nobody knows.
    """
    source = file if file is not None else _standing(study)
    content = read_scenario(source).content if source is not None else _without_file(study)
    planned = planned_analyses(study) if study is not None else {}
    _refuse_unknown(content, changes or {}, outcomes)
    wanted = outcomes or tuple(outcome.id for outcome in content.outcomes)
    content = content.model_copy(
        update={"outcomes": tuple(outcome for outcome in content.outcomes if outcome.id in wanted)}
    )
    scenario = scenario_of(content)
    for name, value in (changes or {}).items():
        scenario = _changed(scenario, name, value)
    if pilot is not None:
        scenario = _piloted(scenario, study, pilot)
    questions = questions_of(content, scenario, planned)
    return PowerPlan(content, scenario, questions, source, study, pilot)


def _standing(study: Study | None) -> Path | None:
    if study is None or not (study.folder / SCENARIO_FILE).is_file():
        return None
    return study.folder / SCENARIO_FILE


def _without_file(study: Study | None) -> ScenarioFile:
    return ScenarioFile() if study is None else scenario_of_study(study)


def _refuse_unknown(content: ScenarioFile, changes: Mapping[str, float], outcomes: tuple[str, ...]) -> None:
    known = [outcome.id for outcome in content.outcomes]
    problems: list[Problem] = [
        error("power.no_such_outcome", name=name, known=", ".join(known))
        for name in outcomes
        if name not in known
    ]
    problems += [
        error("power.no_such_parameter", name=name, known=", ".join(PARAMETERS))
        for name in changes
        if name not in PARAMETERS
    ]
    if problems:
        raise ProblemsFound(problems)


def _changed(scenario: Scenario, name: str, value: float) -> Scenario:
    try:
        changed = PARAMETERS[name](scenario, value)
        for measure in changed.measures:
            if measure.items:
                item_response(measure)
    except ValueError as reason:
        raise ProblemsFound(
            [error("power.impossible_value", name=name, value=str(value), reason=str(reason))]
        ) from None
    return changed


def _piloted(scenario: Scenario, study: Study | None, analysis: str) -> Scenario:
    if study is None:
        raise ProblemsFound([error("power.pilot_without_study", name=analysis)])
    found = fit_planned(study, analysis)
    outcome: Analysis = found.analysis
    try:
        if found.fit is None:
            raise ValueError("no fit")
        return with_pilot(scenario, outcome.outcome, found.fit)
    except ValueError:
        raise ProblemsFound([error("power.pilot_without_variances", name=analysis)]) from None
