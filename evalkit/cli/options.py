"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from evalkit.study.study import Study

StudyOption = Annotated[
    Path | None,
    typer.Option("--study", help="Study folder; by default the nearest one upward that holds study.yaml."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the same facts as JSON, for machines.")]


def open_study(folder: Path | None) -> Study:
    """Read the study at `folder`, or the nearest one above the current folder. Raises ProblemsFound."""
    from evalkit.study.reading import find_study, read_study

    return read_study(folder if folder is not None else find_study(Path.cwd()))
