"""A transaction is whole or absent; what databases and disks refuse is said in plain words."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError

from evalkit.errors import ProblemsFound
from evalkit.store import store as store_module
from evalkit.store.audit import add_entry, entries, who
from evalkit.store.location import find_location
from evalkit.store.store import Store, open_store
from evalkit.store.submissions import add_submissions, count_submissions
from evalkit.store.tables import SCHEMA_VERSION, audit, metadata, submissions

ROW = {
    "respondent": "R-7K3MQ-7",
    "site": "S1",
    "wave": "w1",
    "instrument": "small-core",
    "version": "1.0",
    "source": "file",
    "revision": 1,
    "by": "tester",
    "why": "import",
    "answers": "{}",
    "absent": "{}",
}


@pytest.fixture
def store(tmp_path: Path, store_address: str) -> Store:
    return open_store(tmp_path / "data", store_address)


def _codes(found: pytest.ExceptionInfo[ProblemsFound]) -> list[str]:
    for problem in found.value.problems:
        assert problem.what("fr") and problem.do("en")
    return [problem.code for problem in found.value.problems]


def _count(store: Store) -> int:
    with store.reading() as connection:
        return sum(count for _, _, count in count_submissions(connection))


def test_reading_makes_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path / "data").reading() as connection:
        assert count_submissions(connection) == []
    assert list(tmp_path.iterdir()) == []


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.writing() as connection:
            add_submissions(connection, [ROW])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert _count(store) == 0


@pytest.mark.parametrize("table", ["submissions", "audit", "imports"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = 'x'", "DELETE FROM {}"])
def test_nothing_is_changed_or_deleted(store: Store, table: str, statement: str) -> None:
    column = {"submissions": "answers", "audit": "what", "imports": "file"}[table]
    with store.writing() as connection:
        add_submissions(connection, [ROW])
        add_entry(connection, "test", {})
        connection.execute(
            metadata.tables["imports"].insert(),
            {
                "sha256": "0",
                "map_sha256": "",
                "file": "f",
                "wave": "w1",
                "instrument": "i",
                "when": "t",
                "by": "b",
                "counts": "{}",
            },
        )
    with pytest.raises(DBAPIError, match="append-only"), store.writing() as connection:
        connection.execute(text(statement.format(table, column)))


def test_a_row_cannot_be_replaced_behind_the_triggers(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.writing() as connection:
        add_submissions(connection, [ROW])
    with pytest.raises(DBAPIError, match="append-only"), store.writing() as connection:
        connection.execute(submissions.insert().prefix_with("OR REPLACE"), {**ROW, "id": 1})


def test_a_submission_has_each_revision_once_and_is_replaced_once(store: Store) -> None:
    with store.writing() as connection:
        add_submissions(connection, [ROW])
    with pytest.raises(DBAPIError), store.writing() as connection:
        add_submissions(connection, [ROW])
    with store.reading() as connection:
        first = connection.execute(select(submissions.c.id)).scalar_one()
    with store.writing() as connection:
        add_submissions(connection, [{**ROW, "revision": 2, "replaces": first}])
    with pytest.raises(DBAPIError), store.writing() as connection:
        add_submissions(connection, [{**ROW, "revision": 3, "replaces": first}])
    assert _count(store) == 1


def test_a_second_writer_waits_for_the_first(store: Store) -> None:
    script = (
        "import sys; from pathlib import Path; from evalkit.store.store import open_store; "
        "from evalkit.store.audit import add_entry\n"
        "with open_store(Path(sys.argv[1]), sys.argv[2]).writing() as c: add_entry(c, 'second', {})"
    )
    address = "sqlite" if store.location.file else os.environ["EVALKIT_TEST_POSTGRES"]
    arguments = [sys.executable, "-c", script, str(store.location.data_folder), address]
    with store.writing() as connection:
        second = subprocess.Popen(arguments)
        time.sleep(1.5)
        assert second.poll() is None
        add_entry(connection, "first", {})
    assert second.wait(30) == 0
    with store.reading() as connection:
        assert list(connection.execute(select(audit.c.what).order_by(audit.c.id)).scalars()) == [
            "first",
            "second",
        ]


def test_a_writer_who_waits_too_long_is_told(
    store: Store, store_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "WAIT_SECONDS", 1)
    other = open_store(store.location.data_folder, store_address)
    with store.writing() as connection:
        add_entry(connection, "first", {})
        with pytest.raises(ProblemsFound) as found, other.writing():
            pass
    assert _codes(found) == ["store.busy"]


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.2])
def test_a_writer_killed_at_any_moment_leaves_all_or_nothing(store: Store, delay: float) -> None:
    script = (
        "import sys; from pathlib import Path; from evalkit.store.store import open_store; "
        "from evalkit.store.submissions import add_submissions\n"
        f"row = {ROW!r}\n"
        "store = open_store(Path(sys.argv[1]), sys.argv[2])\n"
        "for wave in range(1000):\n"
        "    new = {**row, 'wave': f'w{wave}', 'answers': 'x' * 900}\n"
        "    rows = [{**new, 'respondent': str(n)} for n in range(3000)]\n"
        "    with store.writing() as c: add_submissions(c, rows[:1500]); add_submissions(c, rows[1500:])\n"
        "    print(wave, flush=True)"
    )
    address = "sqlite" if store.location.file else os.environ["EVALKIT_TEST_POSTGRES"]
    arguments = [sys.executable, "-c", script, str(store.location.data_folder), address]
    writer = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told = int(writer.stdout.readline())
    time.sleep(delay)
    writer.send_signal(signal.SIGKILL)
    told = max([told, *(int(line) for line in writer.stdout.read().split())])
    writer.wait()
    writer.stdout.close()
    with store.reading() as connection:
        counts = {wave: count for wave, _, count in count_submissions(connection)}
    assert set(counts.values()) == {3000}
    assert told < len(counts) <= told + 2
    with store.writing() as connection:
        add_entry(connection, "goes on", {})


def test_a_full_disk_is_told_and_nothing_is_changed(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.writing() as connection:
        add_submissions(connection, [ROW])

    @event.listens_for(store.engine, "connect")
    def _no_more_pages(connection: sqlite3.Connection, _record: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    rows = [{**ROW, "respondent": str(n), "answers": "x" * 5_000} for n in range(20)]
    with pytest.raises(ProblemsFound) as found, store.writing() as connection:
        add_submissions(connection, rows)
    assert _codes(found) == ["store.disk_full"]
    assert _count(open_store(tmp_path)) == 1


@pytest.fixture
def read_only_store() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = open_store(folder)
        with store.writing() as connection:
            add_submissions(connection, [ROW])
        file = store.location.file
        assert file is not None
        folder.chmod(0o555)
        file.chmod(0o444)
        # Permissions do not bind the superuser.
        before = os.geteuid()
        if before == 0:
            os.seteuid(65534)
        try:
            yield store
        finally:
            os.seteuid(before)
            folder.chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="file permissions work another way on Windows")
def test_a_folder_without_permission_is_told_and_can_be_read(read_only_store: Store) -> None:
    assert _count(read_only_store) == 1
    with pytest.raises(ProblemsFound) as found, read_only_store.writing() as connection:
        add_entry(connection, "test", {})
    assert _codes(found) == ["store.not_writable"]


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(ProblemsFound) as found, open_store(tmp_path / "data").writing():
        pass
    assert _codes(found) == ["store.not_writable"]


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\x00" + b"\x07" * 5_000])
def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "study.sqlite"
    file.write_bytes(content)
    store = open_store(tmp_path)
    for opened in (store.reading, store.writing):
        with pytest.raises(ProblemsFound) as found, opened():
            pass
        assert _codes(found) == ["store.corrupt"]
    assert file.read_bytes() == content


def test_a_file_cut_short_is_told(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.writing() as connection:
        add_submissions(
            connection, [{**ROW, "respondent": str(n), "answers": "x" * 3_000} for n in range(50)]
        )
    file = tmp_path / "study.sqlite"
    file.write_bytes(file.read_bytes()[: 4096 * 30])
    with pytest.raises(ProblemsFound) as found, store.reading() as connection:
        connection.execute(select(func.length(submissions.c.answers))).all()
    assert _codes(found) == ["store.corrupt"]


def test_a_store_of_a_newer_version_is_left_alone(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(text(f"UPDATE store_version SET version = {SCHEMA_VERSION + 1}"))
    for opened in (store.reading, store.writing):
        with pytest.raises(ProblemsFound) as found, opened():
            pass
        assert _codes(found) == ["store.newer"]


def test_tables_of_something_else_are_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "study.sqlite")
    other.execute("CREATE TABLE people (name TEXT)")
    other.close()
    with pytest.raises(ProblemsFound) as found, open_store(tmp_path).writing():
        pass
    assert _codes(found) == ["store.not_a_store"]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("mysql://someone@localhost/db", "store.unknown_kind"),
        ("nothing", "store.unknown_kind"),
        ("postgresql://someone:secret@localhost/db", "store.password_in_file"),
        ("postgresql://someone@localhost/db?password=secret", "store.password_in_file"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(tmp_path: Path, address: str, code: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        open_store(tmp_path, address)
    assert _codes(found) == [code]
    assert "secret" not in str(found.value)


def test_the_password_comes_from_the_environment_and_is_never_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    monkeypatch.setenv("EVALKIT_STORE_PASSWORD", "secret")
    location = find_location(tmp_path, "postgresql://someone@localhost/db")
    assert location.url.password == "secret"
    assert "secret" not in str(location.place)


def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    # Port 1 of the own machine: nothing listens there.
    with (
        pytest.raises(ProblemsFound) as found,
        open_store(tmp_path, "postgresql://someone@127.0.0.1:1/db").reading(),
    ):
        pass
    assert _codes(found) == ["store.unreachable"]


def test_who_is_at_work_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALKIT_USER", "evaluator 2")
    assert who() == "evaluator 2"
    monkeypatch.delenv("EVALKIT_USER")
    assert who()


def test_audit_entries_of_one_verb_come_back_in_order(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.reading() as connection:
        assert entries(connection, "plan.lock") == ()
    with store.writing() as connection:
        for number in (1, 2):
            add_entry(connection, "plan.lock", {"number": number, "word": "é"}, by="tester")
            add_entry(connection, "import", {})
    with store.reading() as connection:
        found = entries(connection, "plan.lock")
    assert [(entry.who, entry.what, entry.details) for entry in found] == [
        ("tester", "plan.lock", {"number": number, "word": "é"}) for number in (1, 2)
    ]
