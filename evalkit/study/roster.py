"""Who may answer: people and organisations by code, their sites, and their ids on other platforms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from sqlalchemy import Connection

from evalkit.store.people import list_aliases, list_people, list_sites
from evalkit.study.codes import read_code
from evalkit.study.study import Study
from evalkit.study.study_store import study_store

COLUMNS = ("code", "population", "organisation", "status", "entered")


@dataclass(frozen=True)
class Roster:
    """Hold who stands in the roster; never a name.

    Parameters
    ----------
    people : DataFrame, one row a person or organisation, in the order of codes: `code`, `population`,
        `organisation` (None where there is none), `status`, `entered` (ISO 8601).
    sites : ids of sites by code, in alphabetical order.
    aliases : for each population, codes by the id that another platform uses.
    """

    people: pd.DataFrame
    sites: Mapping[str, tuple[str, ...]]
    aliases: Mapping[str, Mapping[str, str]]

    def __len__(self) -> int:
        return len(self.people)

    @cached_property
    def codes_by_population(self) -> Mapping[str, frozenset[str]]:
        """Return the codes of each population that has any."""
        return {str(name): frozenset(part) for name, part in self.people.groupby("population")["code"]}

    @cached_property
    def organisations(self) -> Mapping[str, str | None]:
        """Return the organisation of each code, None where there is none."""
        return dict(zip(self.people["code"], self.people["organisation"], strict=True))

    def codes(self, population: str) -> frozenset[str]:
        """Return the codes of a population; none when nobody of it stands in the roster."""
        return self.codes_by_population.get(population, frozenset())

    def sites_of(self, code: str) -> tuple[str, ...]:
        """Return the sites of a code; none when it has none or is unknown."""
        return self.sites.get(code, ())

    def find(self, population: str, text: str) -> str | None:
        """Return the code that `text` means, as an id of another platform or as a code, or None."""
        known = self.aliases.get(population, {}).get(text)
        if known is not None:
            return known
        code = read_code(text)
        return code if code in self.codes(population) else None


def read_roster(study: Study) -> Roster:
    """Return the roster of a study; empty when nobody was entered yet.

    Raises
    ------
    ProblemsFound : the store cannot be read.
    """
    with study_store(study).reading() as connection:
        return roster_within(connection)


def roster_within(connection: Connection) -> Roster:
    """Return the roster as the caller's transaction sees it."""
    rows, pairs, keys = list_people(connection), list_sites(connection), list_aliases(connection)
    columns = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS)
    people = pd.DataFrame(
        {name: pd.Series(values, dtype=object) for name, values in zip(COLUMNS, columns, strict=True)}
    )
    sites: dict[str, tuple[str, ...]] = {}
    for code, site in pairs:
        sites[code] = (*sites.get(code, ()), site)
    aliases: dict[str, dict[str, str]] = {}
    for population, alias, code in keys:
        aliases.setdefault(population, {})[alias] = code
    return Roster(people, sites, aliases)
