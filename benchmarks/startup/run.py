"""Time `evalkit --help` as a whole process, against an interpreter that starts and does nothing.

Usage: python benchmarks/startup/run.py [REPEATS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "python -c 'import typer'": [sys.executable, "-c", "import typer"],
    "evalkit --help": [sys.executable, "-m", "evalkit.cli", "--help"],
}


def seconds(command: list[str]) -> float:
    """Return the wall time of one run, in seconds."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main(repeats: int) -> None:
    """Print minimum, median and maximum over interleaved runs, after one warm-up each."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for number in range(repeats + 1):
        for name, command in COMMANDS.items():
            taken = seconds(command)
            if number:
                times[name].append(taken)
    print(
        "| command | minimum | median | maximum | median, times the bare interpreter |\n|---|---|---|---|---|"
    )
    bare = statistics.median(times["python -c pass"])
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(
            f"| `{name}` | {min(taken):.3f} s | {middle:.3f} s | {max(taken):.3f} s | {middle / bare:.1f} |"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
