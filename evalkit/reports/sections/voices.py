"""What people said, in their own words, with their consent."""

from __future__ import annotations

from evalkit.documents.blocks import Block, Paragraph, Part
from evalkit.reports.additions import Quotation
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import ANYWHERE, Section
from evalkit.texts.phrases import phrase

TEXTS = "report.voices"


def _build(evidence: Evidence) -> Part | None:
    found = [quotation for quotation in evidence.additions.quotations if _is_here(quotation, evidence)]
    if not found:
        return None
    blocks: list[Block] = [Paragraph((phrase(f"{TEXTS}.consent"),), "note")]
    return Part("voices", phrase(f"{TEXTS}.title"), (*(_quoted(quotation) for quotation in found), *blocks))


def _is_here(quotation: Quotation, evidence: Evidence) -> bool:
    """Tell whether a quotation is of this year: all of them for the whole study, a site's own for a site."""
    of_page = evidence.site is None or quotation.site == evidence.site.id
    return of_page and quotation.year == evidence.wave.year


def _quoted(quotation: Quotation) -> Paragraph:
    return Paragraph((phrase(f"{TEXTS}.quoted", words=quotation.text, who=quotation.who),))


SECTION = Section("voices", 56, _build, scopes=ANYWHERE)
