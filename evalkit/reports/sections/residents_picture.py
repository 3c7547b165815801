"""For residents: what changed where the page is about, in one picture."""

from __future__ import annotations

from evalkit.documents.blocks import Part
from evalkit.reports.change_figure import change_figure
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import Section
from evalkit.texts.phrases import phrase


def _build(evidence: Evidence) -> Part | None:
    if not evidence.changes.rows:
        return None
    return Part("residents-picture", phrase("report.picture.title"), (change_figure(evidence, alone=True),))


SECTION = Section("residents-picture", 28, _build, frozenset(("residents",)))
