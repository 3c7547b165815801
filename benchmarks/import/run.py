"""Measure import and check of 38,000 rows by 60 items against reading the file and writing it as JSON.

Every step runs in a process of its own; a round runs every step once, one after the other. The table gives
medians over the rounds.

    python benchmarks/import/run.py [--rounds 5] [--rows 38000]
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pandas as pd

from evalkit.instruments.instrument import Instrument
from evalkit.study.enrolling import enrol
from evalkit.study.study import Study, StudyFile
from evalkit.study.study_store import study_store
from evalkit.texts.text import text_of

FORM = "survey"
SINGLES, SITES, WAVE = 54, 6, "w1"
COLUMNS = (
    "file",
    "read (s)",
    "JSON (s)",
    "import (s)",
    "check (s)",
    "ratio, elapsed",
    "ratio, CPU",
    "frame (MB)",
    "peak of read",
    "peak of import",
    "peak of check",
    "peak / frame",
)
TIME_GOAL, MEMORY_GOAL = 6.0, 4.0
# Tenants of a housing office stand in the roster before the wave; "new" is the first wave of a study that
# enrols whoever answers.
CASES = {"csv": "roster", "sav": "roster", "csv, all new": "on_import"}


def questionnaire() -> Instrument:
    """Return 60 items: 54 agreements, six of them skipped by a condition, and some of each other type."""
    agree = [{"value": n, "label": text_of(f"agree {n}")} for n in range(1, 6)]
    needs = [{"value": n, "label": text_of(f"need {n}")} for n in range(1, 7)]
    absent = [
        {"value": value, "kind": kind, "label": text_of(kind)}
        for kind, value in (("not_applicable", -7), ("dont_know", -8), ("refused", -9))
    ]
    items: list[dict[str, Any]] = []
    for number in range(SINGLES):
        item = {"id": f"q{number}", "type": "single", "options": "agree", "absent": ["dont_know", "refused"]}
        items.append(item | ({"ask_if": "q0 >= 3"} if number in range(10, 16) else {}))
    items += [{"id": "age", "type": "integer", "range": [12, 110]}, {"id": "rooms", "type": "integer"}]
    items += [{"id": "rent", "type": "number"}, {"id": "moved", "type": "date", "required": False}]
    items += [{"id": "needs", "type": "multiple", "options": "needs"}, {"id": "remark", "type": "text"}]
    return Instrument.model_validate(
        {
            "instrument": FORM,
            "version": "1.0",
            "population": "resident",
            "title": text_of("A survey of tenants"),
            "options": {"agree": agree, "needs": needs, "absent": absent},
            "items": [{**item, "text": text_of(item["id"])} for item in items],
        }
    )


def open_bench(folder: Path) -> Study:
    """Return a study of six sites and one wave; nothing is in its store."""
    content = {
        "study": "benchmark",
        "title": text_of("A benchmark"),
        "sites": [{"id": f"S{n}", "name": text_of(f"Site {n}")} for n in range(1, SITES + 1)],
        "waves": [
            {"id": WAVE, "year": 2024, "field": (date(2024, 9, 1), date(2024, 11, 30)), "instruments": [FORM]}
        ],
        "populations": {"resident": {"sites": "one", "enrol": "on_import"}},
    }
    return Study(folder, StudyFile.model_validate(content), {FORM: questionnaire()})


def answers(rows: int) -> pd.DataFrame:
    """Return simulated answers as a platform exports them: 3 % do not know, 5 % are blank."""
    rng = np.random.default_rng(20_24)
    frame: dict[str, Any] = {
        "respondent": [f"tenant-{n:06d}" for n in range(rows)],
        "site": [f"S{n}" for n in rng.integers(1, SITES + 1, rows)],
        "language": rng.choice(["fr", "en"], rows),
        "mode": rng.choice(["paper", "web"], rows),
        "started": [f"2024-10-{d:02d}" for d in rng.integers(1, 31, rows)],
    }
    for number in range(SINGLES):
        codes = rng.integers(1, 6, rows).astype(float)
        codes[rng.random(rows) < 0.03] = -8
        codes[rng.random(rows) < 0.05] = np.nan
        if number in range(10, 16):
            codes[~(frame["q0"] >= 3)] = np.nan
        frame[f"q{number}"] = codes
    frame["age"] = rng.integers(18, 95, rows).astype(float)
    frame["rooms"] = rng.integers(1, 8, rows).astype(float)
    frame["rent"] = rng.integers(20_000, 120_000, rows) / 100
    frame["moved"] = [
        f"{y}-{m:02d}-01"
        for y, m in zip(rng.integers(1990, 2024, rows), rng.integers(1, 13, rows), strict=True)
    ]
    frame["needs"] = [
        f"{a} {b}" for a, b in zip(rng.integers(1, 4, rows), rng.integers(4, 7, rows), strict=True)
    ]
    frame["remark"] = np.where(
        rng.random(rows) < 0.1, [f"Remarque nº {n}, écrite ici" for n in range(rows)], ""
    )
    return pd.DataFrame(frame)


def write_files(folder: Path, rows: int) -> None:
    """Write the same answers as CSV and as SPSS file."""
    import pyreadstat

    frame = answers(rows)
    pyreadstat.write_sav(frame, folder / "answers.sav")
    whole = [name for name in frame if frame[name].dtype.kind == "f" and name != "rent"]
    frame.astype(dict.fromkeys(whole, "Int64")).to_csv(folder / "answers.csv", index=False)


def read(folder: Path, ending: str) -> pd.DataFrame:
    """Read a file with the peer of its format, as its manual says first."""
    if ending == "csv":
        return pd.read_csv(folder / "answers.csv")
    import pyreadstat

    frame, _ = pyreadstat.read_sav(folder / "answers.sav")
    return frame


def write_json(folder: Path, ending: str, lines: list[str]) -> None:
    """Write rows as JSON into a new SQLite file, in one transaction that is on the disk in the end."""
    with sqlite3.connect(folder / f"peer-{ending}.sqlite") as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, answers TEXT)")
        connection.executemany("INSERT INTO rows (answers) VALUES (?)", ((line,) for line in lines))
    connection.close()


def step_read(folder: Path, ending: str) -> Callable[[], Any]:
    """Prepare the reading of a file by its peer."""
    return lambda: read(folder, ending)


def step_json(folder: Path, ending: str) -> Callable[[], Any]:
    """Prepare the transaction: rows as JSON by pandas, then written."""
    frame = read(folder, ending)
    return lambda: write_json(
        folder, ending, frame.to_json(orient="records", lines=True, force_ascii=False).splitlines()
    )


def step_import(folder: Path, ending: str) -> Callable[[], Any]:
    """Prepare the import into a store without answers."""
    from evalkit.responses.importing import import_wave

    study = open_bench(folder / "study")
    file = folder / f"answers.{ending}"
    return lambda: import_wave(study, file, wave=WAVE, instrument=FORM)


def fill_roster(folder: Path, file: Path) -> None:
    """Enter everyone of a file into the roster, as `evalkit roster import` does before a wave."""
    study = open_bench(folder / "study")
    people = pd.read_csv(file, usecols=["respondent", "site"], dtype=str)
    with study_store(study).writing() as connection:
        enrol(study, connection, "resident", people["respondent"].tolist(), people["site"].tolist())


def step_check(folder: Path, ending: str) -> Callable[[], Any]:
    """Prepare the check of what was imported."""
    from evalkit.responses.checking import check_responses

    study = open_bench(folder / "study")
    return lambda: check_responses(study)


STEPS = {"read": step_read, "json": step_json, "import": step_import, "check": step_check}


def measure(step: str, folder: Path, ending: str) -> dict[str, float]:
    """Run one step in this process: seconds, and peak memory over what stood before, in megabytes."""
    warm_up()
    run = STEPS[step](folder, ending)
    before = memory("VmRSS")
    # Linux: forget the peak so far. https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    start, worked = perf_counter(), process_time()
    result = run()
    found = {
        "seconds": perf_counter() - start,
        "worked": process_time() - worked,
        "peak": memory("VmHWM") - before,
    }
    if isinstance(result, pd.DataFrame):
        found["frame"] = float(result.memory_usage(deep=True).sum()) / 1e6
    return found


def warm_up() -> None:
    """Import what steps import: the time and memory of libraries are not measured."""
    import openpyxl
    import pyreadstat
    import sqlalchemy

    import evalkit.responses.checking
    import evalkit.responses.importing
    from evalkit.registry import discover
    from evalkit.texts.phrases import phrase

    assert openpyxl and pyreadstat and sqlalchemy and evalkit
    discover("evalkit.responses.importers", "IMPORTER")
    discover("evalkit.responses.checks", "CHECK")
    phrase("problems.import.empty_file.what").say("en")


def memory(kind: str) -> float:
    """Return a line of /proc/self/status, in megabytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (line,) = [line for line in lines if line.startswith(f"{kind}:")]
    return int(line.split()[1]) * 1024 / 1e6


def run_round(folder: Path, ending: str) -> dict[str, dict[str, float]]:
    """Run every step once, each in a new process, on a store that is new."""
    found = {}
    for step in STEPS:
        words = [sys.executable, __file__, "--step", step, "--folder", str(folder), "--ending", ending]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        found[step] = json.loads(done.stdout)
    return found


def ratios(rounds: list[dict[str, dict[str, float]]], kind: str) -> str:
    """Return the median ratio of import and check to the two peers, with the range over the rounds."""
    found = [(r["import"][kind] + r["check"][kind]) / (r["read"][kind] + r["json"][kind]) for r in rounds]
    return f"{statistics.median(found):.1f} ({min(found):.1f} to {max(found):.1f})"


def report(case: str, rounds: list[dict[str, dict[str, float]]]) -> None:
    """Print the medians and the ratios of one format as rows of a table."""
    seconds = {step: statistics.median(r[step]["seconds"] for r in rounds) for step in STEPS}
    peak = {step: statistics.median(r[step]["peak"] for r in rounds) for step in STEPS}
    frame = rounds[0]["read"]["frame"]
    most = max(peak["import"], peak["check"])
    cells = [
        case,
        *(f"{seconds[step]:.2f}" for step in STEPS),
        *(ratios(rounds, kind) for kind in ("seconds", "worked")),
        f"{frame:.0f}",
        *(f"{peak[step]:.0f}" for step in ("read", "import", "check")),
        f"{most / frame:.1f}",
    ]
    print(f"| {' | '.join(cells)} |")


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=38_000)
    parser.add_argument("--step")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--ending")
    asked = parser.parse_args()
    if asked.step:
        print(json.dumps(measure(asked.step, asked.folder, asked.ending)))
        return
    print(f"| {' | '.join(COLUMNS)} |")
    print("|---" * len(COLUMNS) + "|")
    with tempfile.TemporaryDirectory() as place:
        write_files(Path(place), asked.rows)
        for case, enrolment in CASES.items():
            ending, rounds = case[:3], []
            for _ in range(asked.rounds):
                with tempfile.TemporaryDirectory(dir=place) as name:
                    folder = Path(name)
                    (folder / f"answers.{ending}").symlink_to(Path(place) / f"answers.{ending}")
                    (folder / "study").mkdir()
                    if enrolment == "roster":
                        fill_roster(folder, Path(place) / "answers.csv")
                    rounds.append(run_round(folder, ending))
            report(case, rounds)
    print(f"\nGoals: ratio at most {TIME_GOAL:g}, peak at most {MEMORY_GOAL:g} times the frame.")


if __name__ == "__main__":
    main()
