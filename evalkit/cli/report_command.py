"""`evalkit report`: the documents of a year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.cli.options import JsonOption, StudyOption, open_study
from evalkit.cli.showing import problems_shown, progress_bar, show_facts, show_problems, tell

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.documents.blocks import Document
    from evalkit.reports.choices import Choices
    from evalkit.study.study import Study

SHOWN = 12


def command(
    study: StudyOption = None,
    readers: Annotated[
        list[str] | None,
        typer.Option("--for", help="Readers: partners, residents, technical; by default all three."),
    ] = None,
    wave: Annotated[
        str | None, typer.Option("--wave", help="Wave to report; by default the newest one with answers.")
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", help="Year to report, in the place of a wave.")
    ] = None,
    site: Annotated[
        list[str] | None,
        typer.Option("--site", help="Sites that get pages of their own beside the whole, or all."),
    ] = None,
    lang: Annotated[
        list[str] | None,
        typer.Option("--lang", help="Languages, such as fr,en; by default all of the study."),
    ] = None,
    to: Annotated[
        list[str] | None, typer.Option("--to", help="Formats, such as html; may be repeated.")
    ] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the list of reports in a browser.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write the documents of a year: for partners, for residents, and a technical report.

    One file a document, language and format under out/reports, and index.html that lists them all.
    """
    with problems_shown(as_json=as_json):
        from evalkit.reports.choices import Asked, choose
        from evalkit.reports.index import write_index
        from evalkit.reports.report import build_reports
        from evalkit.reports.writing import write_suppressed

        opened = open_study(study)
        asked = Asked(wave, year, _listed(readers), _listed(site), _listed(lang), _listed(to))
        choices = choose(opened, asked)
        documents = build_reports(opened, choices.wave, readers=choices.readers, sites=choices.places)
        files = _written(opened, documents, choices)
        write_suppressed(documents, opened.out_folder)
        index = write_index(opened, opened.out_folder)
    facts = {"year": documents[0].year, "files": [str(file) for file in files], "index": str(index)}
    if as_json:
        show_facts(facts)
    else:
        _tell(opened, files, index)
    if open_page:
        typer.launch(index.resolve().as_uri())


def _written(study: Study, documents: tuple[Document, ...], choices: Choices) -> list[Path]:
    from evalkit.reports.writing import write_reports

    total = len(documents) * len(choices.languages) * len(choices.formats)
    with progress_bar() as bar:
        found = write_reports(documents, study.out_folder, choices.languages, choices.formats)
        return list(bar.track(found, total=total))


def _tell(study: Study, files: list[Path], index: Path) -> None:
    from evalkit.reports.additions import contact_problems

    show_problems(contact_problems(study))
    for file in files[:SHOWN]:
        tell("report.written", file=str(file))
    if len(files) > SHOWN:
        tell("report.more", count=len(files) - SHOWN)
    tell("report.open", index=str(index))


def _listed(given: list[str] | None) -> tuple[str, ...]:
    """Return the values of an option that may be repeated or separated by commas, each once."""
    names = [name.strip() for part in given or [] for name in part.split(",")]
    return tuple(dict.fromkeys(name for name in names if name))
