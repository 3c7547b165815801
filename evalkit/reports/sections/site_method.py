"""How the ranges of one site come about, and what they leave out."""

from __future__ import annotations

from evalkit.documents.blocks import Paragraph, Part
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import SITE, TECHNICAL, Section
from evalkit.texts.phrases import phrase

TEXTS = "report.site_method"
SENTENCES = ("range", "left_out", "chance", "why", "means")


def _build(evidence: Evidence) -> Part | None:
    if evidence.is_first:
        return None
    said = tuple(phrase(f"{TEXTS}.{key}") for key in SENTENCES)
    return Part("site-method", phrase(f"{TEXTS}.title"), (Paragraph(said),))


SECTION = Section("site-method", 49, _build, TECHNICAL, SITE)
