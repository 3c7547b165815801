"""`evalkit power`: what a design can see, by formula in a second and by simulation in a minute."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.cli.options import JsonOption, StudyOption
from evalkit.cli.showing import command_language, problems_shown, progress_bar, show_facts

if TYPE_CHECKING:
    from rich.progress import TaskID

    from evalkit.power.answering import Progress
    from evalkit.study.study import Study

ScenarioOption = Annotated[
    Path | None,
    typer.Option(
        "--scenario", help="Scenario file; by default scenario.yaml of the study, or the study itself."
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="Another value of an assumption, such as residents=60; may be repeated."),
]
OutcomeOption = Annotated[
    list[str] | None,
    typer.Option("--outcome", help="Outcome that counts; may be repeated; by default all."),
]
CurveOption = Annotated[
    str | None,
    typer.Option("--curve", help="Power along an assumption, such as residents=20..80 or sites=6,8,10."),
]
MdesOption = Annotated[
    bool, typer.Option("--mdes", help="Search the smallest detectable effect by simulation.")
]
NumberOption = Annotated[
    float | None,
    typer.Option(
        "--n-for", min=0.1, max=0.99, help="Search the number that reaches this power, such as 0.8."
    ),
]
OverOption = Annotated[str, typer.Option("--over", help="What --n-for counts: residents, sites or waves.")]
SimulationsOption = Annotated[int, typer.Option("--simulations", min=20, help="Data sets to simulate.")]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", min=1, help="Processes; by default one a processor.")
]
SchedulerOption = Annotated[
    str | None, typer.Option("--scheduler", help="Address of a dask scheduler, instead of processes.")
]
PilotOption = Annotated[
    str | None,
    typer.Option("--variances-from", help="Analysis of the plan whose fit gives the variances: a pilot."),
]

PicturesOption = Annotated[
    bool | None,
    typer.Option(
        "--pictures/--no-pictures",
        help="Write pictures and a protocol's paragraph; by default unless --quick.",
    ),
]


def command(
    study: StudyOption = None,
    scenario: ScenarioOption = None,
    set_: SetOption = None,
    outcome: OutcomeOption = None,
    curve: CurveOption = None,
    mdes: MdesOption = False,
    n_for: NumberOption = None,
    over: OverOption = "residents",
    quick: Annotated[bool, typer.Option("--quick", help="By formula alone.")] = False,
    simulations: SimulationsOption = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of all chance.")] = 2026,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    variances_from: PilotOption = None,
    pictures: PicturesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what a design could see, which number binds, and what others would buy.

    By formula, and by simulation of the analysis that will be run. Pictures, tables and a paragraph for
    a protocol stand in out/power/.
    """
    with problems_shown(as_json=as_json):
        from evalkit.cli.power_tables import show_answer, show_files
        from evalkit.power.answering import Request, answer
        from evalkit.power.chunks import Workers
        from evalkit.power.facts import facts_of
        from evalkit.power.planning import plan_power
        from evalkit.power.values import single_values, values_along

        opened = study_if_any(study)
        plan = plan_power(
            opened,
            scenario,
            changes=single_values(set_ or []),
            outcomes=tuple(outcome or ()),
            pilot=variances_from,
        )
        _refuse_unknown(over)
        request = Request(
            0 if quick else simulations,
            None if curve is None else values_along(curve),
            mdes,
            n_for,
            over,
            seed,
            Workers(workers or os.cpu_count() or 1, scheduler, _folder(opened) / "chunks"),
        )
        with _progress() as progress:
            found = answer(plan, request, progress)
        files: tuple[Path, ...] = ()
        if pictures if pictures is not None else not quick:
            from evalkit.reports.power_files import write_power_files

            files = write_power_files(found, _folder(opened))
    if as_json:
        show_facts(facts_of(found) | {"files": [str(file) for file in files]})
    else:
        show_answer(found)
        show_files(files, _folder(opened))


def _refuse_unknown(over: str) -> None:
    from evalkit.errors import ProblemsFound
    from evalkit.power.answering import LARGEST
    from evalkit.problems import error

    if over not in LARGEST:
        raise ProblemsFound([error("power.no_such_number", name=over, known=", ".join(LARGEST))])


def study_if_any(folder: Path | None) -> Study | None:
    """Return the study named or around; None where there is none, since a design comes before a study."""
    from evalkit.errors import ProblemsFound
    from evalkit.study.reading import find_study, read_study

    if folder is not None:
        return read_study(folder)
    try:
        found = find_study(Path.cwd())
    except ProblemsFound:
        return None
    return read_study(found)


def _folder(study: Study | None) -> Path:
    return Path("evalkit-power") if study is None else study.out_folder / "power"


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show a bar for each part of the work, counted in data sets."""
    from evalkit.texts.phrases import phrase

    lang = command_language()
    with progress_bar() as bar:
        tasks: dict[str, TaskID] = {}

        def report(part: str, done: int, total: int) -> None:
            if part not in tasks or bar.tasks[tasks[part]].finished:
                tasks[part] = bar.add_task(phrase(f"commands.power.part.{part}").say(lang))
            bar.update(tasks[part], completed=done, total=total)

        yield report
