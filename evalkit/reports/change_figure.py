"""The picture of what changed: each outcome of each group with its interval and the band of no interest."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import Figure, Words
from evalkit.reports.arms import Group
from evalkit.reports.evidence import Evidence
from evalkit.reports.figures.changes import ChangeFigure, ChangeGroup, ChangeLine
from evalkit.reports.results import row_of
from evalkit.reports.wording import named, people_of, range_of, since_of
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.outcomes"


def change_figure(evidence: Evidence, *, alone: bool = False) -> Figure:
    """Return the picture of the changes since outcomes are followed.

    Parameters
    ----------
    alone : only the group of interest, without the number of people; by default every group.
    """
    shown = (evidence.groups.main,) if alone else evidence.groups.all
    groups = tuple(
        ChangeGroup(
            outcome.name,
            evidence.bands[outcome.id],
            tuple(
                ChangeLine(row_of(outcome.id, group.id), group.name, number)
                for number, group in enumerate(shown)
            ),
        )
        for outcome in evidence.outcomes
        if evidence.verdict(outcome, evidence.groups.main) not in ("first", "not_asked")
    )
    since = since_of(evidence)
    title = _figure_title(evidence, since)
    draw = ChangeFigure(groups, _say("axis", since=since))
    alt = (_say("figure_alt", since=since), *_changes_in_words(evidence, shown))
    caption = (_say("figure_caption"), *(() if alone else people_of(evidence)))
    return Figure("figure-changes", evidence.changes, draw, title, alt, caption)


def _figure_title(evidence: Evidence, since: Words) -> Phrase:
    if clear := evidence.outcomes_with("up", "down"):
        key = "figure_title_group" if evidence.groups.comparison else "figure_title_some"
        return _say(key, since=since, outcomes=named(evidence, clear), group=evidence.groups.main.name)
    if all(evidence.outcomes == evidence.outcomes_with("steady", group=g) for g in evidence.groups.all):
        return _say("figure_title_steady", since=since)
    others = [o for group in evidence.groups.all for o in evidence.outcomes_with("up", "down", group=group)]
    return _say("figure_title_other" if others else "figure_title_none", since=since)


def _changes_in_words(evidence: Evidence, shown: tuple[Group, ...]) -> Iterator[Words]:
    for outcome in evidence.outcomes:
        for group in shown:
            row = row_of(outcome.id, group.id)
            change, low, high = (evidence.changes.number(row, c) for c in ("change", "low", "high"))
            if change is None:
                continue
            words = {"outcome": outcome.name, "group": group.name, "change": Number(change, 1, signed=True)}
            if low is None or high is None:
                yield _say("figure_alt_point", **words)
            else:
                yield _say("figure_alt_row", **words, range=range_of(low, high))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)
