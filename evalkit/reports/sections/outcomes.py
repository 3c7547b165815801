"""The scores and how they moved: pictures, sentences, and all numbers in one table."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import Block, Heading, Paragraph, Part, Words
from evalkit.reports.arms import Group
from evalkit.reports.change_figure import change_figure
from evalkit.reports.evidence import Evidence
from evalkit.reports.results import row_of
from evalkit.reports.section import TECHNICAL, Section
from evalkit.reports.wording import range_of, score_of, size_of, year
from evalkit.study.study import Outcome
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.outcomes"


def _build(evidence: Evidence) -> Part | None:
    if not evidence.changes.rows:
        return None
    blocks: list[Block] = [change_figure(evidence)]
    for outcome in evidence.outcomes:
        blocks += [Heading(outcome.name), Paragraph(tuple(_sentences(evidence, outcome)))]
    return Part("outcomes", _say("title"), tuple(blocks))


def _sentences(evidence: Evidence, outcome: Outcome) -> Iterator[Words]:
    main = evidence.groups.main
    row, verdict = row_of(outcome.id, main.id), evidence.verdict(outcome, main)
    now = evidence.scores.number(row, evidence.wave.id)
    if verdict in ("hidden", "not_asked"):
        yield _say(verdict, year=year(evidence.wave.year))
        return
    if verdict == "first":
        yield from _first_score(evidence, outcome, now)
        return
    yield _from_to(evidence, outcome, row)
    yield from _moved(evidence, row, verdict)
    if evidence.groups.comparison is not None:
        yield _comparison(evidence, outcome, evidence.groups.comparison)


def _first_score(evidence: Evidence, outcome: Outcome, now: float | None) -> Iterator[Words]:
    if now is None:
        yield _say("hidden")
    else:
        yield _say("now", year=year(evidence.wave.year), score=score_of(evidence, outcome, now))


def _from_to(evidence: Evidence, outcome: Outcome, row: str) -> Words:
    first, last = (evidence.changes.number(row, end) or 0.0 for end in ("first", "last"))
    since = evidence.firsts[outcome.id] or evidence.first
    years = {"first_year": year(since.year), "year": year(evidence.wave.year)}
    return _say("from_to", first=Number(first, 1), last=score_of(evidence, outcome, last), **years)


def _moved(evidence: Evidence, row: str, verdict: str) -> Iterator[Words]:
    low, high = (evidence.changes.number(row, end) or 0.0 for end in ("low", "high"))
    if verdict in ("up", "down"):
        yield _say(verdict, **size_of(low, high))
    elif verdict == "no_interval":
        change = evidence.changes.number(row, "change") or 0.0
        yield _say("no_interval", change=Number(change, 1, signed=True))
    else:
        yield _say(verdict, range=range_of(low, high))
        if verdict == "unclear":
            yield _say("unclear_why")


def _comparison(evidence: Evidence, outcome: Outcome, group: Group) -> Words:
    row = row_of(outcome.id, group.id)
    first, last = (evidence.changes.number(row, end) for end in ("first", "last"))
    if first is None or last is None:
        return _say("comparison_hidden")
    return _say("comparison", first=Number(first, 1), last=Number(last, 1))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("outcomes", 30, _build, TECHNICAL)
