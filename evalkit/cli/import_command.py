"""`evalkit import`: a file of answers into the store, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.cli.options import JsonOption, StudyOption, open_study
from evalkit.cli.showing import (
    command_language,
    problems_shown,
    progress_bar,
    show_facts,
    show_problems,
    tell,
)

if TYPE_CHECKING:
    from evalkit.responses.import_receipt import ImportReceipt


def command(
    file: Annotated[
        Path, typer.Argument(help="File of answers: CSV, XLSX, SPSS, Stata, SAS, or a zipped export.")
    ],
    *,
    wave: Annotated[str, typer.Option("--wave", help="Id of the wave.")],
    instrument: Annotated[str, typer.Option("--instrument", help="Id of the questionnaire.")],
    map_file: Annotated[
        Path | None, typer.Option("--map", help="YAML file that says how columns and codes are read.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Find all problems, say what would change, change nothing.")
    ] = False,
    accept_partial: Annotated[
        bool,
        typer.Option("--accept-partial", help="Import the good rows, write the others to out/rejects/."),
    ] = False,
    delimiter: Annotated[str | None, typer.Option(help="Of a CSV; found out when not given.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of the texts; found out when not given.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook with several.")] = None,
    by: Annotated[str | None, typer.Option(help="Who imports; by default the person at work.")] = None,
    why: Annotated[str | None, typer.Option(help="Reason, kept with the answers.")] = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import a file of answers: all of it, or nothing.

    All problems of the file are shown together; nothing is imported then, unless --accept-partial is given.
    """
    if delimiter is not None and len(delimiter.replace("\\t", "\t")) != 1:
        raise typer.BadParameter("one character, or \\t", param_hint="--delimiter")
    with problems_shown(as_json=as_json):
        opened = open_study(study)
        from evalkit.responses.importing import import_wave

        with _progress() as progress:
            receipt = import_wave(
                opened,
                file,
                wave=wave,
                instrument=instrument,
                map=map_file,
                dry_run=dry_run,
                accept_partial=accept_partial,
                by=by,
                why=why,
                delimiter=delimiter.replace("\\t", "\t") if delimiter else None,
                encoding=encoding,
                sheet=sheet,
                progress=progress,
            )
    if as_json:
        show_facts(receipt.facts(command_language()))
    else:
        _show(receipt)


@contextmanager
def _progress() -> Iterator[Callable[[float], None]]:
    from evalkit.texts.phrases import phrase

    with progress_bar() as bar:
        task = bar.add_task(phrase("commands.import.progress").say(command_language()), total=1.0)
        yield lambda share: bar.update(task, completed=share)


def _show(receipt: ImportReceipt) -> None:
    show_problems(receipt.problems)
    counts = {name: receipt.counts[name] for name in ("new", "revised", "same")}
    key = "import.would" if receipt.dry_run else "import.done"
    tell(key, file=receipt.file, wave=receipt.wave, instrument=receipt.instrument, **counts)
    if receipt.enrolled:
        tell("import.enrolled", count=receipt.enrolled)
    if receipt.rejects_file is not None:
        tell("import.rejected", count=receipt.rejected, file=str(receipt.rejects_file))
    elif receipt.rejected:
        tell("import.would_reject", count=receipt.rejected)
