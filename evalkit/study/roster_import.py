"""Import a roster file: new people get codes, known ones are recognised by their id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, Problem, error
from evalkit.store.audit import add_entry, now
from evalkit.store.imports import add_import
from evalkit.store.originals import keep_original
from evalkit.store.people import Entry, add_people, add_sites, list_codes, set_names
from evalkit.study.codes import make_codes
from evalkit.study.roster import Roster, roster_within
from evalkit.study.roster_file import read_roster_file
from evalkit.study.roster_rows import RosterRow, row_problems
from evalkit.study.study import Study
from evalkit.study.study_store import study_store

# In the list of imports a roster stands in the place of an instrument, for no wave.
ROSTER = "roster"


@dataclass(frozen=True)
class RosterReceipt:
    """Hold what a roster import did: people who are new, people who were known already."""

    new: int
    known: int


def import_roster(study: Study, file: Path, rng: np.random.Generator | None = None) -> RosterReceipt:
    """Enter everyone of a roster file in one transaction.

    Parameters
    ----------
    file : a CSV or XLSX with the columns population, site (several separated by `;`), and where wanted
        organisation, alias (id on another platform) and name.
    rng : source of chance for simulated studies.

    Returns
    -------
    How many are new and how many were known. A row is known by its population and alias; a row
    without alias is always somebody new.

    Raises
    ------
    ProblemsFound : all problems of the file together, or the file was imported already; nothing is
        changed then.
    """
    rows = read_roster_file(file)
    problems = [p for row in rows for p in row_problems(study, row, _place(file, row))]
    problems += _alias_problems(file, rows)
    if problems:
        raise ProblemsFound(problems)
    original = keep_original(study.data_folder, file)
    with study_store(study).writing() as connection:
        roster = roster_within(connection)
        known = [(row, roster.aliases.get(row.population, {}).get(row.alias or "")) for row in rows]
        differing = [p for row, code in known if code for p in _differences(study, file, row, code, roster)]
        if differing:
            raise ProblemsFound(differing)
        _enter(connection, [row for row, code in known if code is None], rng)
        standing = [(row, code) for row, code in known if code is not None]
        add_sites(
            connection, [(c, s) for row, c in standing for s in row.sites if s not in roster.sites_of(c)]
        )
        set_names(connection, {code: row.name for row, code in standing if row.name})
        receipt = RosterReceipt(len(rows) - len(standing), len(standing))
        names = {"sha256": original.sha256, "file": original.name}
        add_import(connection, **names, wave="", instrument=ROSTER, counts=vars(receipt))
        add_entry(connection, "roster.import", {**names, **vars(receipt)})
    return receipt


def _enter(connection: Connection, rows: Sequence[RosterRow], rng: np.random.Generator | None) -> None:
    taken, moment = list_codes(connection), now()
    entries = []
    for population in dict.fromkeys(row.population for row in rows):
        members = [row for row in rows if row.population == population]
        codes = make_codes(population, len(members), taken, rng)
        taken.update(codes)
        entries += [
            Entry(code, population, moment, row.organisation, row.sites, row.alias, row.name)
            for row, code in zip(members, codes, strict=True)
        ]
    add_people(connection, entries)


def _alias_problems(file: Path, rows: Sequence[RosterRow]) -> Iterator[Problem]:
    first: dict[tuple[str, str], int | None] = {}
    for row in rows:
        if row.alias is not None:
            key = (row.population, row.alias)
            if key in first:
                yield error(
                    "roster.duplicate_alias", _place(file, row), alias=row.alias, first=str(first[key])
                )
            first.setdefault(key, row.number)


def _differences(study: Study, file: Path, row: RosterRow, code: str, roster: Roster) -> Iterator[Problem]:
    sites = roster.sites_of(code)
    if study.file.populations[row.population].sites == "one" and sites and set(sites) != set(row.sites):
        yield error("roster.other_site", _place(file, row), code=code, site=", ".join(sites))
    organisation = roster.organisations.get(code)
    if row.organisation and row.organisation != organisation:
        names = {"code": code, "organisation": organisation or "—"}
        yield error("roster.other_organisation", _place(file, row), **names)


def _place(file: Path, row: RosterRow) -> Place:
    return Place(file=str(file), row=row.number)
