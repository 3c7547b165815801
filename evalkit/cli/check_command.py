"""`evalkit check`: what is odd in a study and its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from evalkit.cli.options import JsonOption, StudyOption, open_study
from evalkit.cli.showing import command_language, problems_shown, show_facts, show_problems, show_table, tell

if TYPE_CHECKING:
    from evalkit.responses.checking import CheckReport
    from evalkit.study.study import Study

MOST_ITEMS = 10


def command(study: StudyOption = None, as_json: JsonOption = False) -> None:
    """Check a study, its plan, its maps and its answers.

    Nothing is changed; exit 1 when there are errors.
    """
    from dataclasses import replace

    from evalkit.pipeline import plan_and_map_problems
    from evalkit.problems import errors_of
    from evalkit.responses.checking import check_responses

    with problems_shown(as_json=as_json):
        opened = open_study(study)
        found = check_responses(opened)
        report = replace(found, problems=(*plan_and_map_problems(opened), *found.problems))
    if as_json:
        show_facts(_facts(report))
    else:
        _show(report, opened)
    if errors_of(report.problems):
        raise typer.Exit(1)


def _show(report: CheckReport, study: Study) -> None:
    show_problems(report.problems)
    if report.submissions:
        tell("check.looked_at", count=report.submissions)
        _show_nonresponse(report, study)
    else:
        tell("check.no_answers")
    if not report.problems:
        tell("check.in_order")


def _show_nonresponse(report: CheckReport, study: Study) -> None:
    """Show the required items with the most nonresponse, by wave."""
    from evalkit.texts.numbers import Percent
    from evalkit.texts.phrases import phrase

    required = {
        (form.id, item.id) for form in study.instruments.values() for item in form.items if item.required
    }
    table = report.nonresponse.query("nonresponse > 0").sort_values(
        "nonresponse", ascending=False, kind="stable"
    )
    worst = table[[pair in required for pair in zip(table["instrument"], table["item"], strict=True)]]
    if worst.empty:
        return
    names = ("wave", "item", "asked", "answered", "dont_know", "refused", "blank", "nonresponse")
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
