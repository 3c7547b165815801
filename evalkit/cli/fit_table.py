"""The tables that `evalkit fit` prints: the contrasts of each analysis, narrow enough for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.cli.contrast_words import ABSENT, between, p_cell
from evalkit.cli.showing import command_language, show_table, tell

if TYPE_CHECKING:
    from evalkit.models.study_fits import AnalysisFit, StudyFits, WaveChange
    from evalkit.study.study import Study


def show_analyses(fits: StudyFits, study: Study) -> None:
    """Print a table for each analysis, and what the marks mean.

    Whether a result was planned stands in a column when results differ in it, and below when they do not;
    contrasts have a column of names when waves alone do not tell them apart.
    """
    changes = [(found, change) for found in fits.analyses for change in found.changes]
    labels = {planned(found, change) for found, change in changes}
    tell("fit.title")
    for found in fits.analyses:
        if found.changes:
            _show_analysis(found, study, labelled=len(labels) > 1)
    if any(change.other is not None for _, change in changes):
        tell("fit.minus_means")
    if any(change.found.p_value is None for _, change in changes):
        tell("fit.no_p", mark=ABSENT)
    if len(labels) == 1 and fits.plan.locks:
        tell(f"fit.all_{labels.pop()}")


def planned(found: AnalysisFit, change: WaveChange) -> str:
    """Return `planned`, `planned_late` when the answers had arrived at the lock, or `exploratory`."""
    return "planned_late" if found.standing.locked_after(change.wave) else found.standing.label


def _show_analysis(found: AnalysisFit, study: Study, *, labelled: bool) -> None:
    from evalkit.models.planning.words import analysis_name
    from evalkit.texts.phrases import phrase

    lang, analysis = command_language(), found.analysis
    columns = ["what", "since", "change", "interval", "p", "sites"]
    if any(change.name != change.wave for change in found.changes):
        columns.insert(1, "contrast")
    if labelled:
        columns.append("plan")
    rows = [_cells(found, change, study) for change in found.changes]
    name = analysis_name(study, analysis.outcome, analysis.question)
    title = phrase("commands.fit.analysis", id=analysis.id, name=name).say(lang)
    head = [phrase(f"commands.fit.{column}").say(lang) for column in columns]
    show_table(head, [[row[column] for column in columns] for row in rows], title=title)


def _cells(found: AnalysisFit, change: WaveChange, study: Study) -> dict[str, Any]:
    from evalkit.models.whose import compared
    from evalkit.texts.numbers import Number
    from evalkit.texts.phrases import phrase

    result = change.found
    return {
        "what": compared(change, study, short=True),
        "contrast": change.name,
        "since": phrase("commands.fit.waves", since=change.since, wave=change.wave),
        "change": None if result.estimate is None else Number(result.estimate, signed=True),
        "interval": between(result.conf_low, result.conf_high),
        "p": p_cell(result.p_value),
        "sites": result.n_sites,
        "plan": phrase(f"commands.fit.{planned(found, change)}"),
    }
