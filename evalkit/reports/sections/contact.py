"""Whom to ask."""

from __future__ import annotations

from evalkit.documents.blocks import Paragraph, Part
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import ANYWHERE, Section
from evalkit.texts.phrases import phrase

TEXTS = "report.contact"


def _build(evidence: Evidence) -> Part:
    contact = evidence.additions.contact or phrase(f"{TEXTS}.nobody_named")
    return Part("contact", phrase(f"{TEXTS}.title"), (Paragraph((contact,)),))


SECTION = Section("contact", 78, _build, scopes=ANYWHERE)
