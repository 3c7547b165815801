"""`evalkit report`: the yearly summary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.cli.options import JsonOption, StudyOption, open_study
from evalkit.cli.showing import problems_shown, progress_bar, show_facts, tell

if TYPE_CHECKING:
    from evalkit.problems import Problem
    from evalkit.study.study import Study


def command(
    study: StudyOption = None,
    wave: Annotated[
        str | None, typer.Option("--wave", help="Wave to report; by default the newest one with answers.")
    ] = None,
    lang: Annotated[
        list[str] | None,
        typer.Option("--lang", help="Languages, such as fr,en; by default all of the study."),
    ] = None,
    to: Annotated[
        list[str] | None, typer.Option("--to", help="Formats, such as html; may be repeated.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the yearly summary of a wave.

    One file a language and format, under out/reports.
    """
    with problems_shown(as_json=as_json):
        from evalkit.errors import ProblemsFound
        from evalkit.reports.report import build_report, write_report

        opened = open_study(study)
        languages, extensions = _listed(lang) or list(opened.languages), _listed(to) or ["html"]
        problems = list(_wrong_choices(opened, languages, extensions))
        if problems:
            raise ProblemsFound(problems)
        document = build_report(opened, wave)
        wanted = [(lg, ext) for lg in opened.languages if lg in languages for ext in extensions]
        files = []
        with progress_bar() as bar:
            for lg, ext in bar.track(wanted):
                files.append(write_report(document, opened.out_folder, lg, ext))
    if as_json:
        show_facts({"year": document.year, "files": [str(file) for file in files]})
        return
    for file in files:
        tell("report.written", file=str(file))
    tell("report.open")


def _wrong_choices(study: Study, languages: list[str], extensions: list[str]) -> Iterator[Problem]:
    from evalkit.problems import error
    from evalkit.reports.report import formats

    for name in languages:
        if name not in study.languages:
            yield error("report.unknown_language", lang=name, known=", ".join(study.languages))
    for name in extensions:
        if name not in formats():
            yield error("report.unknown_format", format=name, known=", ".join(formats()))


def _listed(given: list[str] | None) -> list[str]:
    """Return the values of an option that may be repeated or separated by commas, each once."""
    names = [name.strip() for part in given or [] for name in part.split(",")]
    return list(dict.fromkeys(name for name in names if name))
