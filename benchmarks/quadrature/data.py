"""Make the data of the race: python data.py FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

CUTS = (-2.0, 0.0, 1.5, 3.0)
SIZES = {"panel": 1356, "large": 6_000}


def panel(people: int, seed: int) -> pd.DataFrame:
    """Return three waves with dropout: yes/no and five ordered categories, a standard deviation of 2."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), 3)
    frame = pd.DataFrame({"person": person, "wave": np.tile(["w1", "w2", "w3"], people)})
    frame["site"] = np.array([f"s{k + 1}" for k in range(6)])[person % 6]
    frame["arm"] = np.where(person % 6 < 3, "a", "b")
    frame["x"] = rng.normal(size=people).round(4)[person]
    latent = 0.4 * (frame["wave"] == "w3") - 0.5 * frame["x"] + rng.normal(size=people)[person] * 2
    latent += rng.logistic(size=len(frame))
    frame["yes"] = (latent > 1).astype(int)
    frame["often"] = np.digitize(latent, CUTS) + 1
    stays = rng.random(people)[person]
    gone = (frame["wave"] == "w2") & (stays < 0.2) | (frame["wave"] == "w3") & (stays < 0.35)
    return frame[~gone]


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, people in SIZES.items():
        panel(people, 7).to_csv(folder / f"{name}.csv", index=False)
