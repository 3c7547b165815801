"""Names and ids of other platforms by code: only for a person who asks for names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evalkit.store.people import list_aliases, list_contacts
from evalkit.study.study import Study
from evalkit.study.study_store import study_store


@dataclass(frozen=True)
class RosterNames:
    """Hold what tells who a code is.

    Parameters
    ----------
    names : names by code, of those whose roster file had one.
    aliases : ids on other platforms by code.
    """

    names: Mapping[str, str]
    aliases: Mapping[str, tuple[str, ...]]


def read_names(study: Study) -> RosterNames:
    """Return the names and ids behind the codes of a study. Raises ProblemsFound."""
    with study_store(study).reading() as connection:
        names, keys = list_contacts(connection), list_aliases(connection)
    aliases: dict[str, tuple[str, ...]] = {}
    for _, alias, code in keys:
        aliases[code] = (*aliases.get(code, ()), alias)
    return RosterNames(names, aliases)
