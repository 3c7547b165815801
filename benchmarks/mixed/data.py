"""Make the panels that the benchmarks fit, and write them as CSV.

Run:  python benchmarks/mixed/data.py FOLDER
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

FORMULA = "y ~ t * trt + x + (1 + t | resident) + (1 | site)"
WITH_WAVES = FORMULA + " + (1 | site:wave)"
CASES = {
    "b": {"residents": 600, "waves": 5, "sites": 6},
    "b_dropout": {"residents": 600, "waves": 5, "sites": 6, "dropout": True},
    "c": {"residents": 38_000, "waves": 10, "sites": 200},
    "c_dropout": {"residents": 38_000, "waves": 10, "sites": 200, "dropout": True},
    "c_dates": {"residents": 38_000, "waves": 10, "sites": 200, "dates": True},
}


def panel(
    residents: int, waves: int, sites: int, *, dropout: bool = False, dates: bool = False, seed: int = 1
) -> pd.DataFrame:
    """Return residents over waves in sites: half of the sites treated, random slopes, shocks by wave.

    Parameters
    ----------
    dropout : about a quarter of the rows are missing, most of them for good.
    dates : visits on days of their own, so that no two residents share a pattern.
    """
    rng = np.random.default_rng(seed)
    resident = np.repeat(np.arange(residents), waves)
    site = rng.permutation(np.arange(residents) % sites)[resident]
    wave = np.tile(np.arange(waves), residents)
    t = wave + (rng.uniform(0, 0.5, len(wave)).round(4) if dates else 0.0)
    trt, x = (site % 2).astype(float), rng.normal(size=residents)[resident]
    y = 50 + t + trt + 0.5 * t * trt + x + 0.6 * rng.normal(size=sites)[site]
    y += 3 * rng.normal(size=residents)[resident] + 0.7 * t * rng.normal(size=residents)[resident]
    y += 0.4 * rng.normal(size=(sites, waves))[site, wave] + 2 * rng.normal(size=len(t))
    groups = {"resident": resident, "site": site, "wave": wave}
    table = pd.DataFrame({"y": y, "t": t, "trt": trt, "x": x, **groups})
    if dropout:
        last = rng.geometric(0.055, residents)[resident]
        table = table[(wave <= last) & (rng.random(len(t)) > 0.05)].reset_index(drop=True)
    return table


def large_parts(residents: int, waves: int, sites: int, size: int) -> Iterator[pd.DataFrame]:
    """Return a large panel in parts of `size` residents."""
    for number, start in enumerate(range(0, residents, size)):
        part = panel(min(size, residents - start), waves, sites, seed=100 + number)
        yield part.assign(resident=part["resident"] + start)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, shape in CASES.items():
        panel(**shape).to_csv(folder / f"{name}.csv", index=False)
