"""Which files were imported: a file is imported once for a wave, an instrument and a map."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error
from evalkit.store.audit import now, who
from evalkit.store.tables import imports


@dataclass(frozen=True)
class Import:
    """Hold one import: the file's hash and name, its map's hash (empty without one), what it was for, when,
    by whom, and its counts.
    """

    sha256: str
    map_sha256: str
    file: str
    wave: str
    instrument: str
    when: str
    by: str
    counts: Mapping[str, int]


def find_import(
    connection: Connection, sha256: str, wave: str, instrument: str, map_sha256: str = ""
) -> Import | None:
    """Return the import of a file, read by a map, for a wave and an instrument; None when there was none."""
    c = imports.c
    query = select(c.sha256, c.map_sha256, c.file, c.wave, c.instrument, c.when, c.by, c.counts).where(
        c.sha256 == sha256, c.wave == wave, c.instrument == instrument, c.map_sha256 == map_sha256
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Import(*row[:-1], counts=json.loads(row.counts))


def all_imports(connection: Connection) -> tuple[Import, ...]:
    """Return every import, in the order of waves' ids, instruments, time and hash."""
    c = imports.c
    query = select(c.sha256, c.map_sha256, c.file, c.wave, c.instrument, c.when, c.by, c.counts).order_by(
        c.wave, c.instrument, c.when, c.sha256
    )
    return tuple(Import(*row[:-1], counts=json.loads(row.counts)) for row in connection.execute(query))


def add_import(
    connection: Connection,
    *,
    sha256: str,
    file: str,
    wave: str,
    instrument: str,
    counts: Mapping[str, int],
    map_sha256: str = "",
    by: str | None = None,
) -> Import:
    """Record an import, within the caller's transaction.

    Parameters
    ----------
    sha256 : hash of the file's bytes, in hexadecimal.
    file : name of the file, without its folders.
    counts : what the import did, such as `{"new": 40, "revised": 2, "same": 0}`.
    map_sha256 : hash of the map that read it, empty without one: a corrected map reads a file anew.

    Raises
    ------
    ProblemsFound : `store.already_imported`, when the same bytes were imported so before.
    """
    before = find_import(connection, sha256, wave, instrument, map_sha256)
    if before is not None:
        where = Place(file=file, wave=wave or None, instrument=instrument)
        raise ProblemsFound([error("store.already_imported", where, when=before.when[:10], by=before.by)])
    done = Import(sha256, map_sha256, file, wave, instrument, now(), by or who(), dict(counts))
    connection.execute(insert(imports), {**vars(done), "counts": json.dumps(done.counts)})
    return done
