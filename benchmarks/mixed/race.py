"""Race evalkit's engine against others on the same data, in turns, and print the tables.

Run:  python benchmarks/mixed/race.py --data FOLDER --peers-python PYTHON [--only b,c] [--json FILE]

PYTHON is that of an environment with glmm, mixedlm and pandas; `Rscript` needs lme4, lmerTest, pbkrtest and
jsonlite. Each engine works in a process of its own that stays; they take turns, so that a busy moment of the
machine meets all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from data import write_data

HERE = Path(__file__).resolve().parent
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "BLIS", "RAYON")}
Times = dict[str, list[dict[str, float]]]


@dataclass(frozen=True)
class Race:
    """Hold one table: a data set, who runs how often, and what is asked of evalkit.

    Parameters
    ----------
    title : of the table. data : name of the CSV file.
    runs : (engine, task, repeats); the first call of each is dropped where there are more than three.
    targets : (task, of task, ratio): the second's time over the first's is to be at least the ratio.
    """

    title: str
    data: str
    runs: tuple[tuple[str, str, int], ...]
    targets: tuple[tuple[str, str, float], ...]


OURS, PYTHON, R = "evalkit", "peers", "R"


def small(title: str, data: str, targets: tuple[tuple[str, str, float], ...]) -> Race:
    """Return a race of 3,000 rows or fewer."""
    runs = (
        (OURS, "lmm", 16),
        (OURS, "arrays", 16),
        (PYTHON, "glmm", 16),
        (PYTHON, "mixedlm", 16),
        (R, "lme4", 8),
        (R, "lmerTest", 8),
        (R, "lmerTest_tight", 8),
    )
    return Race(title, data, runs, targets)


def large(title: str, data: str, lme4: float, mixedlm: float | None, glmm: int = 0) -> Race:
    """Return a race of 280,000 rows or more, with what is asked against lme4 and mixedlm."""
    targets = [("lmm", "lme4", lme4), ("lmm", "lme4_tight", lme4)]
    targets += [("lmm", "mixedlm", mixedlm)] if mixedlm else []
    runs = (
        (OURS, "lmm", 6),
        (OURS, "arrays", 6),
        (PYTHON, "mixedlm", 2),
        (R, "lme4", 1),
        (R, "lme4_tight", 1),
        (PYTHON, "glmm", glmm),
    )
    return Race(title, data, tuple(run for run in runs if run[2]), tuple(targets))


RACES = {
    "b": small("600 x 5", "b", (("lmm", "lmerTest", 12), ("lmm", "lmerTest_tight", 12), ("lmm", "glmm", 1))),
    "bm": small("600 x 5, 26 % missing by dropout", "bm", ()),
    "bt": small("600 x 5, continuous dates", "bt", ()),
    "kr": Race(
        "600 x 5, Kenward-Roger",
        "b",
        ((OURS, "lmm_kr", 16), (OURS, "kr", 16), (R, "pbkrtest", 2)),
        (("lmm_kr", "pbkrtest", 500), ("kr", "pbkrtest", 500)),
    ),
    "c": large("38,000 x 10", "c", 120, 30, glmm=1),
    "cm": large("38,000 x 10, 26 % missing by dropout", "cm", 100, 10),
    "ct": large("38,000 x 10, continuous dates", "ct", 15, None),
    "bw": Race(
        "600 x 5, residents and sites named by words",
        "bw",
        ((OURS, "lmm", 16), (PYTHON, "glmm", 16), (PYTHON, "mixedlm", 16), (R, "lmerTest_tight", 8)),
        (("lmm", "lmerTest_tight", 12), ("lmm", "glmm", 1)),
    ),
    "cw": Race(
        "38,000 x 10, residents and sites named by words",
        "cw",
        ((OURS, "lmm", 6), (PYTHON, "mixedlm", 2), (R, "lme4", 1)),
        (("lmm", "lme4", 120), ("lmm", "mixedlm", 30)),
    ),
    "kr_c": Race(
        "38,000 x 10, Kenward-Roger: at most 5 times the fit",
        "c",
        ((OURS, "lmm_kr", 8), (OURS, "lmm", 8), (OURS, "fit", 8), (OURS, "kr", 8)),
        (("lmm_kr", "lmm", 1 / 5), ("kr", "fit", 1 / 5)),
    ),
    "site_wave_b": Race(
        "600 x 5 with (1 | site:wave): at most twice the time",
        "b",
        ((OURS, "lmm:site_wave", 16), (OURS, "lmm", 16), (R, "lme4_tight:site_wave", 3)),
        (("lmm:site_wave", "lmm", 1 / 2),),
    ),
    "site_wave_c": Race(
        "38,000 x 10 with (1 | site:wave): at most twice the time",
        "c",
        ((OURS, "lmm:site_wave", 8), (OURS, "lmm", 8)),
        (("lmm:site_wave", "lmm", 1 / 2),),
    ),
    "site_wave_bm": Race(
        "600 x 5 with (1 | site:wave), 26 % missing by dropout: at most twice the time",
        "bm",
        ((OURS, "lmm:site_wave", 16), (OURS, "lmm", 16)),
        (("lmm:site_wave", "lmm", 1 / 2),),
    ),
    "site_wave_cm": Race(
        "38,000 x 10 with (1 | site:wave), 26 % missing by dropout: at most twice the time",
        "cm",
        ((OURS, "lmm:site_wave", 8), (OURS, "lmm", 8)),
        (("lmm:site_wave", "lmm", 1 / 2),),
    ),
    "insteval": Race(
        "InstEval, crossed, 73,421 rows",
        "insteval",
        (
            (OURS, "lmm:insteval", 4),
            (PYTHON, "glmm:insteval", 2),
            (PYTHON, "mixedlm:insteval", 2),
            (R, "lme4:insteval", 2),
            (R, "lme4_tight:insteval", 1),
        ),
        (("lmm:insteval", "lme4:insteval", 1), ("lmm:insteval", "lme4_tight:insteval", 1)),
    ),
}


class Worker:
    """Hold a process that answers tasks."""

    def __init__(self, command: list[str]) -> None:
        environment = os.environ | ONE_THREAD | {"PYTHONPATH": str(HERE.parents[1])}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE, env=environment
        )

    def ask(self, line: str) -> Any:
        """Send a line and return the answer."""
        assert self.process.stdin and self.process.stdout
        print(line, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the process that was asked {line!r} has ended")
        return json.loads(answer)


def run_race(race: Race, workers: dict[str, Worker], folder: Path) -> Times:
    """Let the engines take turns until each has run as often as it should."""
    times: Times = {task: [] for _, task, _ in race.runs}
    for turn in range(max(repeats for _, _, repeats in race.runs)):
        for engine, task, repeats in race.runs:
            if turn < repeats:
                times[task].append(workers[engine].ask(f"{task} {folder / race.data}.csv"))
    return {task: found[1:] if len(found) > 3 else found for task, found in times.items()}


def table(race: Race, times: Times) -> str:
    """Return a race as Markdown: medians, criterion above the lowest, times of evalkit's first task."""
    lowest = min(found[0]["criterion"] for found in times.values())
    first = times[race.runs[0][1]]
    lines = [f"**{race.title}**", "", "| engine | wall, s | CPU, s | runs | times | by CPU | criterion |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    for engine, task, _ in race.runs:
        found = times[task]
        wall, cpu = _median(found, "wall"), _median(found, "cpu")
        ratios = f"{wall / _median(first, 'wall'):.3g} | {cpu / _median(first, 'cpu'):.3g}"
        name = f"evalkit, {task}" if engine == OURS else task
        above = found[0]["criterion"] - lowest
        lines.append(f"| {name} | {wall:.4g} | {cpu:.4g} | {len(found)} | {ratios} | +{above:.1e} |")
    lines += ["", *(_verdict(target, times) for target in race.targets), ""]
    return "\n".join(lines)


def _verdict(target: tuple[str, str, float], times: Times) -> str:
    """Say whether a target is met, by CPU: all work on one thread, and wall time adds others' work."""
    task, other, wanted = target
    wall, cpu = (_median(times[other], key) / _median(times[task], key) for key in ("wall", "cpu"))
    met = "met" if cpu >= wanted else "missed"
    if wanted < 1:
        said = f"{task} over {other}: {1 / cpu:.3g} ({1 / wall:.3g} by wall), asked at most {1 / wanted:g}"
    else:
        said = f"{other} over {task}: {cpu:.3g} ({wall:.3g} by wall), asked at least {wanted:g}"
    return f"- {said}: **{met}**"


def _median(found: list[dict[str, float]], key: str) -> float:
    return median(one[key] for one in found)


def main() -> None:
    """Run the races asked for and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder for the CSV files")
    parser.add_argument("--peers-python", help="Python that has glmm and mixedlm")
    parser.add_argument("--only", default=",".join(RACES), help="races, by comma")
    parser.add_argument("--json", type=Path, help="file for every time taken")
    parser.add_argument("--show", type=Path, help="print the tables of such a file again, and run nothing")
    asked = parser.parse_args()
    if asked.show:
        for name, times in json.loads(asked.show.read_text()).items():
            print(table(RACES[name], times))
        return
    if asked.data is None or asked.peers_python is None:
        parser.error("--data and --peers-python are needed")
    folder = asked.data.resolve()
    write_data(folder)
    workers = {
        OURS: Worker([sys.executable, "run.py"]),
        PYTHON: Worker([asked.peers_python, "peers_python.py"]),
        R: Worker(["Rscript", "peers.R"]),
    }
    print({key: value for worker in workers.values() for key, value in worker.ask("versions").items()}, "\n")
    kept = {}
    for name in asked.only.split(","):
        kept[name] = run_race(RACES[name], workers, folder)
        print(table(RACES[name], kept[name]), flush=True)
        if asked.json:
            asked.json.write_text(json.dumps(kept))


if __name__ == "__main__":
    main()
