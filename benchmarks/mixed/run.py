"""Time evalkit's engine: a worker for `race.py`, or by hand.

Run:  echo "lmm:panel FOLDER/b.csv" | python benchmarks/mixed/run.py

Tasks: `lmm` (data frame to table, Satterthwaite), `lmm_kr` (the same, Kenward-Roger), `arrays` (the engine
alone: arrays to tests, Satterthwaite; making the arrays is in the time), `fit` (the criterion's optimum
alone, from arrays), `kr` (Kenward-Roger's tests alone, of a fit made before, as pbkrtest is timed).
"""

from __future__ import annotations

from platform import python_version

import numpy as np
import pandas as pd
import scipy
from worker import FORMULAS, Fit, serve

import evalkit
from evalkit.mixed.arrays import Array
from evalkit.mixed.design import RandomTerm
from evalkit.mixed.fitting import MixedFit, fit_mixed
from evalkit.mixed.wald import Inference, wald_t


def lmm(formula: str, frame: pd.DataFrame) -> float:
    """Go from data frame to table with Satterthwaite's degrees of freedom."""
    return evalkit.lmm(formula, frame, inference="satterthwaite").criterion


def lmm_kr(formula: str, frame: pd.DataFrame) -> float:
    """Go from data frame to table with Kenward and Roger's."""
    return evalkit.lmm(formula, frame, inference="kenward-roger").criterion


def arrays(formula: str, frame: pd.DataFrame) -> float:
    """Go from numpy columns to tests with Satterthwaite's degrees of freedom, without formulas."""
    fit = from_arrays(formula, frame)
    wald_t(Inference(fit), np.eye(len(fit.coefficients)), "satterthwaite")
    return fit.criterion


def panel_columns(formula: str, frame: pd.DataFrame) -> tuple[Array, list[RandomTerm]]:
    """Make the fixed columns and the random terms of a panel's model by hand."""
    column = {name: frame[name].to_numpy() for name in frame}
    t, trt, x, one = column["t"], column["trt"], column["x"], np.ones(len(frame))
    terms = [
        RandomTerm(column["resident"], np.column_stack([one, t]), True, "resident", ("(Intercept)", "t")),
        RandomTerm(column["site"], one[:, None], True, "site"),
    ]
    if formula == FORMULAS["site_wave"]:
        both = column["site"] * (column["wave"].max() + 1) + column["wave"]
        terms.append(RandomTerm(both, one[:, None], True, "site:wave"))
    return np.column_stack([one, t, trt, x, t * trt]), terms


def from_arrays(formula: str, frame: pd.DataFrame) -> MixedFit:
    """Fit a panel's model by the array interface."""
    return fit_mixed(frame["y"].to_numpy(), *panel_columns(formula, frame))


def versions() -> dict[str, str]:
    """Return what runs here."""
    return {
        "evalkit": evalkit.__version__,
        "Python": python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "pandas": pd.__version__,
    }


class KenwardRogerAlone:
    """Test a fit made before; the first call makes it and is not to be counted."""

    def __init__(self) -> None:
        self.fits: dict[tuple[str, int], MixedFit] = {}

    def __call__(self, formula: str, frame: pd.DataFrame) -> float:
        """Find the tests, and return the criterion."""
        key = (formula, id(frame))
        if key not in self.fits:
            self.fits[key] = from_arrays(formula, frame)
        fit = self.fits[key]
        wald_t(Inference(fit), np.eye(len(fit.coefficients)), "kenward-roger")
        return fit.criterion


def fit_alone(formula: str, frame: pd.DataFrame) -> float:
    """Fit by the array interface, without tests."""
    return from_arrays(formula, frame).criterion


TASKS: dict[str, Fit] = {
    "lmm": lmm,
    "lmm_kr": lmm_kr,
    "arrays": arrays,
    "fit": fit_alone,
    "kr": KenwardRogerAlone(),
}

if __name__ == "__main__":
    serve(TASKS, versions())
