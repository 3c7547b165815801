"""A row of a roster, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from evalkit.problems import Place, Problem, error
from evalkit.study.study import Study


@dataclass(frozen=True)
class RosterRow:
    """Hold what a roster file says of one person or organisation.

    Parameters
    ----------
    population : id of the population.
    sites : ids of sites, each once.
    organisation : name or id of the organisation; None when not said.
    alias : id on another platform; None when there is none.
    name : name of the person; None when the file has none.
    number : row of the file, from 1, the header not counted.
    """

    population: str
    sites: tuple[str, ...]
    organisation: str | None = None
    alias: str | None = None
    name: str | None = None
    number: int | None = None


def row_problems(study: Study, row: RosterRow, place: Place) -> Iterator[Problem]:
    """Give every problem of a row against the study file."""
    population = study.file.populations.get(row.population)
    if population is None:
        known = ", ".join(study.file.populations)
        yield error("roster.unknown_population", place, population=row.population, known=known)
    for site in row.sites:
        if site not in study.sites_by_id:
            known = ", ".join(study.sites_by_id)
            yield error("roster.unknown_site", replace(place, site=site), known=known)
    if not row.sites:
        yield error("roster.site_missing", place)
    if population is not None and population.sites == "one" and len(row.sites) > 1:
        yield error("roster.several_sites", place, sites=", ".join(row.sites), population=row.population)
    if population is not None and population.organisation == "required" and not row.organisation:
        yield error("roster.organisation_missing", place, population=row.population)
