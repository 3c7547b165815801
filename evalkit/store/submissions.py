"""Submissions: rows that are added and never changed; a correction is a new revision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from evalkit.store.bulk import insert_rows
from evalkit.store.tables import submissions

# As many rows as stay in a processor's cache while their JSON is taken apart.
READ_AT_ONCE = 500


def newest_submissions(
    connection: Connection, wave: str, instrument: str, columns: Sequence[str]
) -> Iterator[Sequence[Row[Any]]]:
    """Give the newest revision of each submission to an instrument in a wave, by respondent and site.

    Parameters
    ----------
    columns : names of the columns to read.

    Returns
    -------
    Lists of at most `READ_AT_ONCE` rows, so that no reader holds them all as text.
    """
    later = submissions.alias("later")
    query = (
        select(*(submissions.c[name] for name in columns))
        .where(submissions.c.wave == wave, submissions.c.instrument == instrument)
        .where(~select(later.c.id).where(later.c.replaces == submissions.c.id).exists())
        .order_by(submissions.c.respondent, submissions.c.site)
    )
    return connection.execute(query, execution_options={"yield_per": READ_AT_ONCE}).partitions()


def add_submissions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add submissions in one statement, within the caller's transaction."""
    insert_rows(connection, submissions, rows)


def count_submissions(connection: Connection) -> list[tuple[str, str, int]]:
    """Return how many submissions stand for each wave and instrument; revisions count once."""
    c = submissions.c
    query = select(c.wave, c.instrument, func.count()).where(c.revision == 1).group_by(c.wave, c.instrument)
    return [(wave, instrument, count) for wave, instrument, count in connection.execute(query)]
