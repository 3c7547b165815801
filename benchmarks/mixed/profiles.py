"""Show where a call of `evalkit.lmm` spends its time.

Run:  python benchmarks/mixed/profiles.py --data FOLDER [--design b] [--formula panel] [--calls 20]
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
from pathlib import Path

import pandas as pd
from worker import FORMULAS

import evalkit


def main() -> None:
    """Print the profile, by own time or by time with callees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--design", default="b")
    parser.add_argument("--formula", default="panel")
    parser.add_argument("--inference", default="satterthwaite")
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--lines", type=int, default=20)
    parser.add_argument("--sort", choices=["tottime", "cumtime"], default="cumtime")
    asked = parser.parse_args()
    frame, formula = pd.read_csv(asked.data / f"{asked.design}.csv"), FORMULAS[asked.formula]
    evalkit.lmm(formula, frame, inference=asked.inference)
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(asked.calls):
        evalkit.lmm(formula, frame, inference=asked.inference)
    profile.disable()
    pstats.Stats(profile).strip_dirs().sort_stats(asked.sort).print_stats(asked.lines)


if __name__ == "__main__":
    main()
