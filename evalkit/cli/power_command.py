"""`evalkit power`: what a design can see, by formula in a second and by simulation in a minute."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.cli.options import JsonOption, StudyOption
from evalkit.cli.showing import problems_shown, progress_bar, show_facts

if TYPE_CHECKING:
    from evalkit.power.planning import PowerPlan
    from evalkit.study.study import Study

SEED = 2026

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
CurveOption = Annotated[
    str | None,
    typer.Option(
        "--curve", help="Power along an assumption: residents=20..80, sites=6,8,10 or icc=.01..:.02"
    ),
]


def command(
    study: StudyOption = None,
    scenario: ScenarioOption = None,
    set_: SetOption = None,
    outcome: Annotated[
        list[str] | None,
        typer.Option("--outcome", help="Outcome that counts; may be repeated; by default all."),
    ] = None,
    curve: CurveOption = None,
    mdes: Annotated[
        bool, typer.Option("--mdes", help="Search the smallest detectable effect by simulation.")
    ] = False,
    n_for: Annotated[
        float | None, typer.Option("--n-for", help="Search the number that reaches this power, such as 0.8.")
    ] = None,
    over: Annotated[
        str, typer.Option("--over", help="What --n-for counts: residents, sites or waves.")
    ] = "residents",
    quick: Annotated[bool, typer.Option("--quick", help="By formula alone.")] = False,
    simulations: Annotated[int, typer.Option("--simulations", min=20, help="Data sets to simulate.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of all chance.")] = SEED,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes; by default one a processor.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Address of a dask scheduler, instead of processes.")
    ] = None,
    variances_from: Annotated[
        str | None,
        typer.Option(
            "--variances-from", help="Analysis of the plan whose fit gives the variances (a pilot)."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what a design could see, which number binds, and what others would buy.

    By formula, and by simulation of the analysis that will be run. Pictures and tables stand in out/power/.
    """
    from evalkit.cli.power_work import Asked, answer

    with problems_shown(as_json=as_json):
        asked = Asked(
            _planned(study, scenario, set_, outcome, variances_from),
            curve,
            mdes,
            n_for,
            over,
            0 if quick else simulations,
            seed,
            workers,
            scheduler,
        )
        with progress_bar() as bar:
            found = answer(asked, bar)
    if as_json:
        show_facts(found.facts())
        return
    found.show()


def _planned(
    study: Path | None,
    scenario: Path | None,
    set_: list[str] | None,
    outcomes: list[str] | None,
    pilot: str | None,
) -> PowerPlan:
    from evalkit.cli.power_values import changes_of
    from evalkit.power.planning import plan_power

    return plan_power(
        _study_if_any(study),
        scenario,
        changes=changes_of(set_ or []),
        outcomes=tuple(outcomes or ()),
        pilot=pilot,
    )


def _study_if_any(folder: Path | None) -> Study | None:
    """Return the study named or around; None where there is none, since a design comes before a study."""
    from evalkit.errors import ProblemsFound
    from evalkit.study.reading import STUDY_FILE, find_study, read_study

    if folder is not None:
        return read_study(folder)
    try:
        found = find_study(Path.cwd())
    except ProblemsFound:
        return None
    return read_study(found) if (found / STUDY_FILE).is_file() else None
