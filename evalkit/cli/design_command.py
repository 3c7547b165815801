"""`evalkit design`: a guided start that writes a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evalkit.cli.options import LangOption, StudyOption, chosen_language
from evalkit.cli.showing import problems_shown, show_problems, tell

if TYPE_CHECKING:
    from evalkit.power.scenario_file import ScenarioFile
    from evalkit.study.study import Study
    from evalkit.texts.text import Language

# What is asked, in this order: key of the words, whether it is a whole number.
ASKED = (
    ("intervention", True), ("comparison", True), ("residents", True), ("waves", True),
    ("yearly_change", False), ("plateau", False), ("lag", False), ("attrition", False), ("icc", False),
    ("cac", False), ("stability", False),
)  # fmt: skip


def command(
    study: StudyOption = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="File to write; by default scenario.yaml, in the study if there is one."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing: usual values, or those of the study.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that stands.")] = False,
    lang: LangOption = None,
) -> None:
    """Write a scenario: how many sites, residents and waves, and what is assumed of them.

    Each question shows the usual value, the range seen in studies, and takes Enter for an answer.
    """
    with problems_shown():
        from evalkit.cli.power_command import study_if_any
        from evalkit.cli.power_tables import show_answer
        from evalkit.errors import ProblemsFound
        from evalkit.power.answering import Request, answer
        from evalkit.power.planning import plan_power
        from evalkit.power.scenario_file import SCENARIO_FILE
        from evalkit.power.writing_scenario import write_scenario

        language = chosen_language(lang)
        opened = study_if_any(study)
        path = file or (Path() if opened is None else opened.folder) / SCENARIO_FILE
        _refuse_standing(path, replace=replace)
        content = _start(opened)
        if not yes:
            content = _answers(content, language)
        write_scenario(content, path, language, replace=replace)
        tell("design.written", file=str(path))
        try:
            show_answer(answer(plan_power(opened, path), Request(0)))
        except ProblemsFound as found:
            # The file is right; what it describes bears no number yet, and why is what to change in it.
            show_problems(found.problems)
        tell("design.next", file=str(path))


def _start(study: Study | None) -> ScenarioFile:
    from evalkit.power.scenario_file import ScenarioFile
    from evalkit.power.scenario_of_study import scenario_of_study

    return ScenarioFile() if study is None else scenario_of_study(study)


def _answers(content: ScenarioFile, lang: Language) -> ScenarioFile:
    """Ask for each value; sites that a study names are not asked for."""
    from collections.abc import Mapping

    known = isinstance(content.sites, Mapping)
    given = {
        name: _ask(name, content, lang, whole=whole)
        for name, whole in ASKED
        if known or name not in ("intervention", "comparison", "waves")
    }
    return _with(content, given)


def _ask(name: str, content: ScenarioFile, lang: Language, *, whole: bool) -> float:
    from evalkit.power.assumptions import ASSUMPTIONS
    from evalkit.texts.numbers import Number
    from evalkit.texts.phrases import phrase

    words = phrase(f"commands.design.ask.{name}").say(lang)
    known = ASSUMPTIONS.get(name)
    if known is not None and known.low is not None and known.high is not None:
        ends = {"low": Number(known.low, 0 if whole else 2), "high": Number(known.high, 0 if whole else 2)}
        words = f"{words} ({phrase('power_sources.range', **ends).say(lang)})"
    value = typer.prompt(words, default=_standing(name, content), type=int if whole else float)
    return float(value)


def _standing(name: str, content: ScenarioFile) -> Any:
    """Return what the scenario says before anything is asked."""
    from collections.abc import Mapping

    if name in ("intervention", "comparison"):
        return content.sites.get(name, 0) if isinstance(content.sites, Mapping) else 0
    if name == "waves":
        return content.waves if isinstance(content.waves, int) else len(content.waves)
    nested = {
        "yearly_change": content.effect.yearly,
        "plateau": content.effect.plateau,
        "lag": content.effect.lag,
    }
    nested |= {"attrition": content.leaving.yearly, "icc": content.outcomes[0].icc}
    return nested.get(name, getattr(content, name, None))


def _with(content: ScenarioFile, given: dict[str, float]) -> ScenarioFile:
    """Return the scenario with the values given, checked like a file."""
    from pydantic import ValidationError

    from evalkit.errors import ProblemsFound
    from evalkit.power.scenario_file import ScenarioFile
    from evalkit.problems import error

    raw = content.model_dump()
    if "intervention" in given:
        arms = {arm: int(given[arm]) for arm in ("intervention", "comparison")}
        raw["sites"] = {arm: number for arm, number in arms.items() if number}
        raw["waves"] = int(given["waves"])
    raw["effect"] |= {"yearly": given["yearly_change"], "plateau": given["plateau"], "lag": given["lag"]}
    raw["leaving"]["yearly"] = given["attrition"]
    raw |= {"residents": int(given["residents"]), "cac": given["cac"], "stability": given["stability"]}
    for outcome in raw["outcomes"]:
        outcome["icc"] = given["icc"] if given["icc"] != content.outcomes[0].icc else outcome["icc"]
    try:
        return ScenarioFile.model_validate(raw)
    except ValidationError as found:
        raise ProblemsFound(
            error(
                "power.impossible_value",
                name=".".join(map(str, e["loc"])),
                value=str(e["input"]),
                reason=e["msg"],
            )
            for e in found.errors()
        ) from None


def _refuse_standing(path: Path, *, replace: bool) -> None:
    """Say that a file stands before anything is asked, not after."""
    from evalkit.errors import ProblemsFound
    from evalkit.problems import Place, error

    if path.exists() and not replace:
        raise ProblemsFound([error("power.scenario_stands", Place(file=str(path)))])
