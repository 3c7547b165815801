"""Do what the plan says: fit each model, and give each change its interval."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.models.effect_sizes import baseline_sd
from evalkit.models.engine import Engine, EngineFailed
from evalkit.models.fit import Fit
from evalkit.models.flagged import flagged_submissions, is_flagged
from evalkit.models.inference.beside import Beside, as_test, beside, carries_shocks, model_tests
from evalkit.models.inference.cautions import Case, cautions
from evalkit.models.inference.first_stage import first_stage
from evalkit.models.inference.site_changes import site_change
from evalkit.models.inference.stacked import stacked_change
from evalkit.models.kind import Asked, Kind
from evalkit.models.plan import Analysis, Plan, outcome_of, read_plan
from evalkit.models.planning.checking import ENGINES, KINDS
from evalkit.models.planning.standing import plan_standing
from evalkit.models.random_by_hand import random_by_hand
from evalkit.models.site_level_means import means_by_arm
from evalkit.models.spec import ModelSpec
from evalkit.models.study_fits import AnalysisFit, StudyFits, WaveChange, each_once, save
from evalkit.models.term_inference import with_inference
from evalkit.models.who import rows_of
from evalkit.problems import Problem, error, warning
from evalkit.registry import discover
from evalkit.scores.scored_panel import build_panel
from evalkit.study.study import Study
from evalkit.texts.text import Text

Progress = Callable[[str, int, int], None]


def fit(
    study: Study,
    *,
    engine: str | None = None,
    only: Collection[str] | None = None,
    progress: Progress | None = None,
) -> StudyFits:
    """Fit the plan of a study.

    Parameters
    ----------
    study : the study.
    engine : a file of `models/engines/`; by default the one that each analysis names.
    only : ids of the analyses to do; by default all.
    progress : called before each analysis with its id, how many are done, and how many there are.

    Returns
    -------
    Fits and intervals, also written to `out/fits/<analysis>.json` and `out/tables/fits.csv`.

    Raises
    ------
    ProblemsFound : when the plan has problems, an id or engine is not known, or the folder cannot be
        written.
    """
    plan = read_plan(study)
    _refuse_unknown(plan, engine, only)
    standing = plan_standing(study, plan).as_computed(plan, lambda analysis: carried_out(analysis, engine))
    panels: dict[str, pd.DataFrame] = {}
    found = []
    wanted = [analysis for analysis in plan.analyses if only is None or analysis.id in only]
    for done, analysis in enumerate(wanted):
        if progress is not None:
            progress(analysis.id, done, len(wanted))
        if analysis.population not in panels:
            panels[analysis.population] = build_panel(study, analysis.population)
        panel = panels[analysis.population]
        fitted = fit_analysis(analysis, panel, study, engine=engine, level=1 - plan.alpha)
        found.append(replace(fitted, standing=standing.analyses[analysis.id]))
    fits = StudyFits(tuple(found), standing)
    save(fits, study, whole=only is None)
    return fits


def _refuse_unknown(plan: Plan, engine: str | None, only: Collection[str] | None) -> None:
    ids, engines = [analysis.id for analysis in plan.analyses], sorted(discover(ENGINES, "ENGINE"))
    problems = [
        error("plan.no_such_analysis", name=name, known=", ".join(ids))
        for name in only or ()
        if name not in ids
    ]
    if engine is not None and engine not in engines:
        problems.append(error("plan.no_such_engine", name=engine, known=", ".join(engines)))
    if problems:
        raise ProblemsFound(problems)


def fit_planned(study: Study, name: str) -> AnalysisFit:
    """Fit one analysis of the plan, by its id; raises ProblemsFound when the plan has none of this id."""
    plan = read_plan(study)
    by_id = {analysis.id: analysis for analysis in plan.analyses}
    if name not in by_id:
        raise ProblemsFound([error("plan.no_such_analysis", name=name, known=", ".join(by_id))])
    analysis = by_id[name]
    panel = build_panel(study, analysis.population)
    return fit_analysis(analysis, panel, study, level=1 - plan.alpha)


def fit_analysis(
    analysis: Analysis,
    panel: pd.DataFrame,
    study: Study,
    *,
    engine: str | None = None,
    level: float = 0.95,
) -> AnalysisFit:
    """Fit one analysis of the plan on the panel of its population; `level` is the coverage of intervals."""
    outcome = outcome_of(analysis, study)
    _, scale = study.scale_of(outcome)
    spec = spec_of(analysis, answers_for(analysis, panel, study), study)
    if isinstance(spec, Problem):
        return AnalysisFit(analysis, scale.id, None, None, (), (_named(spec, scale.id, outcome.name),))
    if analysis.random is not None:
        spec = replace(spec, random=random_by_hand(analysis.random, spec))
    fitted, problems = _fitted(spec, engine or analysis.engine)
    if fitted is not None:
        fitted = with_inference(fitted, spec.terms, analysis.inference, level)
    changes = tuple(_told(one, scale.id, outcome.name) for one in _changes(spec, fitted, study, level))
    means = means_by_arm(spec, study, fitted, level)
    if not carries_shocks(spec):
        problems.append(warning("models.no_shock_of_sites", outcome=scale.id))
    problems = [*spec.problems, *problems, *(p for change in changes for p in change.problems)]
    named = each_once(_named(problem, scale.id, outcome.name) for problem in problems)
    return AnalysisFit(
        analysis,
        scale.id,
        spec.estimand,
        fitted,
        changes,
        named,
        terms=spec.terms,
        means=means,
        baseline_sd=_baseline_sd(spec),
    )


def _baseline_sd(spec: ModelSpec) -> float | None:
    """Return the standard deviation within sites in the first wave; None where nothing varies."""
    first = spec.answers[spec.answers["wave"].astype(str) == spec.levels["wave"][0]]
    sizes = first.groupby(first["site"].astype(str))[spec.outcome].size()
    if len(first) <= len(sizes):
        return None
    found = baseline_sd(first[spec.outcome].to_numpy(dtype=float), first["site"].astype(str).to_numpy())
    return found if np.isfinite(found) and found > 0 else None


def _told(change: WaveChange, column: str, name: Text) -> WaveChange:
    """Return a contrast whose problems call the outcome by name."""
    own = tuple(_named(problem, column, name) for problem in change.found.problems)
    cautions = tuple(_named(problem, column, name) for problem in change.cautions)
    return replace(change, found=replace(change.found, problems=own), cautions=cautions)


def _named(problem: Problem, column: str, name: Text) -> Problem:
    """Return a problem that calls its outcome by name, in every language, instead of by column."""
    if problem.values.get("outcome") != column:
        return problem
    return replace(problem, values={**problem.values, "outcome": name})


def answers_for(analysis: Analysis, panel: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the rows of a population's panel that an analysis rests on."""
    instrument, scale = study.scale_of(outcome_of(analysis, study))
    rows = _included(panel, analysis, instrument.id)
    if analysis.exclusions.flagged:
        rows = rows[~is_flagged(rows, flagged_submissions(study))]
    return rows_of(rows, scale.id, analysis.who) if scale.id in rows else rows


def spec_of(analysis: Analysis, rows: pd.DataFrame, study: Study) -> ModelSpec | Problem:
    """Return the model of an analysis on some rows, or what these lack for it."""
    _, scale = study.scale_of(outcome_of(analysis, study))
    kind: Kind = discover(KINDS, "KIND")[analysis.question]
    lacking = _lacking(kind, rows, scale.id, study, asked_by(analysis))
    return kind.build(rows, scale.id, study, asked_by(analysis)) if lacking is None else lacking


def asked_by(analysis: Analysis) -> Asked:
    """Return how an analysis asks its question."""
    return Asked(analysis.contrast.since, analysis.contrast.waves, analysis.options)


def carried_out(analysis: Analysis, engine: str | None = None) -> Analysis:
    """Return an analysis as it is done here: what the plan asks beyond that makes its result another one.

    A contrast between sites is told in two stages, whatever inference is asked; others are for residents.
    """
    kind: Kind = discover(KINDS, "KIND")[analysis.question]
    inference = analysis.inference if kind.residents else "two_stage"
    return analysis.model_copy(update={"inference": inference, "engine": engine or analysis.engine})


def _included(panel: pd.DataFrame, analysis: Analysis, instrument: str) -> pd.DataFrame:
    rows = panel[panel["instrument"] == instrument] if "instrument" in panel else panel
    out = rows["site"].isin(analysis.exclusions.sites) | rows["wave"].isin(analysis.exclusions.waves)
    return rows[~out]


def _fitted(spec: ModelSpec, engine: str) -> tuple[Fit | None, list[Problem]]:
    if not np.ptp(spec.response):
        return None, [warning("models.never_varies", outcome=spec.outcome)]
    chosen: Engine = discover(ENGINES, "ENGINE")[engine]
    try:
        found = chosen.fit(spec)
    except EngineFailed as failure:
        facts = {"outcome": spec.outcome, "engine": engine, "reason": failure.reason}
        return None, [warning("models.engine_failed", **facts)]
    return found, list(found.problems)


def _lacking(kind: Kind, rows: pd.DataFrame, column: str, study: Study, asked: Asked) -> Problem | None:
    if column not in rows or not rows[column].notna().any():
        return warning("models.no_answers", outcome=column)
    return kind.lacking(rows, column, study, asked)


def _changes(spec: ModelSpec, fitted: Fit | None, study: Study, level: float) -> Iterator[WaveChange]:
    numbers_of, model = first_stage(spec, study, fitted), model_tests(spec, fitted)
    for contrast in spec.contrasts:
        if contrast.stack:
            windows = [numbers_of(one) for one in contrast.stack]
            change = stacked_change(windows, contrast, spec.outcome, level)
            yield WaveChange(contrast, change, Beside(as_test(change), (), None), ())
            continue
        numbers = numbers_of(contrast)
        change = site_change(numbers, contrast, spec.outcome, level)
        others = beside(spec.outcome, model, contrast, numbers, change, study)
        case = Case(spec.outcome, contrast, numbers, change, others)
        yield WaveChange(contrast, change, others, cautions(case))
