"""Build the documents of a year: for partners, for residents and for technical readers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from evalkit.documents.blocks import Document, Words
from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error
from evalkit.registry import discover
from evalkit.reports.added import with_paragraphs
from evalkit.reports.document_kind import DocumentKind
from evalkit.reports.evidence import Evidence, gather
from evalkit.reports.headline import headline_of
from evalkit.reports.section import Reader, Section
from evalkit.reports.site_headline import site_headline_of
from evalkit.study.site import Site
from evalkit.study.study import Study
from evalkit.study.wave import Wave
from evalkit.texts.phrases import phrase

SECTIONS, DOCUMENTS = "evalkit.reports.sections", "evalkit.reports.documents"


def build_report(
    study: Study,
    wave: str | None = None,
    reader: Reader = "partners",
    *,
    site: str | None = None,
    panels: Mapping[str, pd.DataFrame] | None = None,
) -> Document:
    """Build one document of a wave, in every language of the study at once.

    Parameters
    ----------
    study : the study.
    wave : id of the wave; by default the newest one with answers. Later waves play no part.
    reader : who reads it.
    site : id of a site, for its own pages; by default the whole study.
    panels : scored panel of each population, when already at hand.

    Returns
    -------
    The document; nothing in it is below the disclosure rule of the study.

    Raises
    ------
    ProblemsFound : the study has no outcome, the wave is unknown, or nobody answered it.
    """
    built = build_reports(study, wave, readers=(reader,), sites=(site,), panels=panels)
    return built[0]


def build_reports(
    study: Study,
    wave: str | None = None,
    *,
    readers: Collection[str] | None = None,
    sites: Sequence[str | None] = (None,),
    panels: Mapping[str, pd.DataFrame] | None = None,
) -> tuple[Document, ...]:
    """Build documents of a wave from one fit, for every reader and place asked for.

    Parameters
    ----------
    study, wave, panels : as for `build_report`.
    readers : who reads them; by default every reader.
    sites : ids of sites, each for its own pages; None for those of the whole study.

    Returns
    -------
    The documents, place by place, in the order of readers.

    Raises
    ------
    ProblemsFound : as for `build_report`.
    """
    if not study.outcomes:
        raise ProblemsFound([error("report.no_outcomes")])
    known = panels if panels is not None else panels_of(study)
    evidence = gather(study, _wave(study, wave, known), known)
    kinds = [kind for kind in document_kinds() if readers is None or kind.reader in readers]
    places = [None if site is None else study.sites_by_id[site] for site in sites]
    return tuple(_document(evidence.at(place), kind) for place in places for kind in kinds)


def document_kinds() -> tuple[DocumentKind, ...]:
    """Return the documents that a year can have, in the order in which they are listed."""
    kinds: list[DocumentKind] = list(discover(DOCUMENTS, "DOCUMENT").values())
    return tuple(sorted(kinds, key=lambda kind: kind.order))


def sections_for(reader: Reader, *, of_site: bool = False) -> tuple[Section, ...]:
    """Return the sections of a reader's document, in their order."""
    scope = "site" if of_site else "whole"
    found = [s for s in discover(SECTIONS, "SECTION").values() if s.stands_in(reader, scope)]
    return tuple(sorted(found, key=lambda section: section.order))


def panels_of(study: Study) -> dict[str, pd.DataFrame]:
    """Return the scored panel of every population that an outcome is asked of."""
    from evalkit.scores.scored_panel import build_panel

    names = dict.fromkeys(study.population_of(outcome.scale.split(".")[0]) for outcome in study.outcomes)
    return {name: build_panel(study, name) for name in names}


def _document(evidence: Evidence, kind: DocumentKind) -> Document:
    study, wave, site = evidence.study, evidence.wave, evidence.site
    built = [section.build(evidence) for section in sections_for(kind.reader, of_site=site is not None)]
    parts = tuple(part for part in built if part is not None)
    return Document(
        name=kind.reader if site is None else f"{kind.reader}-{site.id}",
        year=wave.year,
        title=study.file.title,
        subtitle=_subtitle(kind, wave, site),
        headline=headline_of(evidence, compared=kind.compares)
        if site is None
        else site_headline_of(evidence, site),
        parts=with_paragraphs(parts, evidence, kind.reader),
        languages=study.languages,
        banner=phrase("report.words.simulated") if study.file.simulated else None,
        type_size=kind.type_size,
    )


def _subtitle(kind: DocumentKind, wave: Wave, site: Site | None) -> Words:
    named = phrase(f"report.documents.{kind.reader}", year=str(wave.year))
    return named if site is None else phrase("report.documents.at_site", site=site.name, document=named)


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
