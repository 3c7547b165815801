"""Count how often each test of one number a site rejects when arms make no difference.

Run:  python benchmarks/site_tests/run.py [--runs 10000] [--write]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from evalkit.models.inference.assignments import allowed_assignments
from evalkit.models.inference.permuting import permutation_test
from evalkit.models.inference.site_robust import cr2_test
from evalkit.models.inference.site_t_test import t_test
from evalkit.models.inference.site_tests import SiteTests
from evalkit.models.inference.wild_bootstrap import wild_bootstrap_test

HERE = Path(__file__).resolve().parent
PAGES = (HERE / "README.md", HERE.parent.parent / "docs" / "few-sites.md")
START, END = "<!-- site tests: made by benchmarks/site_tests/run.py -->", "<!-- end of site tests -->"
ARMS = ((2, 2), (2, 3), (3, 3), (2, 4), (4, 4), (2, 6), (3, 7), (5, 5), (6, 6))
RATIOS = (1.0, 2.0)
ALPHA = 0.05
WILD = {"interval": False, "most": 8000, "draws": 2999}
HEAD = ("intervention + comparison", "SD ratio", "t", "Welch", "CR2", "permutation", "wild, two points")
HEAD += ("wild, six points",)


def rejected(treated: int, others: int, ratio: float, runs: int, rng: np.random.Generator) -> list[float]:
    """Return the share of runs in which each method finds a difference at .05.

    Parameters
    ----------
    treated, others : sites in each arm.
    ratio : standard deviation of the changes of treated sites over that of the others; changes are normal.
    """
    arms = np.arange(treated + others) < treated
    design = np.column_stack([np.ones(len(arms)), arms])
    changes = rng.normal(size=(runs, len(arms))) * np.where(arms, ratio, 1.0)
    found: list[SiteTests] = [
        t_test(changes, arms),
        t_test(changes, arms, variances="separate"),
        cr2_test(changes, design, 1),
        permutation_test(changes, design, 1, allowed_assignments(arms), randomised=False),
        wild_bootstrap_test(changes, design, 1, **WILD),
        wild_bootstrap_test(changes, design, 1, points="webb", **WILD),
    ]
    return [float((tests.p_value <= ALPHA).mean()) for tests in found]


def table(runs: int) -> str:
    """Return the table in Markdown."""
    rng = np.random.default_rng(0)
    lines = [_line(HEAD), _line(["---"] * len(HEAD))]
    for treated, others in ARMS:
        for ratio in RATIOS:
            shares = rejected(treated, others, ratio, runs, rng)
            cells = [f"{treated} + {others}", f"{ratio:.0f}", *(f"{share:.3f}" for share in shares)]
            lines.append(_line(cells))
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def write(text: str) -> None:
    """Put the table into the pages."""
    for page in PAGES:
        before, rest = page.read_text(encoding="utf-8").split(START)
        page.write_text(f"{before}{START}\n{text}\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    made = table(asked.runs)
    print(made)
    if asked.write:
        write(made)
