"""What a section of a report is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from evalkit.documents.blocks import Part
from evalkit.reports.evidence import Evidence

Reader = Literal["partners", "residents", "technical"]
Scope = Literal["whole", "site"]
EVERYONE: frozenset[Reader] = frozenset(("partners", "residents", "technical"))
LAY: frozenset[Reader] = frozenset(("partners", "residents"))
TECHNICAL: frozenset[Reader] = frozenset(("technical",))
WHOLE: frozenset[Scope] = frozenset(("whole",))
SITE: frozenset[Scope] = frozenset(("site",))
ANYWHERE: frozenset[Scope] = WHOLE | SITE


@dataclass(frozen=True, slots=True)
class Section:
    """Hold one section; each file of `reports/sections/` declares one as `SECTION`.

    Parameters
    ----------
    id : anchor of the section in every document.
    order : its place; sections stand by rising order.
    build : gives the section, or None when the study has nothing to say there.
    readers : in whose documents it stands.
    scopes : whether it stands in the pages of the whole study, in those of one site, or in both.
    """

    id: str
    order: int
    build: Callable[[Evidence], Part | None]
    readers: frozenset[Reader] = EVERYONE
    scopes: frozenset[Scope] = WHOLE

    def stands_in(self, reader: Reader, scope: Scope) -> bool:
        """Tell whether it belongs to the pages of a reader, of the whole study or of one site."""
        return reader in self.readers and scope in self.scopes
