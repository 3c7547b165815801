"""`evalkit check`: what is odd in a study and its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from evalkit.cli.options import JsonOption, StudyOption, open_study
from evalkit.cli.showing import command_language, problems_shown, show_facts, show_problems, show_table, tell

if TYPE_CHECKING:
    from evalkit.responses.checking import CheckReport

MOST_ITEMS = 10


def command(study: StudyOption = None, as_json: JsonOption = False) -> None:
    """Check the study folder and every answer that it holds; exit 1 when there are errors."""
    from evalkit.problems import errors_of
    from evalkit.responses.checking import check_responses

    with problems_shown(as_json=as_json):
        opened = open_study(study)
        report = check_responses(opened)
    if as_json:
        show_facts(_facts(report))
    else:
        _show(report)
    if errors_of(report.problems):
        raise typer.Exit(1)


def _show(report: CheckReport) -> None:
    if report.submissions == 0:
        tell("check.no_answers")
        return
    show_problems(report.problems)
    tell("check.looked_at", count=report.submissions)
    if not report.problems:
        tell("check.in_order")
    _show_nonresponse(report)


def _show_nonresponse(report: CheckReport) -> None:
    """Show the items with the most nonresponse, by wave."""
    from evalkit.texts.numbers import Percent
    from evalkit.texts.phrases import phrase

    table = report.nonresponse
    worst = table[table["nonresponse"] > 0].sort_values("nonresponse", ascending=False, kind="stable")
    if worst.empty:
        return
    names = (
        "wave",
        "instrument",
        "item",
        "asked",
        "answered",
        "dont_know",
        "refused",
        "blank",
        "nonresponse",
    )
    columns = [phrase(f"commands.check.column.{name}").say(command_language()) for name in names]
    rows = [
        [*(row[name] for name in names[:-1]), Percent(row["nonresponse"], 1)]
        for row in worst.head(MOST_ITEMS).to_dict("records")
    ]
    show_table(columns, rows, phrase("commands.check.nonresponse").say(command_language()))


def _facts(report: CheckReport) -> dict[str, object]:
    table = report.nonresponse
    return {
        "submissions": report.submissions,
        "problems": [problem.facts(command_language()) for problem in report.problems],
        "nonresponse": table.astype(object).where(table.notna(), None).to_dict("records"),
    }
