"""The command `evalkit`: one file of this folder per command."""

from __future__ import annotations

import importlib
import os
from typing import Annotated

import typer

COMMANDS = (
    "new",
    "instruments",
    "roster",
    "consent",
    "forms",
    "import",
    "check",
    "plan",
    "score",
    "export",
    "fit",
    "contrast",
    "report",
    "run",
    "design",
    "power",
    "demo",
)

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

app = typer.Typer(
    name="evalkit",
    help="From questionnaires to the yearly summary of a longitudinal evaluation, in French and English.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _print_version(asked: bool) -> None:
    if asked:
        from evalkit import __version__

        typer.echo(f"evalkit {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Register the options that stand before a command."""


def _add(name: str) -> None:
    module = importlib.import_module(f"evalkit.cli.{name}_command")
    if hasattr(module, "app"):
        app.add_typer(module.app, name=name)
    else:
        app.command(name)(module.command)


for _name in COMMANDS:
    _add(_name)


def main() -> None:
    """Run the command line."""
    # Our matrices are small: threads of linear algebra cost more than they bring, up to ten times.
    for name in THREADS:
        os.environ.setdefault(name, "1")
    app()
