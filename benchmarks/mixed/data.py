"""Make the panels that the engines are timed on.

Run:  python benchmarks/mixed/data.py FOLDER      (writes one CSV file a design)
"""

from __future__ import annotations

import argparse
import gzip
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
INSTEVAL = ROOT / "tests" / "reference" / "mixed" / "insteval.csv.gz"
MISSING = 0.26


@dataclass(frozen=True)
class Panel:
    """Hold the size of a panel.

    Parameters
    ----------
    residents, waves, sites : how many; residents stand in one site each.
    dropout : whether residents leave for good until 26 % of the rows are gone.
    dates : whether visits fall on dates of their own, so that no two residents share a pattern.
    words : whether residents and sites are named by words, as a study's are, and not by numbers.
    """

    residents: int
    waves: int
    sites: int
    dropout: bool = False
    dates: bool = False
    words: bool = False


PANELS = {
    "b": Panel(600, 5, 6),
    "bm": Panel(600, 5, 6, dropout=True),
    "bt": Panel(600, 5, 6, dates=True),
    "bw": Panel(600, 5, 6, words=True),
    "c": Panel(38_000, 10, 200),
    "cm": Panel(38_000, 10, 200, dropout=True),
    "ct": Panel(38_000, 10, 200, dates=True),
    "cw": Panel(38_000, 10, 200, words=True),
}


def make_panel(panel: Panel, seed: int = 20) -> pd.DataFrame:
    """Simulate a panel: columns `resident, site, wave, t, trt, x, y`, rows by resident and wave.

    Parameters
    ----------
    panel : its size.
    seed : of chance; the same numbers on each run.
    """
    rng = np.random.default_rng(seed)
    resident = np.repeat(np.arange(panel.residents), panel.waves)
    wave = np.tile(np.arange(panel.waves), panel.residents)
    site_of = rng.permutation(np.arange(panel.residents) % panel.sites)
    trt = rng.permutation(np.arange(panel.residents) % 2)[resident]
    x = rng.normal(size=panel.residents).round(3)[resident]
    t = wave.astype(float)
    if panel.dates:
        t = t + rng.uniform(-0.4, 0.4, size=len(t))
    effects = rng.normal(size=(panel.residents, 2)) @ np.array([[0.9, 0.1], [0.0, 0.3]])
    site_effects = rng.normal(size=panel.sites) * 0.55
    y = 2.0 + 0.2 * t + 0.1 * trt + 0.15 * t * trt + 0.3 * x
    y += effects[resident, 0] + effects[resident, 1] * t + site_effects[site_of][resident]
    y += rng.normal(size=len(y))
    frame = pd.DataFrame(
        {"resident": resident, "site": site_of[resident], "wave": wave, "t": t, "trt": trt, "x": x, "y": y}
    )
    if panel.words:
        frame["resident"] = "r" + frame["resident"].astype(str).str.zfill(6)
        frame["site"] = "s" + frame["site"].astype(str).str.zfill(3)
    return frame[_there(panel, rng)[resident, wave]].reset_index(drop=True) if panel.dropout else frame


def _there(panel: Panel, rng: np.random.Generator) -> np.ndarray:
    """Return who answers when: (residents, waves), 5 % of answers lost singly, the rest by leaving."""
    low, high = 0.0, 1.0
    while high - low > 1e-6:
        leaving = (low + high) / 2
        stays = 0.95 * ((1 - leaving) ** np.arange(panel.waves)).mean()
        low, high = (leaving, high) if stays > 1 - MISSING else (low, leaving)
    last = rng.geometric(leaving, size=panel.residents)
    there = np.arange(panel.waves)[None, :] < last[:, None]
    return there & (rng.random(there.shape) >= 0.05)


def write_data(folder: Path) -> None:
    """Write the designs not yet there as CSV files, InstEval too."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, panel in PANELS.items():
        if not (folder / f"{name}.csv").exists():
            make_panel(panel).to_csv(folder / f"{name}.csv", index=False)
    with gzip.open(INSTEVAL) as source, (folder / "insteval.csv").open("wb") as target:
        shutil.copyfileobj(source, target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    write_data(parser.parse_args().folder)
