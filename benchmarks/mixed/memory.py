"""Measure the memory that a fit at 38,000 x 10 takes, as a multiple of the frame.

Run:  python benchmarks/mixed/memory.py --data FOLDER [--design c]

Two measures, each in a process of its own: what numpy and Python allocate at the most (tracemalloc), and how
far the process grows (resident set; after one fit of the small design, so that imports do not count).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pandas as pd
from worker import PANEL

import evalkit
from evalkit.mixed.wald import Method

MEGABYTE = 2**20


def traced(frame: pd.DataFrame, inference: Method) -> float:
    """Return the peak of what is allocated during the call, the frame not counted: bytes."""
    tracemalloc.start()
    evalkit.lmm(PANEL, frame, inference=inference)
    return float(tracemalloc.get_traced_memory()[1])


def resident(frame: pd.DataFrame, inference: Method) -> float:
    """Return by how much the resident set grows at the most: bytes. Linux only."""
    before = _status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    evalkit.lmm(PANEL, frame, inference=inference)
    return _status("VmHWM") - before


def _status(key: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024.0 * float(line.split()[1]) for line in lines if line.startswith(key))


def main() -> None:
    """Measure in a process of its own for each measure and inference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--design", default="c")
    parser.add_argument("--measure", choices=["traced", "resident"])
    parser.add_argument("--inference", default="satterthwaite")
    asked = parser.parse_args()
    if asked.measure is None:
        print("| inference | measure | frame, MB | above the frame, MB | times the frame |")
        print("| --- | --- | --- | --- | --- |", flush=True)
        for inference in ("satterthwaite", "kenward-roger"):
            for measure in ("traced", "resident"):
                own = [sys.executable, __file__, "--data", str(asked.data), "--design", asked.design]
                subprocess.run([*own, "--measure", measure, "--inference", inference], check=True)
        return
    frame = pd.read_csv(asked.data / f"{asked.design}.csv")
    evalkit.lmm(PANEL, pd.read_csv(asked.data / "b.csv"), inference=asked.inference)
    grown = {"traced": traced, "resident": resident}[asked.measure](frame, asked.inference)
    size = float(frame.memory_usage(index=True).sum())
    row = (asked.inference, asked.measure, f"{size / MEGABYTE:.1f}", f"{grown / MEGABYTE:.1f}")
    print("|", " | ".join(row), f"| {grown / size:.2f} |", flush=True)


if __name__ == "__main__":
    main()
