"""Which other choices the results can be held against, and where that stands."""

from __future__ import annotations

from evalkit.documents.blocks import BulletList, Paragraph, Part
from evalkit.registry import discover
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import TECHNICAL, Section
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.sensitivity"
CHOICES = "evalkit.models.sensitivity"


def _build(evidence: Evidence) -> Part | None:
    if evidence.is_first:
        return None
    names = sorted(discover(CHOICES, "SENSITIVITY"))
    points = tuple((_say("choice", name=phrase(f"sensitivity.{name}.title")),) for name in names)
    opening = Paragraph((_say("asked_again"), _say("command"), _say("where")))
    return Part("sensitivity", _say("title"), (opening, BulletList(points)))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("sensitivity", 68, _build, TECHNICAL)
