"""What was asked and how it was scored: questionnaires, versions, items, reliability."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import Block, BulletList, Column, Paragraph, Part, Table, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.measure_table import NAME
from evalkit.reports.section import TECHNICAL, Section
from evalkit.reports.wording import year
from evalkit.texts.numbers import Percent
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.measures"


def _build(evidence: Evidence) -> Part:
    points = tuple(tuple(_of_outcome(evidence, number)) for number in range(len(evidence.study.outcomes)))
    blocks: list[Block] = [Paragraph((_say("score"), _say("own_words"))), BulletList(points)]
    return Part("measures", _say("title"), (*blocks, *_reliability(evidence)))


def _of_outcome(evidence: Evidence, number: int) -> Iterator[Words]:
    outcome = evidence.study.outcomes[number]
    instrument, scale = evidence.study.scale_of(outcome)
    values = {"outcome": outcome.name, "instrument": instrument.title, "version": instrument.version}
    yield _say("outcome", items=len(scale.items), **values)
    yield _say("half", share=Percent(scale.min_answered))
    if not scale.has_alpha:
        yield _say("formative")


def _reliability(evidence: Evidence) -> Iterator[Block]:
    data = evidence.tables[NAME]
    names: dict[str, Words] = {
        outcome.id: outcome.name
        for outcome in evidence.study.outcomes
        if data.at(outcome.id, "alpha") is not None
    }
    if not names:
        return
    columns = (
        Column("items", _say("items"), 0),
        Column("alpha", _say("alpha"), 2),
        Column("alpha_low", _say("low"), 2),
        Column("alpha_high", _say("high"), 2),
        Column("people", _say("people"), 0),
    )
    caption = _say("caption", year=year(evidence.wave.year))
    yield Table(data, caption, _say("corner"), names, columns)


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("measures", 64, _build, TECHNICAL)
