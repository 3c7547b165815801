"""The evaluators' own paragraphs, put where they belong."""

from __future__ import annotations

from dataclasses import replace

from evalkit.documents.blocks import Paragraph, Part
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import Reader
from evalkit.texts.phrases import phrase

ADDED = "added"


def with_paragraphs(parts: tuple[Part, ...], evidence: Evidence, reader: Reader) -> tuple[Part, ...]:
    """Return the parts of a document, each with the paragraphs that were written for it at its end.

    A paragraph for a section that has nothing to say this year stands in a part of its own, at the end.
    """
    here = None if evidence.site is None else evidence.site.id
    written = [
        (added.section, Paragraph((added.text,)))
        for added in evidence.additions.paragraphs
        if added.document == reader and added.site == here and added.year in (None, evidence.wave.year)
    ]
    there = {part.id for part in parts}
    filled = tuple(
        replace(part, blocks=(*part.blocks, *(block for section, block in written if section == part.id)))
        for part in parts
    )
    left = tuple(block for section, block in written if section not in there)
    return (*filled, Part(ADDED, phrase("report.words.added"), left)) if left else filled
