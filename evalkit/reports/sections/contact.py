"""Whom to ask, and where the other documents are."""

from __future__ import annotations

from evalkit.documents.blocks import Paragraph, Part, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import ANYWHERE, Section
from evalkit.texts.phrases import phrase

TEXTS = "report.contact"


def _build(evidence: Evidence) -> Part:
    contact = evidence.additions.contact
    asked: tuple[Words, ...] = (contact,) if contact is not None else (phrase(f"{TEXTS}.nobody_named"),)
    return Part("contact", phrase(f"{TEXTS}.title"), (Paragraph((*asked, phrase(f"{TEXTS}.others"))),))


SECTION = Section("contact", 78, _build, scopes=ANYWHERE)
