"""Race evalkit's quadrature against glmer and clmm: python race.py FOLDER (data.py makes its files)."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd

import evalkit

FIXED = {"few patterns": "wave * arm", "no two people alike": "wave * arm + x"}
ROUNDS = {"panel": 5, "large": 1}


def models() -> list[dict[str, Any]]:
    """Return what is fitted: name, data, verb, formula, rounds in R."""
    found = []
    for data, rounds in ROUNDS.items():
        for label, fixed in FIXED.items():
            for verb, outcome in (("logistic", "yes"), ("clmm", "often")):
                formula = f"{outcome} ~ {fixed} + (1 | person)"
                name = f"{verb}, {data}, {label}"
                found.append({"name": name, "data": data, "verb": verb, "formula": formula, "rounds": rounds})
    return found


def ours(model: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    """Time the whole call, from data frame to table, once more than R for the warm-up."""
    data, results = pd.read_csv(folder / f"{model['data']}.csv"), []
    for _ in range(model["rounds"] + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        fit = getattr(evalkit, model["verb"])(model["formula"], data)
        spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        results.append({"model": model["name"], **spent, "loglik": fit.log_likelihood, "sd": fit.sd})
    return results[1:]


def theirs(folder: Path) -> list[dict[str, Any]]:
    """Run R on all models."""
    listed = folder / "models.json"
    listed.write_text(json.dumps(models()), encoding="utf-8")
    script = Path(__file__).with_name("race.R")
    done = subprocess.run(
        ["Rscript", str(script), str(folder), str(listed)], check=True, capture_output=True, text=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def main(folder: Path) -> None:
    """Print a table: seconds of CPU, ratio, and how far log-likelihoods and standard deviations differ."""
    in_r = theirs(folder)
    print("| model | evalkit s | R s | times | sd | sd in R |\n|---|---|---|---|---|---|")
    for model in models():
        mine = ours(model, folder)
        other = [row for row in in_r if row["model"] == model["name"]]
        own, foreign = (statistics.median(row["cpu"] for row in rows) for rows in (mine, other))
        print(
            f"| {model['name']} | {own:.3g} | {foreign:.3g} | {foreign / own:.3g} "
            f"| {mine[0]['sd']:.5f} | {other[0]['sd']:.5f} |"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
