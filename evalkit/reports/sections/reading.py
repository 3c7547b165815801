"""How to read the summary: the scale, the range, the band."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import BulletList, Part, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import TECHNICAL, Section
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.reading"


def _build(evidence: Evidence) -> Part:
    return Part("reading", _say("title"), (BulletList(tuple(_points(evidence))),))


def _points(evidence: Evidence) -> Iterator[tuple[Words, ...]]:
    yield (_say("score"), _say("score_ends"))
    if evidence.changes.rows:
        yield (_say("range"), _say("range_right"))
        bands = sorted(set(evidence.bands.values()))
        band = _say("band", band=Number(bands[0], 1)) if len(bands) == 1 else _say("bands")
        yield (band, _say("direction"))
    rule = evidence.study.file.disclosure
    yield (_say("hidden", least=rule.min_respondents),)
    if rule.rounding == "public":
        yield (_say("rounded"),)


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("reading", 70, _build, TECHNICAL)
