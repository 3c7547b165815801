"""`evalkit run`: from files of answers to summaries, in one go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.cli.options import JsonOption, open_study
from evalkit.cli.showing import (
    command_language,
    problems_shown,
    progress_bar,
    show_facts,
    show_problems,
    tell,
)

if TYPE_CHECKING:
    from evalkit.pipeline import RunReceipt, Step
    from evalkit.study.study import Study


def command(
    study: Annotated[
        Path | None, typer.Argument(help="Study folder; by default the nearest one upward.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the files of answers, when they stand elsewhere.")
    ] = None,
    until: Annotated[
        str, typer.Option("--until", help="Last step: import, check, score, fit or report.")
    ] = "report",
    as_json: JsonOption = False,
) -> None:
    """Do every step that is new, up to the summaries.

    Every step is checked before the first one is done; it is safe to repeat.
    """
    from evalkit.pipeline import STEPS

    step = next((step for step in STEPS if step == until), None)
    if step is None:
        raise typer.BadParameter(", ".join(STEPS), param_hint="--until")
    with problems_shown(as_json=as_json):
        receipt = run_shown(open_study(study), until=step, data=data)
    if as_json:
        show_facts(_facts(receipt))
    else:
        show_receipt(receipt)


def run_shown(study: Study, *, until: Step = "report", data: Path | None = None) -> RunReceipt:
    """Run a study with a progress bar that names each step. Raises ProblemsFound."""
    from evalkit.pipeline import STEPS, run
    from evalkit.texts.phrases import phrase

    lang = command_language()
    with progress_bar() as bar:
        task = bar.add_task("", total=STEPS.index(until) + 1)

        def show_progress(step: Step, part: int, parts: int) -> None:
            words = phrase(f"commands.run.step.{step}").say(lang)
            bar.update(task, description=words, completed=STEPS.index(step) + part / max(parts, 1))

        return run(study, until=until, data=data, progress=show_progress)


def show_receipt(receipt: RunReceipt) -> None:
    """Print what a run did, and the summaries to open."""
    for imported in receipt.imported:
        tell("run.imported", file=imported.file, count=imported.new + imported.revised)
    if receipt.passed_over:
        tell("run.passed_over", count=len(receipt.passed_over))
    show_problems(receipt.problems)
    pages = [file for file in receipt.written if file.suffix == ".html"]
    if pages:
        tell("run.open")
        for page in pages:
            typer.echo(f"  {page}")


def _facts(receipt: RunReceipt) -> dict[str, object]:
    return {
        "imported": [imported.facts(command_language()) for imported in receipt.imported],
        "passed_over": [str(file) for file in receipt.passed_over],
        "problems": [problem.facts(command_language()) for problem in receipt.problems],
        "written": [str(file) for file in receipt.written],
    }
