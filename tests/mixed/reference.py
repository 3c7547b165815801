"""R's answers on real data, as arrays for the engine."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from formulaic import model_matrix

from evalkit.mixed.arrays import Array
from evalkit.mixed.design import RandomTerm
from evalkit.mixed.fitting import MixedFit

FOLDER = Path(__file__).resolve().parent.parent / "reference" / "mixed"
NAMES = tuple(sorted(file.stem for file in FOLDER.glob("*.json")))


@dataclass(frozen=True)
class Case:
    """Hold one data set, as arrays, and R's answers."""

    y: Array
    X: Array
    terms: tuple[RandomTerm, ...]
    names: tuple[str, ...]
    frame: pd.DataFrame
    answers: dict[str, Any]


def case(name: str) -> Case:
    answers = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    frame = pd.read_csv(FOLDER / f"{name}.csv.gz")
    for column, levels in answers["factor_levels"].items():
        frame[column] = pd.Categorical(frame[column].astype(str), categories=levels)
    outcome, right = answers["formula"].split("~")
    bars = re.findall(r"\(([^|()]*)\|([^)]*)\)", right)
    fixed = model_matrix(re.sub(r"\+?\s*\([^|()]*\|[^)]*\)", "", right).strip() or "1", frame)
    terms = tuple(_term(frame, effects.strip(), group.strip()) for effects, group in bars)
    names = tuple(_named(fixed.columns))
    y = frame[outcome.strip()].to_numpy(dtype=float)
    return Case(y, fixed.to_numpy(dtype=float), terms, names, frame, answers)


def _term(frame: pd.DataFrame, effects: str, group: str) -> RandomTerm:
    columns = model_matrix(effects, frame)
    key = frame[group.split(":", maxsplit=1)[0]].astype(str)
    for other in group.split(":")[1:]:
        key = key + ":" + frame[other].astype(str)
    codes = pd.factorize(key)[0]
    return RandomTerm(codes, columns.to_numpy(dtype=float), True, group, tuple(_named(columns.columns)))


def _named(columns: Any) -> list[str]:
    return ["(Intercept)" if column == "Intercept" else str(column) for column in columns]


def variance_component(fit: MixedFit, part: dict[str, Any]) -> float:
    """Return the fit's value of one entry of R's VarCorr."""
    if part["group"] == "Residual":
        return fit.sigma**2
    group = re.sub(r"\.\d+$", "", part["group"])
    names = [factor.name for factor in fit.prepared.factors]
    turned = ":".join(reversed(group.split(":")))
    place = names.index(group if group in names else turned)
    effects = fit.prepared.factors[place].effects
    i = effects.index(part["var1"])
    j = i if part["var2"] is None else effects.index(part["var2"])
    return float(fit.covariances[place][i, j])


def values(answer: dict[str, float]) -> Array:
    return np.array(list(answer.values()), dtype=float)
