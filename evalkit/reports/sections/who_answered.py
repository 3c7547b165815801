"""Who answered, in two or three sentences."""

from __future__ import annotations

from evalkit.documents.blocks import Paragraph, Part
from evalkit.reports.evidence import Evidence
from evalkit.reports.participation_words import answered_in_words
from evalkit.reports.section import Section
from evalkit.texts.phrases import phrase


def _build(evidence: Evidence) -> Part:
    return Part(
        "who-answered",
        phrase("report.participation.title"),
        (Paragraph(tuple(answered_in_words(evidence))),),
    )


SECTION = Section("who-answered", 22, _build, frozenset(("partners",)))
