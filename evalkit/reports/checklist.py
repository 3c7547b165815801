"""Checklists for reports of evaluations: what each item asks for, and which section answers it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from evalkit.models.arms import compared_arms, starts_apart
from evalkit.study.study import Study
from evalkit.texts.text import Text
from evalkit.yaml_files import Model, read_yaml

FOLDER = "checklists"


class ChecklistItem(Model):
    """Hold one item.

    Parameters
    ----------
    number : of the published checklist.
    topic : what it asks for, in words of our own.
    where : name of the section's file that answers it; None when the evaluators have to write it.
    """

    number: int
    topic: Text
    where: str | None = None


class Checklist(Model):
    """Hold a checklist: its name, its paper, its items."""

    title: str
    cite: str
    items: tuple[ChecklistItem, ...]


def checklist(name: str) -> Checklist:
    """Return a checklist by the name of its file.

    Examples
    --------
    >>> len(checklist("strobe").items)
    22
    """
    with resources.as_file(resources.files("evalkit.reports") / FOLDER / f"{name}.yaml") as path:
        return read_yaml(Path(path), Checklist).content


def checklists_for(study: Study) -> tuple[Checklist, ...]:
    """Return the checklists that suit the design of a study.

    TREND where arms were compared without a draw; CONSORT's extension where sites started in different years;
    STROBE for every study that was not drawn by lot.
    """
    names = []
    if starts_apart(study):
        names.append("consort_stepped")
    if not study.file.assignment.randomised:
        names += ["trend", "strobe"] if compared_arms(study) is not None else ["strobe"]
    return tuple(checklist(name) for name in names)
