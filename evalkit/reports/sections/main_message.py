"""In short: what changed, how sure that is, and compared with what."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import BulletList, Callout, KeyFact, KeyFacts, Part, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.results import DIFFERENCE, row_of
from evalkit.reports.section import Section
from evalkit.reports.verdicts import Verdict
from evalkit.reports.wording import (
    names_of,
    range_of,
    score_of,
    size_of,
    tone_of,
    verdict_words,
    year,
)
from evalkit.study.study import Outcome
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.main_message"


def _build(evidence: Evidence) -> Part:
    points = [*_whose(evidence), *_changes(evidence), *_compared(evidence)]
    callout = Callout(_say("callout"), (BulletList(tuple(points)),))
    facts = tuple(_fact(evidence, outcome) for outcome in evidence.outcomes)
    return Part("main-message", _say("title"), (callout, KeyFacts(facts)))


def _changes(evidence: Evidence) -> Iterator[tuple[Words, ...]]:
    """Give one point for each clear change, then one for each thing that cannot be told."""
    for outcome in evidence.outcomes_with("up", "down"):
        yield _clear_change(evidence, outcome)
    unclear = "early" if evidence.is_early else "unclear"
    others: tuple[tuple[Verdict, str], ...] = (
        ("steady", "steady"),
        ("unclear", unclear),
        ("no_interval", "no_interval"),
        ("hidden", "hidden"),
        ("not_asked", "not_asked"),
    )
    for verdict, key in others:
        if found := evidence.outcomes_with(verdict):
            yield (_say(key, outcomes=names_of(found)),)
    if evidence.outcomes_with("first"):
        yield (_say("first"),)


def _whose(evidence: Evidence) -> Iterator[tuple[Words, ...]]:
    if evidence.groups.comparison is not None:
        yield (_say("in_group", group=evidence.groups.main.name),)


def _clear_change(evidence: Evidence, outcome: Outcome) -> tuple[Words, ...]:
    row, verdict = (
        row_of(outcome.id, evidence.groups.main.id),
        evidence.verdict(outcome, evidence.groups.main),
    )
    low, high = (evidence.changes.number(row, end) or 0.0 for end in ("low", "high"))
    first = evidence.firsts[outcome.id] or evidence.first
    said = _say(verdict, outcome=outcome.name, year=year(first.year), **size_of(low, high))
    worse = evidence.study.scale_of(outcome)[1].higher_is == "worse"
    return (said, _say("lower_is_better")) if worse else (said,)


def _compared(evidence: Evidence) -> Iterator[tuple[Words, ...]]:
    comparison = evidence.groups.comparison
    if not evidence.outcomes_with("up", "down", "steady", "unclear", "no_interval"):
        return
    if comparison is None:
        yield (_say("alone"),)
        return
    ways: tuple[Verdict, ...] = ("up", "down", "steady", "unclear")
    for way in ways:
        if found := evidence.outcomes_with(way, group=DIFFERENCE):
            yield (_say(f"relative_{way}", outcomes=names_of(found)),)


def _fact(evidence: Evidence, outcome: Outcome) -> KeyFact:
    row, verdict = (
        row_of(outcome.id, evidence.groups.main.id),
        evidence.verdict(outcome, evidence.groups.main),
    )
    words, tone = verdict_words(evidence, verdict), tone_of(verdict)
    score = evidence.scores.number(row, evidence.wave.id)
    found = {column: evidence.changes.number(row, column) for column in evidence.changes.columns}
    known = {column: number for column, number in found.items() if number is not None}
    if "change" not in known:
        alone = (score_of(evidence, outcome, score),) if score is not None else ()
        return KeyFact(outcome.name, words, alone, "plain")
    first = evidence.firsts[outcome.id] or evidence.first
    details = [_say("since", change=Number(known["change"], 1, signed=True), since=year(first.year))]
    if "low" in known and "high" in known:
        details.append(_say("likely", range=range_of(known["low"], known["high"])))
    if "first" in known and "last" in known:
        years = {"first_year": year(first.year), "year": year(evidence.wave.year)}
        scores = {"first": Number(known["first"], 1), "last": score_of(evidence, outcome, known["last"])}
        details.append(_say("scores", **scores, **years))
    return KeyFact(outcome.name, words, tuple(details), tone)


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("main-message", 10, _build)
