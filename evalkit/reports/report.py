"""Build the yearly summary of a study."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from evalkit.documents.blocks import Document
from evalkit.documents.renderer import Renderer
from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error
from evalkit.registry import discover
from evalkit.reports.evidence import gather
from evalkit.reports.headline import headline_of
from evalkit.reports.section import Section
from evalkit.study.study import Study
from evalkit.study.wave import Wave
from evalkit.texts.phrases import phrase
from evalkit.texts.text import Language

NAME = "summary"
SECTIONS, RENDERERS = "evalkit.reports.sections", "evalkit.documents.renderers"


def build_report(
    study: Study, wave: str | None = None, *, panels: Mapping[str, pd.DataFrame] | None = None
) -> Document:
    """Build the summary of a wave, in every language of the study at once.

    Parameters
    ----------
    study : the study.
    wave : id of the wave; by default the newest one with answers. Later waves play no part.
    panels : scored panel of each population, when already at hand.

    Returns
    -------
    The document; nothing in it is below the disclosure rule of the study.

    Raises
    ------
    ProblemsFound : the study has no outcome, the wave is unknown, or nobody answered it.
    """
    if not study.outcomes:
        raise ProblemsFound([error("report.no_outcomes")])
    known = panels if panels is not None else panels_of(study)
    chosen = _wave(study, wave, known)
    evidence = gather(study, chosen, known)
    sections: list[Section] = sorted(discover(SECTIONS, "SECTION").values(), key=lambda s: s.order)
    parts = [section.build(evidence) for section in sections if "partners" in section.readers]
    return Document(
        name=NAME,
        year=chosen.year,
        title=study.file.title,
        subtitle=phrase("report.words.summary", year=str(chosen.year)),
        headline=headline_of(evidence),
        parts=tuple(part for part in parts if part is not None),
        languages=study.languages,
        banner=phrase("report.words.simulated") if study.file.simulated else None,
    )


def panels_of(study: Study) -> dict[str, pd.DataFrame]:
    """Return the scored panel of every population that an outcome is asked of."""
    from evalkit.scores.scored_panel import build_panel

    names = dict.fromkeys(study.population_of(outcome.scale.split(".")[0]) for outcome in study.outcomes)
    return {name: build_panel(study, name) for name in names}


def write_report(document: Document, folder: Path, lang: Language, extension: str) -> Path:
    """Write a document in one language and one format.

    Parameters
    ----------
    folder : the study's `out/`; the file goes to `reports/{year}/{document}.{lang}.{ext}` under it.

    Raises
    ------
    ProblemsFound : the folder cannot be written.
    """
    renderer: Renderer = {r.extension: r for r in discover(RENDERERS, "RENDERER").values()}[extension]
    file = folder / "reports" / str(document.year) / f"{document.name}.{lang}.{extension}"
    content = renderer.render(document, lang)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise ProblemsFound([error("report.not_writable", Place(file=str(file)), reason=reason)]) from None
    return file


def formats() -> tuple[str, ...]:
    """Return the endings of the formats that a document can be written in."""
    return tuple(renderer.extension for renderer in discover(RENDERERS, "RENDERER").values())


def _wave(study: Study, wave: str | None, panels: Mapping[str, pd.DataFrame]) -> Wave:
    answered = {name for panel in panels.values() for name in panel["wave"].astype(str).unique()}
    if wave is None:
        newest = [w for w in study.waves if w.id in answered]
        if not newest:
            raise ProblemsFound([error("report.no_answers")])
        return newest[-1]
    place = Place(wave=wave)
    if wave not in study.waves_by_id:
        known = ", ".join(study.waves_by_id)
        raise ProblemsFound([error("report.unknown_wave", place, known=known)])
    if wave not in answered:
        raise ProblemsFound([error("report.wave_without_answers", place)])
    return study.waves_by_id[wave]
