"""A panel whose faults are chosen: sites that scatter, skewed residents, a far site, a bend, a full scale."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from evalkit.models.diagnostics.fitted_model import FittedModel, fitted_model
from evalkit.models.lmm import lmm
from evalkit.models.lmm_fit import LmmFit

FOLDER = Path(__file__).resolve().parents[2] / "reference" / "diagnostics"
MIXED = FOLDER.parent / "mixed"
FORMULA = "y ~ wave + (1 | respondent) + (1 | site)"


def answers() -> dict[str, Any]:
    """Return what R says."""
    return dict(json.loads((FOLDER / "reference.json").read_text(encoding="utf-8")))


def sample(
    *,
    sites: int = 6,
    people: int = 25,
    waves: int = 3,
    scatter: float = 1.0,
    skewed: bool = False,
    far: float = 0.0,
    bend: float = 0.0,
    seed: int = 1,
) -> pd.DataFrame:
    """Return answers; `scatter` is that of site S1 over the others', `far` how high S1 rises at the end."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(sites * people), waves)
    data = pd.DataFrame(
        {"respondent": [f"R{k}" for k in who], "time": np.tile(np.arange(float(waves)), sites * people)}
    )
    place = who // people
    data["site"] = [f"S{k + 1}" for k in place]
    data["wave"] = [f"w{int(k) + 1}" for k in data["time"]]
    level = rng.exponential(size=sites * people) - 1 if skewed else rng.normal(size=sites * people)
    noise = rng.normal(size=len(data)) * np.where(place == 0, scatter, 1.0)
    last = data["time"] == waves - 1
    data["y"] = 5 + 2 * level[who] + 0.5 * rng.normal(size=sites)[place] + noise
    data["y"] += far * ((place == 0) & last) + bend * (data["time"] == 1)
    return data


def fit_of(data: pd.DataFrame, formula: str = FORMULA) -> LmmFit:
    return lmm(formula, data)


def model_of(data: pd.DataFrame, *, least: int = 1, formula: str = FORMULA) -> FittedModel:
    return fitted_model(fit_of(data, formula), least=least)


def schools() -> FittedModel:
    """Return the fit of eight schools of egsingle that R made too."""
    whole = pd.read_csv(MIXED / "egsingle.csv.gz", dtype={"schoolid": str, "childid": str})
    data = whole[whole["schoolid"].isin(sorted(whole["schoolid"].unique())[:8])]
    fit = lmm("math ~ year + (1 | childid) + (1 | schoolid)", data)
    return fitted_model(fit, respondent="childid", site="schoolid")


def sleep() -> LmmFit:
    """Return the usual fit of sleepstudy."""
    data = pd.read_csv(MIXED / "sleepstudy.csv.gz", dtype={"Subject": str})
    return lmm("Reaction ~ Days + (Days | Subject)", data)
