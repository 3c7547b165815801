"""Time evalkit's mixed-model engine, beside R and two engines from PyPI where they are to be had.

Run:  OPENBLAS_NUM_THREADS=1 python benchmarks/mixed/run.py FOLDER [--peers PYTHON] [--large]
FOLDER holds the panels that data.py writes. Times are the least of several runs, from table to table of
coefficients, Satterthwaite or Kenward-Roger included.
"""

from __future__ import annotations

import argparse
import subprocess
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from data import CASES, FORMULA, WITH_WAVES, large_parts

from evalkit.mixed.batch import fit_batch
from evalkit.models.formula import parse_formula
from evalkit.models.lmm import lmm
from evalkit.models.lmm_chunks import lmm_chunks
from evalkit.models.model_frame import make_model_frame

HERE = Path(__file__).resolve().parent
LARGE = {"residents": 1_000_000, "waves": 10, "sites": 1000, "size": 50_000}


def least(work: Callable[[], object], times: int) -> tuple[float, object]:
    """Return the least time of several runs, and the last result."""
    found, best = None, np.inf
    for _ in range(times):
        begin = time.perf_counter()
        found = work()
        best = min(best, time.perf_counter() - begin)
    return best, found


def say(case: str, what: str, seconds: float, value: object = "") -> None:
    """Print one line: case, what, seconds, criterion."""
    print(case, what, f"{seconds:.5f}", value, flush=True)


def time_case(folder: Path, case: str) -> None:
    """Time one panel by both methods, and with shocks of site and wave."""
    table = pd.read_csv(folder / f"{case}.csv")
    times = 15 if len(table) < 10_000 else 5
    for method in ("satterthwaite", "kenward-roger"):
        seconds, fit = least(lambda method=method: lmm(FORMULA, table, inference=method), times)
        say(case, f"evalkit {method}", seconds, f"{fit.criterion:.8f} converged={fit.converged}")
    seconds, fit = least(lambda: lmm(WITH_WAVES, table, inference="satterthwaite"), times)
    say(case, "evalkit with site:wave", seconds, f"{fit.criterion:.8f} converged={fit.converged}")
    if case == "c":
        tracemalloc.start()
        lmm(FORMULA, table, inference="satterthwaite")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(case, "memory: peak over frame", round(peak / table.memory_usage().sum(), 2), flush=True)


def time_batch(folder: Path, case: str) -> None:
    """Time a thousand outcomes of one design."""
    frame = make_model_frame(parse_formula(FORMULA), pd.read_csv(folder / f"{case}.csv"))
    outcomes = lmm(FORMULA, frame.data).simulate(1000, np.random.default_rng(1))
    for method in ("satterthwaite", "kenward-roger"):
        work = lambda method=method: fit_batch(outcomes, frame.X, frame.terms, method=method)  # noqa: E731
        seconds, found = least(work, 3)
        say(case, f"evalkit 1000 outcomes {method}", seconds, f"converged={found.converged.mean():.3f}")


def time_insteval() -> None:
    """Time crossed factors: 73,421 ratings by students of lecturers."""
    table = pd.read_csv(HERE.parent.parent / "tests" / "reference" / "mixed" / "insteval.csv.gz")
    table = table.astype({"service": str})
    formula = "y ~ service + (1|s) + (1|d) + (1|dept:service)"
    seconds, fit = least(lambda: lmm(formula, table, inference="satterthwaite"), 2)
    say("insteval", "evalkit satterthwaite", seconds, f"{fit.criterion:.8f}")


def time_large(folder: Path) -> None:
    """Time ten million rows read in parts, against reading them and one sum by group."""
    path = folder / "large.csv"
    if not path.exists():
        for number, part in enumerate(large_parts(**LARGE)):
            part.to_csv(path, mode="a", header=number == 0, index=False, float_format="%.6g")

    def read_and_sum() -> object:
        return pd.read_csv(path).groupby("resident")["y"].sum()

    say("large", "pandas read and one sum", least(read_and_sum, 1)[0])
    seconds, fit = least(lambda: lmm_chunks(FORMULA, pd.read_csv(path, chunksize=500_000)), 1)
    say("large", "evalkit kenward-roger", seconds, f"{fit.criterion:.6f} rows={fit.n_rows}")


def main() -> None:
    """Run everything asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peers", help="python of an environment with glmm and mixedlm")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--no-r", action="store_true")
    asked = parser.parse_args()
    if asked.large:
        time_large(asked.folder)
        return
    for case in CASES:
        time_case(asked.folder, case)
        if case.startswith("b"):
            time_batch(asked.folder, case)
        if asked.peers:
            command = [asked.peers, str(HERE / "peers.py"), str(asked.folder), case]
            subprocess.run(command, check=False, timeout=600)
    time_insteval()
    if not asked.no_r:
        cases = ["b", "b_dropout", "insteval", "c", "c_dropout", "c_dates"]
        subprocess.run(["Rscript", str(HERE / "lme4.R"), str(asked.folder), *cases], check=False, timeout=900)


if __name__ == "__main__":
    main()
