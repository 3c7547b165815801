"""`evalkit new`: a commented study folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalkit.cli.options import LangOption, chosen_language
from evalkit.cli.showing import problems_shown, tell


def command(
    folder: Annotated[Path, typer.Argument(help="Folder of the new study; made when it does not exist.")],
    lang: LangOption = None,
) -> None:
    """Make a commented study folder to start from.

    Its comments are in the language of --lang.
    """
    from datetime import date

    from evalkit.study.creating import create_study

    language = chosen_language(lang)
    with problems_shown():
        file = create_study(folder, lang=language, today=date.today())
    tell("new.made", folder=str(folder), file=str(file))
