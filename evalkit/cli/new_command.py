"""`evalkit new`: a commented study folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalkit.cli.showing import command_language, problems_shown, tell


def command(
    folder: Annotated[Path, typer.Argument(help="Folder of the new study; made when it does not exist.")],
    lang: Annotated[str | None, typer.Option("--lang", help="Language of the comments: fr or en.")] = None,
) -> None:
    """Make a commented study folder to start from."""
    from datetime import date

    from evalkit.study.creating import create_study

    chosen = lang or command_language()
    if chosen not in ("fr", "en"):
        raise typer.BadParameter("fr or en", param_hint="--lang")
    with problems_shown():
        file = create_study(folder, lang="fr" if chosen == "fr" else "en", today=date.today())
    tell("new.made", folder=str(folder), file=str(file))
