"""Answer tasks from standard input: the part that every timed process shares."""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

PANEL = "y ~ t * trt + x + (1 + t | resident) + (1 | site)"
FORMULAS = {
    "panel": PANEL,
    "site_wave": PANEL + " + (1 | site:wave)",
    "insteval": "y ~ service + (1 | s) + (1 | d) + (1 | dept:service)",
}
Fit = Callable[[str, pd.DataFrame], float]


def serve(tasks: Mapping[str, Fit], versions: Mapping[str, str]) -> None:
    """Answer lines `ENGINE[:FORMULA] FILE` with a line of JSON: wall, cpu (seconds) and criterion."""
    frames: dict[str, pd.DataFrame] = {}
    for line in sys.stdin:
        if line.strip() == "versions":
            _say(versions)
            continue
        task, path = line.split()
        engine, _, formula = task.partition(":")
        if path not in frames:
            frames[path] = pd.read_csv(path)
        _say(_timed(tasks[engine], FORMULAS[formula or "panel"], frames[path]))


def _timed(fit: Fit, formula: str, frame: pd.DataFrame) -> dict[str, float]:
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    criterion = fit(formula, frame)
    return {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "criterion": float(criterion),
    }


def _say(found: Mapping[str, Any]) -> None:
    print(json.dumps(found), flush=True)
