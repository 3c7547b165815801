"""Count how often a contrast between sites is called real when nothing happened.

Run:  python benchmarks/type_one_error/run.py [--runs 10000] [--model-runs 300] [--write]
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.mixed.batch import fit_batch
from evalkit.mixed.design import RandomTerm
from evalkit.models.inference.site_robust import cr2_test
from evalkit.models.inference.site_t_test import t_test
from evalkit.models.inference.two_stage_batch import two_stage_tests

Array = npt.NDArray[np.float64]

HERE = Path(__file__).resolve().parent
PAGES = (HERE / "README.md", HERE.parent.parent / "docs" / "few-sites.md")
START, END = "<!-- made by benchmarks/type_one_error/run.py -->", "<!-- end of type_one_error -->"
SITES, WAVES = (4, 6, 10, 12), (2, 3, 5, 10)
SHOCKS, SLOPES = (0.0, 0.1, 0.2), (0.0, 0.05)
PERSON, RESIDUAL, SITE = 0.7, 0.7, 0.3
BALANCED, SMALL, LARGE = 25, 10, 40
EFFECT, ALPHA, AT_ONCE = 0.5, 0.05, 500


@dataclass(frozen=True)
class Cell:
    """Hold one design: sites, waves, SD of what a site shares in a wave and of its trend, sizes."""

    sites: int
    waves: int
    shock: float
    slope: float
    balanced: bool

    @property
    def treated(self) -> npt.NDArray[np.bool_]:
        """Return which sites are treated: the first half."""
        return np.arange(self.sites) < self.sites // 2

    @property
    def site_of(self) -> npt.NDArray[np.intp]:
        """Return the site of each resident; the treated ones are small where sizes differ."""
        sizes = np.where(self.balanced, BALANCED, np.where(self.treated, SMALL, LARGE))
        return np.repeat(np.arange(self.sites), sizes)


def cells() -> Iterator[Cell]:
    """Return every design."""
    for parts in itertools.product(SITES, WAVES, SHOCKS, SLOPES, (True, False)):
        yield Cell(*parts)


def draw(cell: Cell, runs: int, effect: float, rng: np.random.Generator) -> Array:
    """Return answers (runs, residents, waves); treated sites gain `effect` by the last wave."""
    site, time = cell.site_of, np.arange(float(cell.waves))
    answers = rng.standard_normal((runs, len(site), cell.waves)) * RESIDUAL
    answers += rng.standard_normal((runs, len(site), 1)) * PERSON
    shared = rng.standard_normal((runs, cell.sites, cell.waves)) * cell.shock
    shared += rng.standard_normal((runs, cell.sites, 1)) * SITE
    shared += rng.standard_normal((runs, cell.sites, 1)) * cell.slope * time
    shared += effect * cell.treated[:, None] * time / time[-1]
    answers += shared[:, site]
    return answers


def counted(cell: Cell, runs: int, seed: int) -> dict[str, float]:
    """Return rejection of the default, CR2 and t of site changes, and coverage of a planted effect."""
    rng = np.random.default_rng([seed, *map(int, (cell.sites, cell.waves, cell.shock * 100))])
    design = np.column_stack([np.ones(cell.sites), cell.treated])
    ends = np.zeros(cell.waves)
    ends[[0, -1]] = -1.0, 1.0
    found: list[dict[str, Array]] = []
    for _ in range(0, runs, AT_ONCE):
        null, real = draw(cell, AT_ONCE, 0.0, rng), draw(cell, AT_ONCE, EFFECT, rng)
        default = two_stage_tests(null, cell.site_of, ends, design, np.array([0.0, 1.0]))
        planted = two_stage_tests(real, cell.site_of, ends, design, np.array([0.0, 1.0]))
        sizes = np.bincount(cell.site_of)
        means = np.add.reduceat(null, np.concatenate([[0], np.cumsum(sizes)[:-1]]), axis=1) / sizes[:, None]
        changes = means[:, :, -1] - means[:, :, 0]
        found.append(
            {
                "default": default.p_value <= ALPHA,
                "refused": ~np.isfinite(default.p_value),
                "coverage": (planted.conf_low <= EFFECT) & (planted.conf_high >= EFFECT),
                "cr2": cr2_test(changes, design, 1).p_value <= ALPHA,
                "t": t_test(changes, cell.treated).p_value <= ALPHA,
            }
        )
    return {name: float(np.concatenate([part[name] for part in found]).mean()) for name in found[0]}


def kenward_roger(cell: Cell, runs: int, seed: int) -> dict[str, float]:
    """Return rejection by the mixed model with Kenward-Roger: residents, sites, and sites by wave."""
    rng = np.random.default_rng([seed, 7, cell.sites, cell.waves])
    answers = draw(cell, runs, 0.0, rng)
    people, waves = len(cell.site_of), cell.waves
    site, wave = np.repeat(cell.site_of, waves), np.tile(np.arange(waves), people)
    ours, now = cell.treated[site].astype(float), (wave[:, None] == np.arange(1, waves)).astype(float)
    fixed = np.column_stack([np.ones(len(site)), ours, now, ours[:, None] * now])
    one, time = np.ones((len(site), 1)), wave[:, None].astype(float)
    own = np.hstack([one, time]) if waves > 2 else one
    terms = [
        RandomTerm(np.repeat(np.arange(people), waves), own, effects=("(Intercept)", "time")[: own.shape[1]]),
        RandomTerm(site, one),
        RandomTerm(site * waves + wave, one),
    ]
    contrast = np.zeros((1, fixed.shape[1]))
    contrast[0, -1] = 1.0
    batch = fit_batch(answers.reshape(runs, -1).T, fixed, terms, contrasts=contrast)
    return {"kenward_roger": float((batch.p_value[:, 0] <= ALPHA).mean())}


def table_of(runs: int, model_runs: int, seed: int, most: int | None) -> pd.DataFrame:
    """Return one row a design."""
    rows = []
    for number, cell in enumerate(itertools.islice(cells(), most)):
        row = counted(cell, runs, seed + number)
        if model_runs:
            row |= kenward_roger(cell, model_runs, seed + number)
        rows.append({**vars(cell), **row})
        print(number + 1, cell, {name: round(value, 4) for name, value in row.items()}, flush=True)
    return pd.DataFrame(rows)


def words(table: pd.DataFrame, runs: int, model_runs: int) -> str:
    """Return the table and its summary as Markdown."""
    within = table["default"].between(0.035, 0.06) & table["coverage"].between(0.94, 0.965)
    lines = [
        f"{runs:,} runs a design for the site-level methods, {model_runs:,} for the mixed model. Two stages: "
        f"rejection from {table['default'].min():.3f} to {table['default'].max():.3f}, coverage from "
        f"{table['coverage'].min():.3f} to {table['coverage'].max():.3f}; {int(within.sum())} of "
        f"{len(table)} designs have rejection within .035 and .060 and coverage within .940 and .965; "
        f"{table['refused'].max():.3f} of results were refused at most.",
        "",
        "| sites | waves | shock SD | slope SD | sizes | two stages | coverage | Kenward-Roger | CR2 | t |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in table.to_dict("records"):
        sizes = "25 each" if row["balanced"] else "10 treated, 40"
        model = f"{row['kenward_roger']:.3f}" if "kenward_roger" in row else ""
        lines.append(
            f"| {row['sites']} | {row['waves']} | {row['shock']} | {row['slope']} | {sizes} "
            f"| {row['default']:.3f} | {row['coverage']:.3f} | {model} | {row['cr2']:.3f} | {row['t']:.3f} |"
        )
    return "\n".join(lines)


def write(said: str) -> None:
    """Put the table between its marks in every page that shows it."""
    for page in PAGES:
        before, rest = page.read_text(encoding="utf-8").split(START)
        after = rest.split(END)[1]
        page.write_text(f"{before}{START}\n{said}\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Run the designs and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--model-runs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=None, help="only so many designs")
    parser.add_argument("--keep", type=Path, default=None, help="file for the figures")
    parser.add_argument("--write", action="store_true", help="put the table into README.md and the docs")
    parser.add_argument("--kept", type=Path, default=None, help="file of an earlier run")
    given = parser.parse_args()
    if given.kept is not None:
        table = pd.read_csv(given.kept)
    else:
        table = table_of(given.runs, given.model_runs, given.seed, given.most)
    if given.keep is not None:
        table.to_csv(given.keep, index=False)
    said = words(table, given.runs, given.model_runs)
    print(said)
    if given.write:
        write(said)


if __name__ == "__main__":
    main()
