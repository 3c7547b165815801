"""Read and write very many rows at the cost of the database alone."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, insert


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in one statement, within the caller's transaction.

    The statement is written once for the database at hand and goes to its driver with all rows: what
    SQLAlchemy does anew for each row takes longer than the database itself.

    Parameters
    ----------
    rows : all with the same columns, two or more of plain text and integers.
    """
    if not rows:
        return
    names = list(rows[0])
    compiled = insert(table).inline().compile(dialect=connection.dialect, column_keys=names)
    places = compiled.positiontup
    ready = list(map(itemgetter(*places), rows)) if places else [dict(row) for row in rows]
    connection.exec_driver_sql(str(compiled), ready)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep Python from searching for garbage meanwhile.

    Rows are millions of objects that all stay: the collector would look at each of them again and again,
    and find nothing. Objects that are let go are freed all the same.

    Examples
    --------
    >>> with collector_paused():
    ...     gc.isenabled()
    False
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
