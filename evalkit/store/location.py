"""Where a store stands: a SQLite file of the study folder, or a PostgreSQL server."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error

SQLITE_FILE = "study.sqlite"
PASSWORD_VARIABLE = "EVALKIT_STORE_PASSWORD"


@dataclass(frozen=True)
class Location:
    """Hold where a store stands.

    Parameters
    ----------
    data_folder : folder of the original files, and of the SQLite file.
    url : address of the database, with its password when the environment gives one.
    file : the SQLite file; None for a server.
    """

    data_folder: Path
    url: URL
    file: Path | None

    @property
    def place(self) -> Place:
        """Return the place that problems name; a password is never part of it."""
        return Place(file=str(self.file) if self.file else self.url.render_as_string(hide_password=True))


def find_location(data_folder: Path, store: str) -> Location:
    """Return where the store of a study stands.

    Parameters
    ----------
    data_folder : the study's folder `data/`.
    store : `sqlite`, or an address `postgresql://user@host:port/database`.

    Raises
    ------
    ProblemsFound : the address is none, holds a password, is of another kind of database, or needs
        the extra `postgres`.
    """
    if store == "sqlite":
        file = data_folder / SQLITE_FILE
        return Location(data_folder, URL.create("sqlite", database=str(file)), file)
    return Location(data_folder, _server_url(store), None)


def _server_url(store: str) -> URL:
    try:
        url = make_url(store)
    except ArgumentError:
        raise ProblemsFound([error("store.unknown_kind", kind=store.partition(":")[0])]) from None
    if url.password is not None or "password" in url.query:
        raise ProblemsFound([error("store.password_in_file", variable=PASSWORD_VARIABLE)])
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise ProblemsFound([error("store.unknown_kind", kind=url.drivername)])
    if importlib.util.find_spec("psycopg") is None:
        raise ProblemsFound([error("store.no_driver")])
    password = os.environ.get(PASSWORD_VARIABLE)
    # Without it, the client library itself looks at PGPASSWORD and at the user's password file.
    return url.set(drivername="postgresql+psycopg", password=password or None)
