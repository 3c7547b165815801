"""Many rows go in as they are, whole or not at all, and the collector comes back."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from sqlalchemy import select

from evalkit.errors import ProblemsFound
from evalkit.problems import error
from evalkit.store.bulk import collector_paused, insert_rows
from evalkit.store.store import open_store
from evalkit.store.tables import people_sites


def test_rows_go_in_whatever_the_order_of_their_columns(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.writing() as connection:
        rows = [{"site": f"S{n}", "code": "R-é'\"-1"} for n in range(3)]
        connection.exec_driver_sql(
            "INSERT INTO people (code, population, status, entered) VALUES (?, 'resident', 'active', '')",
            (rows[0]["code"],),
        )
        insert_rows(connection, people_sites, rows)
        insert_rows(connection, people_sites, [])
    with store.reading() as connection:
        found = connection.execute(select(people_sites.c.site, people_sites.c.code)).all()
    assert sorted(tuple(row) for row in found) == [(row["site"], row["code"]) for row in rows]


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_comes_back_as_it_was(was_on: bool) -> None:
    before = gc.isenabled()
    try:
        gc.enable() if was_on else gc.disable()
        with pytest.raises(ProblemsFound), collector_paused():
            assert not gc.isenabled()
            raise ProblemsFound([error("import.no_rows")])
        assert gc.isenabled() == was_on
    finally:
        gc.enable() if before else gc.disable()
