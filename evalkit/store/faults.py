"""Turn what a database or a disk refuses into problems that say what to do."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, Problem, error

_SQLITE = {
    sqlite3.SQLITE_BUSY: "store.busy",
    sqlite3.SQLITE_LOCKED: "store.busy",
    sqlite3.SQLITE_FULL: "store.disk_full",
    sqlite3.SQLITE_READONLY: "store.not_writable",
    sqlite3.SQLITE_PERM: "store.not_writable",
    sqlite3.SQLITE_CANTOPEN: "store.not_writable",
    sqlite3.SQLITE_CORRUPT: "store.corrupt",
    sqlite3.SQLITE_NOTADB: "store.corrupt",
    sqlite3.SQLITE_IOERR: "store.failed",
}
# SQLSTATE, PostgreSQL appendix A: lock not available, disk full, insufficient privilege, read-only.
_POSTGRES = {
    "55P03": "store.busy",
    "53100": "store.disk_full",
    "42501": "store.not_writable",
    "25006": "store.not_writable",
}
_OS = {
    errno.ENOSPC: "store.disk_full",
    errno.EDQUOT: "store.disk_full",
    errno.EACCES: "store.not_writable",
    errno.EPERM: "store.not_writable",
    errno.EROFS: "store.not_writable",
    errno.ENOTDIR: "store.not_writable",
    errno.EEXIST: "store.not_writable",
}


@contextmanager
def database_faults(place: Place) -> Iterator[None]:
    """Turn the faults of a database into `ProblemsFound`; faults of the program itself stay what they are.

    Parameters
    ----------
    place : the store, as the user knows it.

    Raises
    ------
    ProblemsFound : `store.busy`, `store.disk_full`, `store.not_writable`, `store.corrupt`,
        `store.unreachable` or `store.failed`.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as failure:
        problem = _database_problem(failure, place)
        if problem is None:
            raise
        raise ProblemsFound([problem]) from None


@contextmanager
def file_faults(place: Place) -> Iterator[None]:
    """Turn the faults of a disk into `ProblemsFound`.

    Raises
    ------
    ProblemsFound : `store.disk_full`, `store.not_writable` or `store.failed`.
    """
    try:
        yield
    except OSError as failure:
        code = _OS.get(failure.errno or 0, "store.failed")
        raise ProblemsFound([error(code, place, reason=failure.strerror or str(failure))]) from None


def _database_problem(failure: DBAPIError | sqlite3.Error, place: Place) -> Problem | None:
    # What fails while a connection is being prepared comes as the driver's own error.
    cause = failure.orig if isinstance(failure, DBAPIError) else failure
    reason = str(cause).strip().split("\n")[0]
    if isinstance(cause, sqlite3.Error):
        # Extended codes keep their kind in the low byte.
        kind = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        code = _SQLITE.get(kind)
    else:
        state = getattr(cause, "sqlstate", None)
        # A connection that never came about, or that was lost, has no state or one of class 08, 28 or 57.
        lost = state is None or state[:2] in ("08", "28", "3D", "57")
        operational = type(cause).__name__ == "OperationalError"
        code = _POSTGRES.get(state or "") or ("store.unreachable" if lost and operational else None)
    return error(code, place, reason=reason) if code else None
