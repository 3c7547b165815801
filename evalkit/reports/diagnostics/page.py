"""Write the diagnostics of a study's fits: one page an analysis and language."""

from __future__ import annotations

from pathlib import Path

from evalkit.documents.blocks import Document, Part
from evalkit.documents.renderers.html import RENDERER
from evalkit.mixed.fitting import MixedFit
from evalkit.models.diagnosing import diagnose
from evalkit.models.plan import outcome_of
from evalkit.models.study_fits import AnalysisFit, StudyFits
from evalkit.problems import Problem, note
from evalkit.reports.diagnostics.effects import effect_part
from evalkit.reports.diagnostics.ends import end_part
from evalkit.reports.diagnostics.findings import findings
from evalkit.reports.diagnostics.influence import influence_part
from evalkit.reports.diagnostics.residuals import residual_part
from evalkit.reports.diagnostics.subject import Subject, words
from evalkit.reports.diagnostics.variance import variance_part
from evalkit.reports.diagnostics.waves import wave_part
from evalkit.scores.scoring import bounds_of
from evalkit.study.folder import folder_faults
from evalkit.study.study import Study
from evalkit.texts.phrases import phrase


def write_diagnostics(fits: StudyFits, study: Study) -> tuple[tuple[Path, ...], tuple[Problem, ...]]:
    """Diagnose each fit of a study and write its pages.

    Returns
    -------
    The files, `out/fits/<analysis>-diagnostics.<lang>.html`; and what the diagnostics warn of, with a note
    for each analysis that has no page. Pages of analyses that the plan no longer has are removed.

    Raises
    ------
    ProblemsFound : the folder cannot be written.
    """
    folder, problems = study.out_folder / "fits", list[Problem]()
    pages: dict[Path, bytes] = {}
    for found in fits.analyses:
        document, told = diagnosed(found, study)
        problems += told
        if document is not None:
            for lang in document.languages:
                pages[folder / f"{document.name}.{lang}.html"] = RENDERER.render(document, lang)
    with folder_faults(study.out_folder):
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.glob("*-diagnostics.*.html"):
            if file not in pages:
                file.unlink()
        for file, content in pages.items():
            file.write_bytes(content)
    return tuple(pages), tuple(problems)


def diagnosed(found: AnalysisFit, study: Study) -> tuple[Document | None, tuple[Problem, ...]]:
    """Return the page of an analysis and its warnings; no page where there is no fit of the mixed engine.

    Answers of organisations get no page: the panel does not say whose they are, so that nothing of them
    can pass the rule of disclosure.
    """
    fit, outcome = found.fit, outcome_of(found.analysis, study)
    if fit is None or fit.data is None or not isinstance(fit.raw, MixedFit):
        return None, (note("diagnostics.not_for_engine", outcome=found.column),)
    least = study.file.disclosure.min_respondents
    told = diagnose(fit, bounds=bounds_of(*study.scale_of(outcome)), least=least)
    population = study.file.populations.get(found.analysis.population)
    if population is not None and population.organisation == "required":
        return None, (*told.problems, note("diagnostics.organisations", outcome=found.column))
    return build_page(Subject(study, found.analysis, fit, told)), told.problems


def build_page(subject: Subject) -> Document:
    """Return the page of one fit, in every language of the study at once; all its tables are disclosed."""
    builders = (residual_part, effect_part, influence_part, end_part, wave_part, variance_part)
    parts = [part for build in builders if (part := build(subject)) is not None]
    count = len(subject.fit.problems) + len(subject.found.problems)
    headline = words("headline", count=count) if count else words("headline_none")
    file = subject.study.file
    first: tuple[Part, ...] = (findings(subject),)
    return Document(
        name=f"{subject.analysis.id}-diagnostics",
        year=_year(subject),
        title=file.title,
        subtitle=words("subtitle", outcome=subject.outcome, analysis=subject.analysis.id),
        headline=headline,
        parts=(*first, *parts),
        languages=subject.study.languages,
        banner=phrase("report.words.simulated") if file.simulated else None,
    )


def _year(subject: Subject) -> int:
    fitted = set() if subject.fit.data is None else set(subject.fit.data["wave"].astype(str))
    return max(wave.year for wave in subject.study.waves if wave.id in fitted)
