"""How the summary was made: when people were asked, how ranges come about, with what program."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit import __version__
from evalkit.documents.blocks import Paragraph, Part, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import ANYWHERE, TECHNICAL, Section
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.making"


def _build(evidence: Evidence) -> Part:
    return Part("making", _say("title"), (Paragraph(tuple(_sentences(evidence)), "note"),))


def _sentences(evidence: Evidence) -> Iterator[Words]:
    study = evidence.study
    if study.file.simulated:
        yield _say("simulated")
    start, end = evidence.wave.field
    yield _say("asked", start=start, end=end)
    if evidence.changes.rows:
        yield _say("means")
        yield _say("interval")
        yield _say("rounding")
    instruments = dict.fromkeys(study.scale_of(outcome)[0].id for outcome in study.outcomes)
    for instrument in instruments:
        yield _say("instrument", instrument=instrument, version=study.instruments[instrument].version)
    yield _say("program", version=__version__, study=study.id)


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("making", 80, _build, TECHNICAL, ANYWHERE)
