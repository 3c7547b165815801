"""`evalkit export`: a wave given back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalkit.cli.options import JsonOption, LangOption, StudyOption, chosen_language, open_study
from evalkit.cli.showing import command_language, problems_shown, show_facts, show_problems, tell


def command(
    wave: Annotated[str, typer.Option("--wave", help="Id of the wave.")],
    to: Annotated[str, typer.Option("--to", help="Format: csv.")] = "csv",
    instrument: Annotated[
        str | None, typer.Option("--instrument", help="Questionnaire; by default each one of the wave.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write, with --instrument.")] = None,
    labels: Annotated[bool, typer.Option("--labels/--codes", help="Add a column of labels.")] = True,
    lang: LangOption = None,
    with_text: Annotated[
        bool, typer.Option("--with-text", help="Include free text, which could name somebody.")
    ] = False,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the answers of a wave to files.

    Labels and a codebook come with them.
    """
    from evalkit.archive.exporting import export_wave
    from evalkit.archive.target import ExportOptions

    options = ExportOptions(chosen_language(lang), labels, with_text)
    if out is not None and instrument is None:
        raise typer.BadParameter("needs --instrument", param_hint="--out")
    with problems_shown(as_json=as_json):
        opened = open_study(study)
        receipt = export_wave(opened, wave, to=to, instrument=instrument, out=out, options=options)
    if as_json:
        problems = [problem.facts(command_language()) for problem in receipt.problems]
        show_facts({"written": [str(file) for file in receipt.files], "problems": problems})
        return
    show_problems(receipt.problems)
    for file in receipt.files:
        tell("export.written", file=str(file))
