"""People of the roster by code: sites, ids of other platforms, and names kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select

from evalkit.store.bulk import insert_rows
from evalkit.store.tables import aliases, contacts, people, people_sites


@dataclass(frozen=True)
class Entry:
    """Hold what enters the roster for one person or organisation.

    Parameters
    ----------
    code : pseudonymous code.
    entered : moment of entry, ISO 8601.
    sites : ids of sites; may be empty.
    alias : id on another platform.
    name : name, when a roster file has it.
    """

    code: str
    population: str
    entered: str
    organisation: str | None = None
    sites: tuple[str, ...] = ()
    alias: str | None = None
    name: str | None = None
    status: str = "active"


def add_people(connection: Connection, entries: Sequence[Entry]) -> None:
    """Add people in a few statements, within the caller's transaction."""
    insert_rows(connection, people, _columns(entries, [column.name for column in people.c]))
    add_sites(connection, [(e.code, site) for e in entries for site in e.sites])
    known = [e for e in entries if e.alias is not None]
    insert_rows(connection, aliases, _columns(known, ["population", "alias", "code"]))
    insert_rows(connection, contacts, _columns([e for e in entries if e.name is not None], ["code", "name"]))


def add_sites(connection: Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """Add sites to people who stand in the roster: pairs of code and site that are not there yet."""
    insert_rows(connection, people_sites, [{"code": code, "site": site} for code, site in pairs])


def set_names(connection: Connection, names: Mapping[str, str]) -> None:
    """Keep these names by code, in the place of those that stand; names are no part of what is analysed."""
    if names:
        gone = delete(contacts).where(contacts.c.code == bindparam("code_"))
        connection.execute(gone, [{"code_": code} for code in names])
        insert_rows(connection, contacts, [{"code": code, "name": name} for code, name in names.items()])


def list_people(connection: Connection) -> Sequence[Row[Any]]:
    """Return code, population, organisation, status and moment of entry, in the order of codes."""
    return connection.execute(select(people).order_by(people.c.code)).all()


def list_codes(connection: Connection) -> set[str]:
    """Return every code that is taken, of any population."""
    return set(connection.execute(select(people.c.code)).scalars())


def list_sites(connection: Connection) -> list[tuple[str, str]]:
    """Return pairs of code and site, in the order of codes, then sites."""
    c = people_sites.c
    return [
        (code, site) for code, site in connection.execute(select(c.code, c.site).order_by(c.code, c.site))
    ]


def list_aliases(connection: Connection, population: str | None = None) -> Sequence[Row[str, str, str]]:
    """Return population, alias and code, of one population or of all."""
    query = select(aliases.c.population, aliases.c.alias, aliases.c.code)
    if population is not None:
        query = query.where(aliases.c.population == population)
    return connection.execute(query).all()


def list_contacts(connection: Connection) -> dict[str, str]:
    """Return names by code: only for a command that was asked for names."""
    rows = connection.execute(select(contacts.c.code, contacts.c.name))
    return {row.code: row.name for row in rows}


def _columns(entries: Sequence[Entry], names: Sequence[str]) -> list[dict[str, Any]]:
    return [{name: getattr(entry, name) for name in names} for entry in entries]
