"""What a section of a report is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from evalkit.documents.blocks import Part
from evalkit.reports.evidence import Evidence

Reader = Literal["partners", "residents", "technical"]
EVERYONE: frozenset[Reader] = frozenset(("partners", "residents", "technical"))


@dataclass(frozen=True, slots=True)
class Section:
    """Hold one section; each file of `reports/sections/` declares one as `SECTION`.

    Parameters
    ----------
    id : anchor of the section in every document.
    order : its place; sections stand by rising order.
    build : gives the section, or None when the study has nothing to say there.
    readers : in whose documents it stands.
    """

    id: str
    order: int
    build: Callable[[Evidence], Part | None]
    readers: frozenset[Reader] = EVERYONE
