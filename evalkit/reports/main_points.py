"""The points that come first: what changed, what cannot be told yet, and compared with what."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.focus import focus_of, focused_with
from evalkit.reports.results import DIFFERENCE
from evalkit.reports.verdicts import Verdict
from evalkit.reports.wording import named, size_of, year
from evalkit.study.study import Outcome
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.main_message"
SEEN: tuple[Verdict, ...] = ("up", "down", "steady", "unclear", "no_interval")


def points_of_changes(evidence: Evidence) -> Iterator[tuple[Words, ...]]:
    """Give one point for each clear change, then one for each state of the others.

    They are those of the group of interest, or of the page's site.
    """
    for outcome in focused_with(evidence, "up", "down"):
        yield clear_change(evidence, outcome)
    unclear = "early" if evidence.is_early else "unclear"
    others: tuple[tuple[Verdict, str], ...] = (
        ("steady", "steady"),
        ("unclear", unclear),
        ("no_interval", "no_interval"),
        ("hidden", "hidden"),
        ("not_asked", "not_asked"),
    )
    for verdict, key in others:
        if found := focused_with(evidence, verdict):
            yield (_say(key, outcomes=named(evidence, found)),)
    if focused_with(evidence, "first"):
        yield (_say("first"),)


def clear_change(evidence: Evidence, outcome: Outcome) -> tuple[Words, ...]:
    """Say which way an outcome went, and by how much."""
    focus = focus_of(evidence)
    low, high = (focus.number(outcome, end) or 0.0 for end in ("low", "high"))
    first = evidence.firsts[outcome.id] or evidence.first
    said = _say(focus.verdict(outcome), outcome=outcome.name, year=year(first.year), **size_of(low, high))
    worse = evidence.study.scale_of(outcome)[1].higher_is == "worse"
    return (said, _say("lower_is_better")) if worse else (said,)


def whose(evidence: Evidence) -> Iterator[tuple[Words, ...]]:
    """Say whose scores these are, where there are others."""
    if evidence.groups.comparison is not None:
        yield (_say("in_group", group=evidence.groups.main.name),)


def points_compared(evidence: Evidence) -> Iterator[tuple[Words, ...]]:
    """Say what the comparison shows, or that there is none."""
    if not evidence.outcomes_with(*SEEN):
        return
    if evidence.groups.comparison is None:
        yield (_say("alone"), _say("alone_so"))
        return
    ways: tuple[Verdict, ...] = ("up", "down", "steady", "unclear")
    for way in ways:
        if found := evidence.outcomes_with(way, group=DIFFERENCE):
            yield (_say(f"relative_{way}", outcomes=named(evidence, found)),)


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)
