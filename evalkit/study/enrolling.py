"""Enter people into the roster and make their codes: one, or a whole wave at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error
from evalkit.store.audit import add_entry, now
from evalkit.store.people import Entry, add_people, add_sites, list_aliases, list_codes, list_sites
from evalkit.study.codes import make_codes
from evalkit.study.roster_rows import RosterRow, row_problems
from evalkit.study.study import Study
from evalkit.study.study_store import study_store


def enrol(
    study: Study,
    connection: Connection,
    population: str,
    aliases: Sequence[str],
    sites: Sequence[str | None],
    *,
    rng: np.random.Generator | None = None,
) -> dict[str, str]:
    """Give a code to each id of another platform, within the caller's transaction.

    Parameters
    ----------
    population : id of the population; the caller has made sure that the study has it.
    aliases : ids of the other platform; one may occur several times.
    sites : site of each, as long as `aliases`; None where it is not known. In a population of one site a
        person, the first site that is known enters the roster, and later ones do not change it: the
        answers of each wave carry their own site.
    rng : source of chance for simulated studies.

    Returns
    -------
    The code of each id, old and new.
    """
    one_site = study.file.populations[population].sites == "one"
    wanted: dict[str, dict[str, None]] = {}
    for alias, site in zip(aliases, sites, strict=True):
        places = wanted.setdefault(alias, {})
        if site and not (one_site and places):
            places[site] = None
    known = {row.alias: row.code for row in list_aliases(connection, population)}
    fresh = [alias for alias in wanted if alias not in known]
    codes = make_codes(population, len(fresh), list_codes(connection), rng) if fresh else []
    moment = now()
    add_people(
        connection,
        [
            Entry(code, population, moment, sites=tuple(wanted[alias]), alias=alias)
            for alias, code in zip(fresh, codes, strict=True)
        ],
    )
    if len(fresh) < len(wanted):
        _add_missing_sites(connection, {known[a]: wanted[a] for a in wanted if a in known}, one_site)
    return {alias: known[alias] for alias in wanted if alias in known} | dict(zip(fresh, codes, strict=True))


def add_person(
    study: Study,
    *,
    population: str,
    sites: Sequence[str],
    organisation: str | None = None,
    alias: str | None = None,
    name: str | None = None,
    rng: np.random.Generator | None = None,
) -> str:
    """Enter one person or organisation into the roster.

    Parameters
    ----------
    population : id of the population.
    sites : ids of sites; one or several, as the population allows.
    alias : id on another platform, by which imported answers name the person.
    name : kept in a table of its own, and shown only when names are asked for.

    Returns
    -------
    The new code.

    Raises
    ------
    ProblemsFound : all problems of the entry together; nothing is changed then.
    """
    row = RosterRow(population, tuple(sites), organisation, alias, name)
    problems = [*row_problems(study, row, Place())]
    if problems:
        raise ProblemsFound(problems)
    with study_store(study).writing() as connection:
        if alias is not None and any(known.alias == alias for known in list_aliases(connection, population)):
            raise ProblemsFound([error("roster.alias_in_use", alias=alias, population=population)])
        (code,) = make_codes(population, 1, list_codes(connection), rng)
        add_people(connection, [Entry(code, population, now(), organisation, row.sites, alias, name)])
        add_entry(connection, "roster.add", {"code": code, "population": population})
    return code


def _add_missing_sites(connection: Connection, wanted: dict[str, dict[str, None]], one_site: bool) -> None:
    standing: dict[str, set[str]] = {}
    for code, site in list_sites(connection):
        standing.setdefault(code, set()).add(site)
    add_sites(
        connection,
        [
            (code, site)
            for code, sites in wanted.items()
            if not (one_site and code in standing)
            for site in sites
            if site not in standing.get(code, set())
        ],
    )
