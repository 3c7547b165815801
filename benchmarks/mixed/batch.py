"""Time 1,000 simulated outcomes of one design, fitted together, against lme4's refit one by one.

Run:  python benchmarks/mixed/batch.py --data FOLDER [--designs b,bm] [--outcomes 1000] [--repeats 5]

R is timed on few outcomes (10 by Satterthwaite, 2 by Kenward-Roger) and its time an outcome multiplied.
P-values of the first 20 outcomes are compared with lmerTest's, each fitted afresh to a tight optimum.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import Any

for name in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402  (threads are set first)
import pandas as pd  # noqa: E402
from run import from_arrays, panel_columns  # noqa: E402
from worker import PANEL  # noqa: E402

from evalkit.mixed.arrays import Array  # noqa: E402
from evalkit.mixed.batch import Batch, BatchMethod, fit_batch  # noqa: E402
from evalkit.mixed.simulating import simulate_outcomes  # noqa: E402

HERE = Path(__file__).resolve().parent
TARGETS = {"b": 400, "bm": 150}
COMPARED = 20
METHODS: tuple[tuple[BatchMethod, str, int], ...] = (
    ("satterthwaite", "loop", 10),
    ("kenward-roger", "kr", 2),
)


def timed_batch(frame: pd.DataFrame, outcomes: Array, method: BatchMethod) -> tuple[float, float, Batch]:
    """Return wall and CPU seconds of a batch, making the design's columns counted, and the batch."""
    wall, cpu = time.perf_counter(), time.process_time()
    batch = fit_batch(outcomes, *panel_columns(PANEL, frame), method=method)
    return time.perf_counter() - wall, time.process_time() - cpu, batch


def r_loop(frame: Path, outcomes: Path, many: int, mode: str) -> Any:
    """Run R's loop and return seconds an outcome and p-values."""
    command = ["Rscript", str(HERE / "batch.R"), str(frame), str(outcomes), str(many), mode]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    return json.loads(done.stdout)


def race(name: str, folder: Path, number: int, repeats: int) -> None:
    """Print the table of one design."""
    frame = pd.read_csv(folder / f"{name}.csv")
    before = time.perf_counter()
    outcomes = simulate_outcomes(from_arrays(PANEL, frame), number, np.random.default_rng(7))
    simulated = time.perf_counter() - before
    few = folder / f"{name}_outcomes.csv"
    pd.DataFrame(outcomes[:, :COMPARED]).to_csv(few, index=False)
    print(f"**{name}**: {number} outcomes of {len(frame)} rows; simulating them took {simulated:.2f} s.\n")
    print("| tests | evalkit, s | CPU, s | not converged | R an outcome, s | R's outcomes | times | by CPU |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    methods: tuple[tuple[BatchMethod, str, int], ...] = (
        ("satterthwaite", "loop", 10),
        ("kenward-roger", "kr", 2),
    )
    for method, mode, many in methods:
        wall, cpu, batch = _repeated(frame, outcomes, method, repeats)
        in_r = r_loop(folder / f"{name}.csv", few, many, mode)
        row = [method, f"{wall:.3f}", f"{cpu:.3f}", str(int((~batch.converged).sum())), f"{in_r['wall']:.3f}"]
        row += [str(many), f"{number * in_r['wall'] / wall:.0f}", f"{number * in_r['cpu'] / cpu:.0f}"]
        print("|", " | ".join(row), "|", flush=True)
        if method == "satterthwaite":
            ours, ratio = batch.p_value[:COMPARED], number * in_r["cpu"] / cpu
    afresh = r_loop(folder / f"{name}.csv", few, COMPARED, "afresh")
    theirs = np.array(afresh["p"])
    apart, wanted = float(np.abs(ours - theirs).max()), TARGETS[name]
    print(f"\n- Satterthwaite: {ratio:.0f} times by CPU, asked at least {wanted}: {_met(ratio >= wanted)}")
    print(f"- R, each outcome fitted afresh by lmerTest to a tight optimum: {afresh['cpu']:.3f} s CPU each")
    print(f"- p-values of {COMPARED} outcomes: {apart:.1e} apart, asked 1e-4: {_met(apart < 1e-4)}\n")


def _repeated(
    frame: pd.DataFrame, outcomes: Array, method: BatchMethod, repeats: int
) -> tuple[float, float, Batch]:
    runs = [timed_batch(frame, outcomes, method) for _ in range(repeats + 1)][1:]
    return median(run[0] for run in runs), median(run[1] for run in runs), runs[0][2]


def _met(yes: bool) -> str:
    return "**met**" if yes else "**missed**"


def main() -> None:
    """Race the designs asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the CSV files")
    parser.add_argument("--designs", default="b,bm")
    parser.add_argument("--outcomes", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    for name in asked.designs.split(","):
        race(name, asked.data, asked.outcomes, asked.repeats)


if __name__ == "__main__":
    main()
