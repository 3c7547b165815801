"""R's data sets as arrays, and R's answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.quadrature.fitting import QuadratureFit, fit_logistic, fit_ordinal

FOLDER = Path(__file__).resolve().parents[2] / "reference" / "quadrature"
ANSWERS: dict[str, Any] = json.loads((FOLDER / "reference.json").read_text(encoding="utf-8"))


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv.gz")


@dataclass(frozen=True)
class Case:
    """Hold one model, as arrays."""

    categories: IntArray
    X: Array
    groups: IntArray
    weights: Array
    ordinal: bool

    def fit(self, nodes: int = 15) -> QuadratureFit:
        verb = fit_ordinal if self.ordinal else fit_logistic
        return verb(self.categories, self.X, self.groups, weights=self.weights, nodes=nodes)


def case(name: str) -> Case:
    if name == "wine":
        wine = table("wine")
        X = np.column_stack([wine["temp"] == "warm", wine["contact"] == "yes"]).astype(float)
        return Case(wine["rating"].to_numpy() - 1, X, wine["judge"].to_numpy(), np.ones(len(wine)), True)
    if name == "cbpp":
        herds = table("cbpp")
        X = np.column_stack([np.ones(len(herds)), *(herds["period"] == k for k in (2, 3, 4))]).astype(float)
        weights = np.concatenate([herds["incidence"], herds["size"] - herds["incidence"]]).astype(float)
        y = np.repeat([1, 0], len(herds))
        return Case(y, np.vstack([X, X]), np.tile(herds["herd"], 2), weights, False)
    panel = table("panel")
    sites = [panel["site"] == f"s{k}" for k in range(2, 7)]
    X = np.column_stack([panel["wave"] == 1, panel["wave"] == 2, panel["x"], *sites]).astype(float)
    if name == "panel_often":
        y = panel["often"].to_numpy() - 1
        return Case(y, X, panel["person"].to_numpy(), np.ones(len(panel)), True)
    X = np.column_stack([np.ones(len(panel)), X])
    return Case(panel["yes"].to_numpy(), X, panel["person"].to_numpy(), np.ones(len(panel)), False)


def simulated(seed: int, people: int = 60, waves: int = 3, categories: int = 4) -> Case:
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(people), waves)
    X = np.column_stack([np.tile(np.arange(waves), people), rng.normal(size=people)[groups]]).astype(float)
    latent = X @ [0.5, -0.7] + 1.3 * rng.normal(size=people)[groups] + rng.logistic(size=len(groups))
    cuts = np.quantile(latent, np.arange(1, categories) / categories)
    return Case(np.digitize(latent, cuts), X, groups, np.ones(len(groups)), True)
