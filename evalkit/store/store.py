"""The store of a study: one database, read and written in whole transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.pool import NullPool, StaticPool

from evalkit.errors import ProblemsFound
from evalkit.problems import error
from evalkit.store.bulk import collector_paused
from evalkit.store.faults import database_faults, file_faults
from evalkit.store.location import Location, find_location
from evalkit.store.tables import SCHEMA_VERSION, metadata, store_version

WAIT_SECONDS = 10
BEGIN = "evalkit_begin"
# Any constant will do: it names the one lock that writers of a server wait for.
_SERVER_LOCK = 7_064_372


@dataclass(frozen=True)
class Store:
    """Hold the way to the database of a study.

    Parameters
    ----------
    location : where it stands.
    engine : what opens connections; nothing is opened before a transaction.
    """

    location: Location
    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that reads. A store that does not exist yet reads as an empty one."""
        with collector_paused(), database_faults(self.location.place):
            if self.location.file is None or self.location.file.exists():
                with self.engine.connect() as connection, connection.begin():
                    if _has_tables(connection, self.location):
                        yield connection
                        return
            with _empty_store() as connection:
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that writes, the only one at a time; it is kept whole or not at all.

        A second writer waits up to `WAIT_SECONDS`, then gets the problem `store.busy`.
        """
        place = self.location.place
        with file_faults(place):
            self.location.data_folder.mkdir(parents=True, exist_ok=True)
        with collector_paused(), database_faults(place), self.engine.connect() as connection:
            connection.execution_options(**{BEGIN: "BEGIN IMMEDIATE"})
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SERVER_LOCK})")
                if not _has_tables(connection, self.location):
                    _make_tables(connection)
                yield connection


def open_store(data_folder: Path, store: str = "sqlite") -> Store:
    """Return the store of a study; nothing is read or written yet.

    Parameters
    ----------
    data_folder : the study's folder `data/`.
    store : `sqlite`, or `postgresql://user@host:port/database`. The password of a server comes from
        `EVALKIT_STORE_PASSWORD` or `PGPASSWORD`, never from a file of the study.

    Raises
    ------
    ProblemsFound : `store.unknown_kind`, `store.password_in_file` or `store.no_driver`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from evalkit.store.imports import find_import
    >>> with TemporaryDirectory() as folder:
    ...     with open_store(Path(folder)).reading() as connection:
    ...         print(find_import(connection, "0" * 64, "w1", "residents-core"))
    None
    """
    location = find_location(data_folder, store)
    waiting = "connect_timeout" if location.file is None else "timeout"
    # No pool: a connection that stays open would hold a place on a server, and a file on Windows.
    engine = create_engine(location.url, poolclass=NullPool, connect_args={waiting: WAIT_SECONDS})
    if location.file is not None:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return Store(location, engine)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver shall begin no transaction by itself: `_begin_sqlite` does.
    connection.isolation_level = None
    # A rollback journal and not a write-ahead log: a study may stand on a network drive, where the log's
    # shared memory does not work, and whoever copies study.sqlite alone shall have all of it. EXTRA also
    # syncs the folder after the journal is gone, so that an import reported as done survives a power cut.
    # https://www.sqlite.org/wal.html, https://www.sqlite.org/pragma.html#pragma_synchronous
    for pragma in (
        "journal_mode = DELETE",
        "synchronous = EXTRA",
        "foreign_keys = ON",
        # Else INSERT OR REPLACE would delete rows behind the append-only triggers.
        "recursive_triggers = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(BEGIN, "BEGIN"))


@contextmanager
def _empty_store() -> Iterator[Connection]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        with engine.begin() as connection:
            _make_tables(connection)
            yield connection
    finally:
        engine.dispose()


def _make_tables(connection: Connection) -> None:
    metadata.create_all(connection)
    connection.execute(insert(store_version), {"version": SCHEMA_VERSION})


def _has_tables(connection: Connection, location: Location) -> bool:
    """Tell whether the tables stand; raise when a newer evalkit, or something else, made them."""
    names = set(inspect(connection).get_table_names())
    if store_version.name not in names:
        if names & set(metadata.tables):
            raise ProblemsFound([error("store.not_a_store", location.place)])
        return False
    version = connection.execute(select(store_version.c.version)).scalar_one()
    if version > SCHEMA_VERSION:
        versions = {"found": str(version), "known": str(SCHEMA_VERSION)}
        raise ProblemsFound([error("store.newer", location.place, **versions)])
    return True
