"""Measure the import of a platform's export of 38,000 submissions by 60 items against the generic import.

The same answers are written twice: as a table in evalkit's own names, and as KoboToolbox exports them. Every
import runs in a process of its own; a round runs each once, and the ratio is taken within a round.

    python benchmarks/platforms/run.py [--rounds 5] [--rows 38000]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from types import ModuleType
from typing import Any

import pandas as pd

GOAL = 2.5
GROUP = "survey_group/"
# What each file holds: how several choices are written, and whether cells are codes or labels.
KINDS = {
    "generic": "evalkit's own names",
    "kobo-codes": "KoboToolbox, codes, choices in one column",
    "kobo-split": "KoboToolbox, codes, a column a choice",
    "kobo-labels": "KoboToolbox, labels, both",
}


def generic_benchmark() -> ModuleType:
    """Return the benchmark of the generic import, whose study and answers are taken."""
    file = Path(__file__).resolve().parent.parent / "import" / "run.py"
    spec = importlib.util.spec_from_file_location("generic_import", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_files(folder: Path, rows: int) -> None:
    """Write the same answers once a kind."""
    bench = generic_benchmark()
    frame = bench.answers(rows)
    whole = [name for name in frame if frame[name].dtype.kind == "f" and name != "rent"]
    frame = frame.astype(dict.fromkeys(whole, "Int64"))
    moments = pd.date_range("2024-10-01T08:00", periods=rows, freq="37s", tz="-04:00")
    frame["started"] = [moment.isoformat(timespec="milliseconds") for moment in moments]
    frame.to_csv(folder / "generic.csv", index=False)
    for kind in KINDS:
        if kind != "generic":
            exported(frame, bench.questionnaire(), kind).to_csv(folder / f"{kind}.csv", index=False)


def exported(frame: pd.DataFrame, form: Any, kind: str) -> pd.DataFrame:
    """Return the answers as KoboToolbox exports them."""
    columns: dict[str, Any] = {"start": frame["started"], "end": frame["started"]}
    columns |= {name: frame[name] for name in ("respondent", "site", "language", "mode")}
    labels = kind == "kobo-labels"
    for item in form.items:
        options = {option.value: option.label.say("en") for option in form.options_of(item)}
        options |= {option.value: option.label.say("en") for option in form.absent_options}
        if item.type == "multiple":
            chosen = [frozenset(map(int, cell.split())) for cell in frame[item.id]]
            if kind != "kobo-split":
                names = [" ".join(options[c] if labels else str(c) for c in sorted(each)) for each in chosen]
                columns[GROUP + item.id] = names
            if kind != "kobo-codes":
                for code, label in options.items():
                    part = label if labels else str(code)
                    columns[f"{GROUP}{item.id}/{part}"] = [int(code in each) for each in chosen]
        elif labels and options and item.type == "single":
            columns[GROUP + item.id] = frame[item.id].map(options)
        else:
            columns[GROUP + item.id] = frame[item.id]
    count = range(len(frame))
    columns |= {"__version__": "v1", "_id": [190_000_000 + n for n in count]}
    columns |= {"_uuid": [f"{n:08x}-0000-4000-8000-{n:012x}" for n in count]}
    columns |= {"_submission_time": frame["started"], "_status": "submitted_via_web", "_index": [*count]}
    return pd.DataFrame(columns)


def measure(folder: Path, kind: str) -> dict[str, float]:
    """Import one file in this process; return seconds elapsed and worked, and the submissions written."""
    bench = generic_benchmark()
    bench.warm_up()
    from evalkit.registry import discover
    from evalkit.responses.exports.recognising import PLATFORMS
    from evalkit.responses.importing import import_wave

    discover(PLATFORMS, "PLATFORM")
    study = bench.open_bench(folder / "study")
    start, worked = perf_counter(), process_time()
    receipt = import_wave(study, folder / f"{kind}.csv", wave=bench.WAVE, instrument=bench.FORM)
    return {"seconds": perf_counter() - start, "worked": process_time() - worked, "new": receipt.new}


def run_round(files: Path, rows: int) -> dict[str, dict[str, float]]:
    """Import every file once, each in a new process, into a new store with everyone in its roster."""
    bench, found = generic_benchmark(), {}
    for kind in KINDS:
        with tempfile.TemporaryDirectory(dir=files) as name:
            folder = Path(name)
            (folder / "study").mkdir()
            (folder / f"{kind}.csv").symlink_to(files / f"{kind}.csv")
            bench.fill_roster(folder, files / "generic.csv")
            words = [sys.executable, __file__, "--kind", kind, "--folder", str(folder)]
            done = subprocess.run(words, capture_output=True, text=True, check=True)
            found[kind] = json.loads(done.stdout)
            assert found[kind]["new"] == rows
    return found


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=38_000)
    parser.add_argument("--kind")
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if asked.kind:
        print(json.dumps(measure(asked.folder, asked.kind)))
        return
    with tempfile.TemporaryDirectory() as place:
        write_files(Path(place), asked.rows)
        rounds = [run_round(Path(place), asked.rows) for _ in range(asked.rounds)]
    print("| file | import (s) | ratio, elapsed | ratio, CPU |\n|---|---|---|---|")
    for kind, title in KINDS.items():
        cells = [title, f"{statistics.median(r[kind]['seconds'] for r in rounds):.2f}"]
        for measure_ in ("seconds", "worked"):
            ratios = [r[kind][measure_] / r["generic"][measure_] for r in rounds]
            cells.append(f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
        print(f"| {' | '.join(cells)} |")
    print(f"\nGoal: ratio at most {GOAL:g}.")


if __name__ == "__main__":
    main()
