"""Write what a design could see: pictures, the table of the simulation, and a paragraph for a protocol."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from evalkit.power.answering import Answer
from evalkit.power.degenerate import DegenerateDesign
from evalkit.power.protocol import protocol_paragraph
from evalkit.reports.power_pictures import Picture, curve_of, map_of, write_power_pictures
from evalkit.study.folder import folder_faults
from evalkit.texts.text import Language, Text

LANGUAGES: tuple[Language, ...] = ("fr", "en")


def write_power_files(found: Answer, folder: Path) -> tuple[Path, ...]:
    """Write the files of an answer, in the languages of the study, or in both.

    Parameters
    ----------
    found : what was asked and answered.
    folder : where they go; made when it is missing.

    Returns
    -------
    `power-<parameter>.<lang>.svg` and `.png` of a curve, `power-map` of sites by residents, `power.csv`, and
    `protocol.<lang>.txt`.

    Raises
    ------
    ProblemsFound : the folder cannot be written.
    """
    study = found.plan.study
    languages = LANGUAGES if study is None else study.languages
    names = _names(found)
    files = list(write_power_pictures(folder, _pictures(found, names), languages))
    with folder_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if found.simulated is not None:
            found.simulated.table.to_csv(folder / "power.csv", index=False)
            files.append(folder / "power.csv")
        for lang in languages:
            file = folder / f"protocol.{lang}.txt"
            file.write_text(paragraph_of(found, lang) + "\n", encoding="utf-8")
            files.append(file)
    return tuple(files)


def paragraph_of(found: Answer, lang: Language) -> str:
    """Return the paragraph for a protocol, about the first outcome."""
    question = found.plan.questions[0]
    sentences = protocol_paragraph(
        found.plan.scenario,
        question,
        found.expected[question.analysis.outcome],
        found.simulated,
        goal=found.plan.file.goal,
        names=_names(found),
    )
    return " ".join(sentence.say(lang) for sentence in sentences)


def _names(found: Answer) -> Mapping[str, Text]:
    """Return what the study calls outcomes and arms, by id."""
    study = found.plan.study
    if study is None:
        return {}
    outcomes = {outcome.id: outcome.name for outcome in study.outcomes}
    return outcomes | {str(arm): study.arm_name(str(arm)) for arm in found.plan.scenario.arms.values() if arm}


def _pictures(found: Answer, names: Mapping[str, Text]) -> Mapping[str, Picture | None]:
    goal, plan = found.plan.file.goal, found.plan
    pictures: dict[str, Picture | None] = {}
    if found.request.curve is not None and found.curve:
        parameter = found.request.curve[0]
        pictures[f"power-{parameter}"] = curve_of(parameter, found.curve, goal=goal, names=names)
    with suppress(DegenerateDesign):
        pictures["power-map"] = map_of(plan.scenario, plan.questions[0], goal=goal)
    return pictures
