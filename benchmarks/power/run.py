"""Race simulated power against R's loop, design by design, both sides taking turns; prints Markdown.

Run:  python benchmarks/power/run.py [--rounds 5] [--simulations 1000] [--peer-python PYTHON]

One thread on each side. R needs lme4, lmerTest, pbkrtest and jsonlite; PYTHON is one that has mcpower.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from ours import Spent, curve, mixed, outcomes_of, tests_of, timed, two_stage  # first: it sets the threads

import numpy as np  # isort: skip
import pandas as pd  # isort: skip
from designs import Panel, make_frame  # isort: skip

from evalkit.mixed.batch import fit_batch  # isort: skip
from evalkit.mixed.design import RandomTerm  # isort: skip

HERE = Path(__file__).resolve().parent
DESIGNS = {
    "complete": Panel(),
    "dropout": Panel(dropout=True),
    "complete, site by wave": Panel(site_wave=True),
    "dropout, site by wave": Panel(dropout=True, site_wave=True),
}
TARGETS = {"complete": 400, "dropout": 150}
KENWARD_ROGER_TARGET = 1000
# How many data sets R fits in one turn.
R_AT_ONCE = {"afresh": 5, "refit": 5, "kr": 1}
COMPARED = 20
GROUPS, ROWS = 60, 600


class R:
    """Hold R, running `race.R`, asked line by line."""

    def __init__(self) -> None:
        command = ["Rscript", str(HERE / "race.R")]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=os.environ)

    def ask(self, line: str) -> Any:
        """Return R's answer."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        """End R."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def race(name: str, rounds: int, number: int, folder: Path) -> None:
    """Print one design: medians over rounds in which both sides take turns."""
    panel, r = DESIGNS[name], R()
    frame = make_frame(panel)
    path = folder / "design.csv"
    frame.to_csv(path, index=False)
    versions = r.ask(f"load {path} {panel.formula}")
    found: dict[str, list[Spent]] = {}
    for turn in range(rounds + 1):
        spent = {
            "satterthwaite": mixed(panel, frame, number, turn, "satterthwaite"),
            "kenward-roger": mixed(panel, frame, number, turn, "kenward-roger"),
            "two stages": two_stage(panel, frame, number, turn),
        }
        for task, many in R_AT_ONCE.items():
            if task != "kr" or name in TARGETS:
                spent[task] = Spent(**r.ask(f"{task} {many}"))
        for task, one in spent.items():
            if turn:  # the first turn warms both sides
                found.setdefault(task, []).append(one)
    middle = {
        task: Spent(median(s.wall for s in all_), median(s.cpu for s in all_)) for task, all_ in found.items()
    }
    print(f"## {name.capitalize()}: {len(frame)} rows\n\n`{panel.formula}`, {versions['R']}\n")
    _table(middle)
    _verdicts(name, middle)
    _compared(panel, frame, r, folder)
    r.close()


def _table(middle: dict[str, Spent]) -> None:
    print("| per data set | wall, ms | CPU, ms |\n| --- | --- | --- |")
    words = {
        "satterthwaite": "evalkit, Satterthwaite",
        "kenward-roger": "evalkit, Kenward-Roger",
        "two stages": "evalkit, two stages",
        "afresh": "R, lmerTest afresh (as simr)",
        "refit": "R, refit and lmerTest",
        "kr": "R, refit and KRmodcomp",
    }
    for task, words_of in words.items():
        if task in middle:
            print(f"| {words_of} | {1e3 * middle[task].wall:.4g} | {1e3 * middle[task].cpu:.4g} |")
    print(flush=True)


def _verdicts(name: str, middle: dict[str, Spent]) -> None:
    pairs = [("satterthwaite", "afresh", TARGETS.get(name)), ("satterthwaite", "refit", TARGETS.get(name))]
    if "kr" in middle:
        pairs.append(("kenward-roger", "kr", KENWARD_ROGER_TARGET))
    pairs.append(("two stages", "afresh", None))
    for own, theirs, wanted in pairs:
        wall = middle[theirs].wall / middle[own].wall
        cpu = middle[theirs].cpu / middle[own].cpu
        asked = f", asked {wanted:,}: {_met(cpu >= wanted)}" if wanted else ""
        print(f"- {theirs} over {own}: {cpu:,.0f} times by CPU, {wall:,.0f} by wall{asked}")


def _compared(panel: Panel, frame: pd.DataFrame, r: R, folder: Path) -> None:
    outcomes = outcomes_of(panel, frame, COMPARED, 99)
    path = folder / "outcomes.csv"
    pd.DataFrame(outcomes).to_csv(path, index=False)
    theirs = np.array(r.ask(f"check {path}"))
    ours = tests_of(panel, frame, outcomes, "satterthwaite")
    apart = float(np.abs(ours.p_value[:, 0] - theirs).max())
    print(f"- p-values of {COMPARED} data sets, as lmerTest's of tight fits made afresh: {apart:.1e} apart\n")


def beside_mcpower(python: Path, rounds: int, number: int) -> None:
    """Print mcpower's and our time on the one design that both can do."""
    command = [str(python), str(HERE / "peer_mcpower.py"), str(GROUPS), str(ROWS), str(number)]
    theirs, ours, powers = [], [], []
    for turn in range(rounds):
        said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        theirs.append(Spent(said["wall"], said["cpu"]))
        rng = np.random.default_rng(turn)

        def work(rng: np.random.Generator = rng) -> None:
            group, x = np.arange(ROWS) % GROUPS, rng.normal(size=ROWS)
            y = 0.1 * x[:, None] + rng.normal(size=(ROWS, number))
            y += np.sqrt(0.3 / 0.7) * rng.normal(size=(GROUPS, number))[group]
            fixed = np.column_stack([np.ones(ROWS), x])
            found = fit_batch(y, fixed, [RandomTerm(group, fixed[:, :1])], method="satterthwaite")
            powers.append(float((found.p_value[:, 1] < 0.05).mean()))

        ours.append(timed(work, number))
    print(f"## Beside mcpower {said['version']}: `y ~ x + (1|group)`, {GROUPS} groups, {ROWS} rows\n")
    print("| per data set | wall, ms | CPU, ms | power |\n| --- | --- | --- | --- |")
    for name, spent, power in (("evalkit", ours, median(powers)), ("mcpower", theirs, said["power"])):
        wall, cpu = median(s.wall for s in spent), median(s.cpu for s in spent)
        print(f"| {name} | {1e3 * wall:.4g} | {1e3 * cpu:.4g} | {power:.3f} |")
    print(flush=True)


def _met(yes: bool) -> str:
    return "**met**" if yes else "**missed**"


def main() -> None:
    """Run the races asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--simulations", type=int, default=1000)
    parser.add_argument("--peer-python", type=Path)
    parser.add_argument("--designs", default=";".join(DESIGNS), help="names, with semicolons between")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.designs.split(";"):
            race(name, asked.rounds, asked.simulations, Path(folder))
    if asked.peer_python:
        beside_mcpower(asked.peer_python, asked.rounds, asked.simulations)
    residents = (200, 400, 600, 800, 1000)
    wall, powers = curve(residents, asked.simulations)
    print(f"## A curve of {len(residents)} points by {asked.simulations:,} data sets, two processes\n")
    print(f"- {wall:.1f} s by wall, asked at most 15: {_met(wall <= 15)}")
    points = ", ".join(f"{n}: {power:.3f}" for n, power in zip(residents, powers, strict=True))
    print(f"- power by residents: {points}")


if __name__ == "__main__":
    main()
