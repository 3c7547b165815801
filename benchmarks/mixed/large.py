"""Fit 1,000,000 residents x 10 waves, read in parts, beside reading the file and one sum by group.

Run:  python benchmarks/mixed/large.py --data FOLDER [--residents 1000000] [--kinds csv,parquet]

Each measure has a process of its own, which also says how far it grew (resident set, imports not counted).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

for name in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import pandas as pd  # noqa: E402  (threads are set first)
from data import Panel, make_panel  # noqa: E402
from worker import PANEL  # noqa: E402

from evalkit.models.lmm_chunks import lmm_chunks  # noqa: E402

WAVES, SITES, PART = 10, 1000, 50_000
MEGABYTE = 2**20
WORK = {
    "read": "read whole, one group-by sum",
    "fit": "read by parts, fit, Kenward-Roger",
    "twice": "the same with every part twice (20 million rows of as many residents)",
}


def parts(residents: int) -> Iterator[pd.DataFrame]:
    """Simulate the panel by parts of residents; sites hold residents of every part."""
    for start in range(0, residents, PART):
        part = make_panel(Panel(min(PART, residents - start), WAVES, SITES), seed=start + 1)
        part["resident"] += start
        yield part.round({"y": 4})


def write(path: Path, residents: int) -> None:
    """Write the panel as CSV, and as Parquet beside it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    for number, part in enumerate(parts(residents)):
        part.to_csv(path, mode="a" if number else "w", header=not number, index=False)
        table = pa.Table.from_pandas(part, preserve_index=False)
        writer = writer or pq.ParquetWriter(path.with_suffix(".parquet"), table.schema)
        writer.write_table(table)
    if writer:
        writer.close()


def measure(path: Path, what: str) -> dict[str, float]:
    """Do one thing and return seconds, growth in bytes and a number to check it by."""
    lmm_chunks(PANEL, path.with_name("first" + path.suffix))  # imports that wait for a first use
    before = _status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    wall, cpu = time.perf_counter(), time.process_time()
    if what != "read":
        value = lmm_chunks(PANEL, [path, path] if what == "twice" else path).criterion
    else:
        read = pd.read_csv if path.suffix == ".csv" else pd.read_parquet
        value = float(read(path).groupby("resident")["y"].sum().iloc[0])
    times = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return times | {"grown": _status("VmHWM") - before, "value": value}


def _status(key: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024.0 * float(line.split()[1]) for line in lines if line.startswith(key))


def main() -> None:
    """Write the files if they are not there, measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--kinds", default="csv,parquet", help="parquet needs pyarrow")
    parser.add_argument("--measure", nargs=2, metavar=("FILE", "WHAT"), help="used by itself")
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(Path(asked.measure[0]), asked.measure[1])))
        return
    path = asked.data / f"large_{asked.residents}.csv"
    if not path.exists():
        write(path, asked.residents)
        write(asked.data / "first.csv", 2_000)
    print("| file | work | wall, s | CPU, s | grows by, MB | times | by CPU |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for kind in asked.kinds.split(","):
        first = None
        for what, label in WORK.items():
            one = _alone(path.with_suffix(f".{kind}"), what, asked.data)
            first = first or one
            row = f"{one['wall']:.2f} | {one['cpu']:.2f} | {one['grown'] / MEGABYTE:.0f}"
            ratios = f"{one['wall'] / first['wall']:.2f} | {one['cpu'] / first['cpu']:.2f}"
            print(f"| {kind} | {label} | {row} | {ratios} |", flush=True)


def _alone(path: Path, what: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--data", str(folder), "--measure", str(path), what]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()
