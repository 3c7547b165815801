"""What a section of a report is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evalkit.documents.blocks import Part
from evalkit.reports.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Section:
    """Hold one section; each file of `reports/sections/` declares one as `SECTION`.

    Parameters
    ----------
    id : anchor of the section in every document.
    order : its place; sections stand by rising order.
    build : gives the section, or None when the study has nothing to say there.
    """

    id: str
    order: int
    build: Callable[[Evidence], Part | None]
