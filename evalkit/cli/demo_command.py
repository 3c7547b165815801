"""`evalkit demo`: a simulated six-site study, from questionnaires to summaries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalkit.cli.run_command import run_shown, show_receipt
from evalkit.cli.showing import problems_shown, tell


def command(
    folder: Annotated[
        Path, typer.Argument(help="Folder of the demonstration; made when it does not exist.")
    ] = Path("evalkit-demo"),
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same answers.")] = 1,
) -> None:
    """Make a simulated study and run it to its summaries.

    Six sites, three yearly waves, residents and partners.
    """
    from evalkit.demo.demo import make_demo

    with problems_shown():
        study = make_demo(folder, seed)
        tell("demo.made", folder=str(folder))
        receipt = run_shown(study)
    show_receipt(receipt)
    tell("demo.next", folder=str(folder))
