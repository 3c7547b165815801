"""`evalkit instruments`: list, show, check and compare questionnaires."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.cli.options import JsonOption, LangOption, StudyOption, chosen_language
from evalkit.cli.showing import command_language, problems_shown, show_facts, show_problems, show_table, tell

if TYPE_CHECKING:
    from evalkit.instruments.instrument import Instrument, Item
    from evalkit.texts.text import Language

app = typer.Typer(
    help="List, show, check and compare questionnaires.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def list_instruments(study: StudyOption = None, as_json: JsonOption = False) -> None:
    """List the shipped questionnaires and those of the study, whose own come first."""
    from evalkit.instruments.library import known_instruments

    lang = command_language()
    with problems_shown(as_json=as_json):
        forms = known_instruments(_study_folder(study))
    rows = [
        (form.id, form.version, form.title.say(lang), len(form.items), len(form.scales)) for form in forms
    ]
    if as_json:
        names = ("id", "version", "title", "items", "scales")
        show_facts({"instruments": [dict(zip(names, row, strict=True)) for row in rows]})
    else:
        show_table(_columns("id", "version", "title", "items", "scales"), rows)


@app.command("show")
def show_instrument(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of a questionnaire.")],
    lang: LangOption = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a questionnaire: its questions by section, its answers, its scales."""
    from evalkit.errors import ProblemsFound
    from evalkit.instruments.library import find_instrument
    from evalkit.problems import Place, error

    with problems_shown(as_json=as_json):
        form = find_instrument(name, _study_folder(study))
        if form is None:
            raise ProblemsFound([error("study.unknown_instrument", Place(), instrument=name)])
    if as_json:
        show_facts(form.model_dump(mode="json", by_alias=True))
    else:
        _print_form(form, chosen_language(lang))


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="YAML file of a questionnaire.")], as_json: JsonOption = False
) -> None:
    """Check a questionnaire: translations, ids, options, conditions, scales, length of sentences."""
    from evalkit.errors import ProblemsFound
    from evalkit.instruments.checking import check_instrument
    from evalkit.instruments.instrument import Instrument
    from evalkit.problems import errors_of
    from evalkit.yaml_files import read_yaml

    with problems_shown(as_json=as_json):
        yaml = read_yaml(file, Instrument)
        problems = check_instrument(yaml)
        if errors_of(problems):
            raise ProblemsFound(problems)
    if as_json:
        show_facts({"problems": [problem.facts(command_language()) for problem in problems]})
        return
    show_problems(problems)
    form = yaml.content
    tell("instruments.in_order", id=form.id, items=len(form.items), scales=len(form.scales))


@app.command("compare")
def compare(
    old: Annotated[Path, typer.Argument(help="YAML file of the earlier version.")],
    new: Annotated[Path, typer.Argument(help="YAML file of the later version.")],
    as_json: JsonOption = False,
) -> None:
    """Compare two versions of a questionnaire: what can no longer be followed from wave to wave."""
    from evalkit.errors import ProblemsFound
    from evalkit.instruments.comparing import compare_versions
    from evalkit.instruments.reading import read_instrument
    from evalkit.problems import errors_of

    with problems_shown(as_json=as_json):
        before, after = read_instrument(old), read_instrument(new)
        problems = compare_versions(before, after)
        if errors_of(problems):
            raise ProblemsFound(problems)
    if as_json:
        show_facts({"problems": [problem.facts(command_language()) for problem in problems]})
        return
    show_problems(problems)
    breaks = any(problem.severity == "warning" for problem in problems)
    sentence = "instruments.changed" if breaks else "instruments.comparable"
    tell(sentence, id=after.id, old=before.version, new=after.version)


def _study_folder(study: Path | None) -> Path | None:
    """Return the study that is named, or the nearest one upward; None when there is none."""
    from evalkit.errors import ProblemsFound
    from evalkit.study.reading import find_study

    try:
        return find_study(study or Path.cwd())
    except ProblemsFound:
        if study is not None:
            raise
        return None


def _print_form(form: Instrument, lang: Language) -> None:
    typer.echo(f"{form.title.say(lang)}\n{form.id} {form.version} · {form.status}")
    for section in form.sections:
        typer.echo(f"\n{section.title.say(lang)}")
        if section.intro is not None:
            typer.echo(section.intro.say(lang))
        _print_items(form, [form.item(name) for name in section.items], lang)
    if not form.sections:
        typer.echo("")
        _print_items(form, list(form.items), lang)
    if form.scales:
        rows = [
            (scale.id, scale.label.say(lang), ", ".join(scale.items), scale.rule, scale.kind)
            for scale in form.scales
        ]
        typer.echo("")
        show_table(_columns("scale", "title", "items", "rule", "kind"), rows)


def _print_items(form: Instrument, items: list[Item], lang: Language) -> None:
    """Print items; neighbours that share their answers show them once, below the last one."""
    from evalkit.texts.phrases import phrase

    for item, following in zip(items, [*items[1:], None], strict=True):
        typer.echo(f"  {item.id:<12} {item.text.say(lang)}")
        if item.help is not None:
            typer.echo(f"  {'':<12} {item.help.say(lang)}")
        if item.ask_if:
            asked_if = phrase("commands.instruments.asked_if", condition=item.ask_if)
            typer.echo(f"  {'':<12} {asked_if.say(lang)}")
        if item.options is None or following is None or following.options != item.options:
            answers = _answers(form, item, lang)
            if answers:
                typer.echo(f"  {'':<12} ( {answers} )")


def _answers(form: Instrument, item: Item, lang: Language) -> str:
    from evalkit.texts.numbers import Number

    if item.range:
        low, high = (Number(end, digits=0 if end == int(end) else 1).say(lang) for end in item.range)
        return f"{low} – {high}"
    return " · ".join(f"{option.value} {option.label.say(lang)}" for option in form.options_of(item))


def _columns(*names: str) -> list[str]:
    from evalkit.texts.phrases import phrase

    return [phrase(f"commands.instruments.column.{name}").say(command_language()) for name in names]
