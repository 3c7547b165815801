"""`evalkit score`: scales scored, wave by wave, with their reliability."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from evalkit.cli.options import JsonOption, StudyOption, open_study
from evalkit.cli.showing import command_language, problems_shown, show_facts, show_table, tell


def command(study: StudyOption = None, as_json: JsonOption = False) -> None:
    """Score every scale, with its reliability.

    Writes the scored panel to out/tables/, for the evaluators.
    """
    from evalkit.scores.score_report import score_study, write_scores

    with problems_shown(as_json=as_json):
        opened = open_study(study)
        report = score_study(opened)
        files = write_scores(opened, report)
    rows = report.scales.astype(object).where(report.scales.notna(), None).to_dict("records")
    if as_json:
        show_facts({"scores": rows, "few": report.few, "written": [str(file) for file in files]})
        return
    if not rows:
        tell("score.no_answers")
        return
    _show(rows)
    tell("score.written", folder=str(files[0].parent))
    if report.few:
        tell("score.few", count=report.few, least=opened.file.disclosure.min_respondents)


def _show(rows: list[dict[Hashable, Any]]) -> None:
    from evalkit.texts.phrases import phrase

    names = ("instrument", "scale", "wave", "n", "mean", "sd", "alpha")
    columns = [phrase(f"commands.score.column.{name}").say(command_language()) for name in names]
    show_table(columns, [[*(row[name] for name in names[:-1]), _alpha(row)] for row in rows])


def _alpha(row: dict[Hashable, Any]) -> str | None:
    from evalkit.texts.numbers import Number
    from evalkit.texts.phrases import phrase

    if row["alpha"] is None:
        return None
    values = {name: Number(row[name], digits=2) for name in ("alpha", "alpha_low", "alpha_high")}
    return phrase("commands.score.alpha", **values).say(command_language())
