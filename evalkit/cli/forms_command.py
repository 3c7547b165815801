"""`evalkit forms`: the questionnaires of a wave, written for a platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.cli.options import JsonOption, StudyOption, chosen_language, open_study
from evalkit.cli.showing import command_language, problems_shown, show_facts, show_problems, show_table, tell

if TYPE_CHECKING:
    from evalkit.responses.forms.writing import FormReceipt
    from evalkit.texts.text import Language


def command(
    wave: Annotated[str, typer.Option("--wave", help="Id of the wave.")],
    to: Annotated[str, typer.Option("--to", help="Platform: xlsform, limesurvey, redcap, google.")],
    instrument: Annotated[
        str | None, typer.Option("--instrument", help="Questionnaire; by default each one of the wave.")
    ] = None,
    lang: Annotated[
        str | None,
        typer.Option("--lang", help="Languages, such as fr,en; by default those of the study."),
    ] = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the questionnaires of a wave as forms of a survey platform.

    The files stand in out/forms/. Whatever the platform cannot say is named.
    """
    from evalkit.responses.forms.writing import write_forms

    languages = _languages(lang)
    with problems_shown(as_json=as_json):
        opened = open_study(study)
        receipt = write_forms(opened, wave, to=to, instrument=instrument, languages=languages)
    if as_json:
        show_facts(_facts(receipt))
        return
    show_problems(receipt.problems)
    for name, codes in receipt.codes.items():
        tell("forms.codes", instrument=name, platform=receipt.platform)
        kinds = _words("reason", *(kind for kind, _, _ in codes))
        rows = [(said, ours, theirs) for said, (_, ours, theirs) in zip(kinds, codes, strict=True)]
        show_table(_words("column", "kind", "ours", "theirs"), rows)
    for file in receipt.files:
        tell("forms.written", file=str(file))


def _languages(lang: str | None) -> tuple[Language, ...] | None:
    if lang is None:
        return None
    return tuple(dict.fromkeys(chosen_language(each.strip()) for each in lang.split(",")))


def _facts(receipt: FormReceipt) -> dict[str, object]:
    return {
        "platform": receipt.platform,
        "written": [str(file) for file in receipt.files],
        "codes": {
            name: [dict(zip(("kind", "ours", "theirs"), row, strict=True)) for row in rows]
            for name, rows in receipt.codes.items()
        },
        "problems": [problem.facts(command_language()) for problem in receipt.problems],
    }


def _words(of: str, *names: str) -> list[str]:
    from evalkit.texts.phrases import phrase

    return [phrase(f"commands.forms.{of}.{name}").say(command_language()) for name in names]
