"""Time glmm and mixedlm, which live in an environment of their own.

Run:  ENVIRONMENT/bin/python benchmarks/mixed/peers.py FOLDER CASES...
Each line: case, what, seconds, REML criterion.
"""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path

import glmm
import mixedlm
import pandas as pd

FORMULA = "y ~ t * trt + x + (1 + t | resident) + (1 | site)"


def fit_glmm(table: pd.DataFrame) -> object:
    """Fit with glmm, Satterthwaite included."""
    return glmm.fit(table, FORMULA)


def fit_mixedlm(table: pd.DataFrame) -> object:
    """Fit with mixedlm."""
    return mixedlm.lmer(FORMULA, table)


def main(folder: Path, cases: list[str]) -> None:
    """Print the least time of several runs for each case and engine."""
    warnings.simplefilter("ignore")
    for case in cases:
        table = pd.read_csv(folder / f"{case}.csv")
        for name, fit in (("glmm", fit_glmm), ("mixedlm", fit_mixedlm)):
            times = []
            for _ in range(5 if len(table) < 10_000 else 1):
                begin = time.perf_counter()
                found = fit(table)
                times.append(time.perf_counter() - begin)
            value = getattr(found, "criterion", None) or getattr(found, "REMLcrit", lambda: "")
            print(case, name, round(min(times), 5), value() if callable(value) else value, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
