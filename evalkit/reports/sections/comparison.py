"""The sites set against the comparison sites: how much more or less they changed."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import Block, BulletList, Figure, Paragraph, Part, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.figures.changes import ChangeFigure, ChangeGroup, ChangeLine
from evalkit.reports.results import DIFFERENCE, row_of
from evalkit.reports.section import TECHNICAL, Section
from evalkit.reports.wording import named, people_of, range_of, since_of
from evalkit.study.study import Outcome
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.comparison"


def _build(evidence: Evidence) -> Part | None:
    compared = [o for o in evidence.outcomes if evidence.verdict(o, DIFFERENCE) not in ("first", "not_asked")]
    if evidence.groups.comparison is None or not compared:
        return None
    intro = Paragraph((_say("intro", main=evidence.groups.main.name), _say("reading")))
    points = BulletList(tuple(tuple(_sentences(evidence, outcome)) for outcome in compared))
    blocks: list[Block] = [intro]
    if any(evidence.changes.number(row_of(o.id, DIFFERENCE), "change") is not None for o in compared):
        blocks.append(_figure(evidence, compared))
    return Part("comparison", _say("title"), (*blocks, points))


def _sentences(evidence: Evidence, outcome: Outcome) -> Iterator[Words]:
    row, verdict = row_of(outcome.id, DIFFERENCE), evidence.verdict(outcome, DIFFERENCE)
    if verdict == "hidden":
        yield _say("hidden", outcome=outcome.name)
        return
    change, low, high = (evidence.changes.number(row, c) for c in ("change", "low", "high"))
    if low is None or high is None:
        yield _say("no_interval", outcome=outcome.name, change=Number(change or 0.0, 1, signed=True))
        return
    yield _say("likely", outcome=outcome.name, range=range_of(low, high))
    yield _say(verdict)


def _figure(evidence: Evidence, outcomes: list[Outcome]) -> Figure:
    groups = tuple(
        ChangeGroup(
            outcome.name,
            evidence.bands[outcome.id],
            (ChangeLine(row_of(outcome.id, DIFFERENCE), evidence.groups.main.name, 0),),
        )
        for outcome in outcomes
    )
    clear = evidence.outcomes_with("up", "down", group=DIFFERENCE)
    title = _say("figure_title_none")
    if clear:
        title = _say("figure_title_some", outcomes=named(evidence, clear))
    draw = ChangeFigure(groups, _say("axis", since=since_of(evidence)))
    alt = (_say("figure_alt"), *_in_words(evidence, outcomes))
    caption = (_say("figure_caption"), *people_of(evidence))
    return Figure("figure-comparison", evidence.changes, draw, title, alt, caption)


def _in_words(evidence: Evidence, outcomes: list[Outcome]) -> Iterator[Words]:
    for outcome in outcomes:
        row = row_of(outcome.id, DIFFERENCE)
        low, high = (evidence.changes.number(row, end) for end in ("low", "high"))
        if low is not None and high is not None:
            yield _say("likely", outcome=outcome.name, range=range_of(low, high))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("comparison", 40, _build, TECHNICAL)
