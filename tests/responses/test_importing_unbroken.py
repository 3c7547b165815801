"""Whatever stops an import, the store is as before or complete."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from evalkit.errors import ProblemsFound
from evalkit.responses import import_writing
from evalkit.responses.importing import import_wave
from evalkit.responses.response_store import read_answers, wave_counts
from evalkit.store import originals
from evalkit.store import store as store_module
from evalkit.study.study import Study
from evalkit.study.study_store import study_store

FORM = "every-type"
ROWS = 400
KILLS = 50
LONGEST = 60.0

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes are forked and killed as on Unix")


def answers(study: Study, event_code: int, name: str) -> Path:
    """Write a file of answers that all have one code, so that a half of a submission would show."""
    rows = "".join(f"p{n},S1,{event_code},{event_code + 1},{event_code}\n" for n in range(ROWS))
    file = study.folder / name
    file.write_text(f"respondent,site,event,coh1,money\n{rows}", encoding="utf-8")
    return file


def codes_of(study: Study) -> list[tuple[float, float, float]]:
    """Return the different answers that submissions hold together."""
    values = read_answers(study, "w1", FORM).values[["event", "coh1", "money"]]
    return sorted({(float(a), float(b), float(c)) for a, b, c in values.itertuples(index=False)})


def count(study: Study) -> int:
    return int(wave_counts(study)["submissions"].sum())


def whole(file: Path) -> bool:
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def _import(study: Study, file: Path, outcome: Any = None) -> None:
    try:
        import_wave(study, file, wave="w1", instrument=FORM)
        said = "done"
    except ProblemsFound as found:
        said = found.problems[0].code
    if outcome is not None:
        outcome.put(said)


def _run(study: Study, file: Path, outcome: Any = None) -> Any:
    process = multiprocessing.get_context("fork").Process(target=_import, args=(study, file, outcome))
    process.start()
    return process


def test_killed_at_any_moment(import_study: Study) -> None:
    # Each round imports the other code: a revision of every submission, in one transaction.
    _import(import_study, answers(import_study, 0, "first.csv"))
    assert count(import_study) == ROWS
    chance, moments = random.Random(7), {"before": 0, "complete": 0}
    standing, longest = 0, None
    for turn in range(KILLS + 1):
        file = answers(import_study, 1 - standing, f"turn{turn}.csv")
        with file.open("a", encoding="utf-8") as sink:
            sink.write("\n" * (turn + 1))
        process = _run(import_study, file)
        if longest is None:
            # The first round runs to its end, and tells how long a whole one takes on this machine.
            longest = _seconds(process)
        else:
            process.join(chance.uniform(0, 1.1 * longest))
            if process.is_alive():
                os.kill(process.pid, signal.SIGKILL)
            process.join(LONGEST)
        assert count(import_study) == ROWS
        (found,) = codes_of(import_study)
        assert found in [(0.0, 1.0, 0.0), (1.0, 2.0, 1.0)]
        moments["before" if found[0] == standing else "complete"] += 1
        standing = int(found[0])
    assert whole(import_study.data_folder / "study.sqlite")
    assert min(moments.values()) > 0, moments


def _seconds(process: Any) -> float:
    from time import monotonic

    start = monotonic()
    process.join(LONGEST)
    assert process.exitcode == 0
    return monotonic() - start


def test_killed_while_the_store_is_made(import_study: Study) -> None:
    file = answers(import_study, 1, "first.csv")
    for delay in (0.0, 0.05, 0.1, 0.15):
        process = _run(import_study, file)
        process.join(delay)
        if process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        process.join(LONGEST)
        assert count(import_study) in (0, ROWS)
    _import(import_study, file)
    assert count(import_study) == ROWS
    assert codes_of(import_study) == [(1.0, 2.0, 1.0)]


def test_two_imports_of_one_file_at_once(import_study: Study) -> None:
    file = answers(import_study, 1, "first.csv")
    outcome = multiprocessing.get_context("fork").Queue()
    processes = [_run(import_study, file, outcome) for _ in range(3)]
    said = sorted(outcome.get(timeout=LONGEST) for _ in processes)
    for process in processes:
        process.join(LONGEST)
    assert said == ["done", "import.same_file", "import.same_file"]
    assert count(import_study) == ROWS


def test_two_files_at_once_are_both_imported(import_study: Study) -> None:
    files = [answers(import_study, 0, "a.csv"), answers(import_study, 1, "b.csv")]
    outcome = multiprocessing.get_context("fork").Queue()
    processes = [_run(import_study, file, outcome) for file in files]
    assert [outcome.get(timeout=LONGEST) for _ in processes] == ["done", "done"]
    for process in processes:
        process.join(LONGEST)
    assert count(import_study) == ROWS
    assert len(codes_of(import_study)) == 1


def test_a_writer_that_does_not_let_go(import_study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    _import(import_study, answers(import_study, 0, "a.csv"))
    monkeypatch.setattr(store_module, "WAIT_SECONDS", 0.1)
    with study_store(import_study).writing(), pytest.raises(ProblemsFound) as found:
        import_wave(import_study, answers(import_study, 1, "b.csv"), wave="w1", instrument=FORM)
    assert [problem.code for problem in found.value.problems] == ["store.busy"]
    assert codes_of(import_study) == [(0.0, 1.0, 0.0)]


def test_a_full_disk_of_the_store(import_study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    _import(import_study, answers(import_study, 0, "a.csv"))
    database = import_study.data_folder / "study.sqlite"
    before = database.read_bytes()
    make_engine = store_module.create_engine

    def small_disk(*args: Any, **how: Any) -> Any:
        engine = make_engine(*args, **how)
        pages = len(before) // 4096
        event.listen(engine, "connect", lambda c, _: c.execute(f"PRAGMA max_page_count = {pages}"))
        return engine

    monkeypatch.setattr(store_module, "create_engine", small_disk)
    with pytest.raises(ProblemsFound) as found:
        import_wave(import_study, answers(import_study, 1, "b.csv"), wave="w1", instrument=FORM)
    assert [problem.code for problem in found.value.problems] == ["store.disk_full"]
    assert database.read_bytes() == before


@pytest.mark.parametrize("broken", ["keep_original", "write_rejects"])
def test_a_full_disk_of_the_folder(import_study: Study, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def full(*_args: Any, **_how: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if broken == "keep_original":
        monkeypatch.setattr(originals, "_copy_whole", full)
    else:
        monkeypatch.setattr("evalkit.responses.rejects.csv.writer", full)
    assert hasattr(import_writing, broken)
    file = answers(import_study, 1, "a.csv")
    with file.open("a", encoding="utf-8") as sink:
        sink.write("p9999,S9,1,1,1\n")
    with pytest.raises(ProblemsFound) as found:
        import_wave(import_study, file, wave="w1", instrument=FORM, accept_partial=True)
    assert [problem.code for problem in found.value.problems] == ["store.disk_full"]
    assert count(import_study) == 0
