"""`evalkit fit`: do what the analysis plan says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from evalkit.cli.options import JsonOption, StudyOption, open_study
from evalkit.cli.plan_command import show_changes
from evalkit.cli.sensitivity import sensitivity_facts, show_sensitivity, tried
from evalkit.cli.showing import problems_shown, progress_bar, show_facts, show_problems, tell

if TYPE_CHECKING:
    from evalkit.models.fitting import Progress
    from evalkit.models.study_fits import StudyFits
    from evalkit.problems import Problem
    from evalkit.study.study import Study

AnalysesArgument = Annotated[
    list[str] | None, typer.Argument(help="Ids of analyses of the plan; all of them by default.")
]
FormulaOption = Annotated[
    str | None,
    typer.Option("--formula", help="Fit this formula of lme4's language instead of the plan."),
]
PopulationOption = Annotated[str, typer.Option("--population", help="Whose panel a formula is fitted to.")]
InferenceOption = Annotated[
    Literal["kenward_roger", "satterthwaite", "profile", "bootstrap", "asymptotic"],
    typer.Option("--inference", help="Tests of a formula's terms; sites are told in two stages anyway."),
]
EngineOption = Annotated[
    str | None, typer.Option("--engine", help="What fits the mixed models, instead of what the plan says.")
]
ToOption = Annotated[str, typer.Option("--to", help="Formats of tables: csv,xlsx,latex,html.")]
DiagnosticsOption = Annotated[
    bool, typer.Option("--diagnostics", help="Also write a page of diagnostics for each analysis.")
]


SensitivityOption = Annotated[
    bool, typer.Option("--sensitivity", help="Also ask every analysis again under other choices.")
]


ScriptOption = Annotated[
    Literal["r"] | None,
    typer.Option("--script", help="Also write a script that gives the same figures elsewhere: r."),
]


def command(
    analyses: AnalysesArgument = None,
    formula: FormulaOption = None,
    population: PopulationOption = "resident",
    inference: InferenceOption = "kenward_roger",
    engine: EngineOption = None,
    to: ToOption = "csv",
    study: StudyOption = None,
    as_json: JsonOption = False,
    diagnostics: DiagnosticsOption = False,
    sensitivity: SensitivityOption = False,
    script: ScriptOption = None,
) -> None:
    """Fit the plan: each change with its interval.

    Changes of sites are told in two stages; the mixed models stand beside them (evalkit contrast).

    Results go to out/fits/ and out/tables/.
    """
    from evalkit.cli.formula_fit import fit_formula, show_formula
    from evalkit.models.fitting import fit

    with problems_shown(as_json=as_json):
        formats = _formats(to)
        opened = open_study(study)
        if formula is not None:
            fitted = fit_formula(opened, formula, population, inference)
            show_formula(fitted, opened, formats, as_json=as_json)
            return
        with progress_bar() as bar:
            fits = fit(opened, engine=engine, only=analyses or None, progress=_on_bar(bar))
        _tabled(fits, opened, formats)
        odd = _diagnosed(fits, opened) if diagnostics else ()
        varied = tried(fits, opened) if sensitivity else None
        if script is not None:
            _scripted(fits, opened)
    if as_json:
        show_facts(_facts(fits) | ({} if varied is None else sensitivity_facts(varied)))
        return
    _show(fits, opened)
    if diagnostics:
        show_problems(odd)
        tell("fit.diagnosed", folder=str(opened.out_folder / "fits"))
    if varied is not None:
        show_sensitivity(varied, opened)
    if script is not None:
        tell("fit.scripted", folder=str(opened.out_folder / "fits"))


def _diagnosed(fits: StudyFits, study: Study) -> tuple[Problem, ...]:
    from evalkit.reports.diagnostics.page import write_diagnostics

    return write_diagnostics(fits, study)[1]


def _formats(given: str) -> tuple[str, ...]:
    """Return the formats asked for; raises ProblemsFound when one is not known."""
    from evalkit.errors import ProblemsFound
    from evalkit.models.table_format import known_formats
    from evalkit.problems import error

    wanted, known = [part.strip() for part in given.split(",") if part.strip()], known_formats()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        listed = ", ".join(known)
        raise ProblemsFound([error("plan.unknown_format", name=name, known=listed) for name in unknown])
    return tuple(dict.fromkeys(wanted))


def _tabled(fits: StudyFits, study: Study, formats: tuple[str, ...]) -> None:
    """Write the tables in the formats that the fit itself does not write."""
    from evalkit.models.table_format import write_tables
    from evalkit.study.folder import folder_faults

    others = tuple(name for name in formats if name != "csv")
    if others:
        with folder_faults(study.out_folder):
            tables = {"fits": fits.table(), "methods": fits.methods()}
            write_tables(tables, study.out_folder / "tables", others)


def _scripted(fits: StudyFits, study: Study) -> None:
    from evalkit.models.scripting.writing import write_r_scripts

    write_r_scripts(fits, study)


def _on_bar(bar: Any) -> Progress:
    task = bar.add_task("", total=None)

    def report(analysis: str, done: int, total: int) -> None:
        bar.update(task, description=analysis, completed=done, total=total)

    return report


def _facts(fits: StudyFits) -> dict[str, Any]:
    from evalkit.models.study_fits import facts

    return {"plan": fits.plan.facts(), "analyses": [facts(found) for found in fits.analyses]}


def _show(fits: StudyFits, study: Study) -> None:
    from evalkit.cli.fit_table import show_analyses

    if not any(found.changes for found in fits.analyses):
        show_problems(fits.problems)
        tell("fit.nothing")
        return
    show_analyses(fits, study)
    tell("fit.how", level=_level(fits))
    _tell_plan(fits, study)
    show_problems(fits.problems)
    settled = sum(found.fit is not None and found.fit.converged for found in fits.analyses)
    tell("fit.done", settled=settled, of=len(fits.analyses), folder=str(study.out_folder / "fits"))


def _level(fits: StudyFits) -> Any:
    """Return the coverage of the intervals, which all analyses of a plan share."""
    from evalkit.texts.numbers import Percent

    level = next(change.found.level for found in fits.analyses for change in found.changes)
    return Percent(level, digits=0 if float(100 * level).is_integer() else 1)


def _tell_plan(fits: StudyFits, study: Study) -> None:
    """Say what the labels rest on: no lock, a plan that has changed since, a lock after the answers."""
    from evalkit.cli.fit_table import planned

    if not fits.plan.locks:
        tell("fit.not_locked")
        return
    if fits.plan.deviations:
        tell("fit.deviations", count=len(fits.plan.deviations))
        show_changes(fits.plan.deviations, study)
    if any(planned(found, change) == "planned_late" for found in fits.analyses for change in found.changes):
        tell("fit.locked_late")
