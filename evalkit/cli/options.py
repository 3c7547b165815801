"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.cli.showing import command_language

if TYPE_CHECKING:
    from evalkit.study.study import Study
    from evalkit.texts.text import Language

StudyOption = Annotated[
    Path | None,
    typer.Option("--study", help="Study folder; by default the nearest one upward that holds study.yaml."),
]
LangOption = Annotated[
    str | None, typer.Option("--lang", help="fr or en; by default the language of the terminal.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the same facts as JSON, for machines.")]


def open_study(folder: Path | None) -> Study:
    """Read the study at `folder`, or the nearest one above the current folder. Raises ProblemsFound."""
    from evalkit.study.reading import find_study, read_study

    return read_study(folder if folder is not None else find_study(Path.cwd()))


def chosen_language(lang: str | None) -> Language:
    """Return the language that `--lang` names, or that of the terminal; another one is wrong usage."""
    chosen = lang or command_language()
    if chosen == "fr":
        return "fr"
    if chosen == "en":
        return "en"
    raise typer.BadParameter("fr or en", param_hint="--lang")
