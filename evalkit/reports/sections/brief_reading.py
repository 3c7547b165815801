"""How to read the scores and the picture, in a few short sentences."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import Paragraph, Part, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import ANYWHERE, LAY, Section
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.brief_reading"


def _build(evidence: Evidence) -> Part:
    return Part("brief-reading", _say("title"), (Paragraph(tuple(_sentences(evidence))),))


def _sentences(evidence: Evidence) -> Iterator[Words]:
    yield _say("score")
    if evidence.changes.rows:
        yield _say("range_wide")
        yield _say("direction")
    tables = (evidence.answered, evidence.by_site, evidence.scores, evidence.changes, evidence.site_changes)
    if any(table.log for table in tables):
        yield _say("hidden", least=evidence.study.file.disclosure.min_respondents)
    if evidence.study.file.disclosure.rounding == "public":
        yield _say("rounded")


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("brief-reading", 25, _build, LAY, ANYWHERE)
