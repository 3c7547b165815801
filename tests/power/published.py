"""Published figures about power, and the designs behind them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from evalkit.power.closed_form.slope_with_dropout import ResidentVariances, SlopeArm, weibull_retention

Array = npt.NDArray[np.float64]

FOLDER = Path(__file__).resolve().parents[1] / "reference" / "power"
PUBLISHED = json.loads((FOLDER / "published_power.json").read_text(encoding="utf-8"))
ANCHORS: dict[str, dict[str, Any]] = {anchor["id"]: anchor for anchor in PUBLISHED["anchors"]}
WRONG: dict[str, dict[str, Any]] = {entry["id"]: entry for entry in PUBLISHED["do_not_use"]}
FURTHER: dict[str, dict[str, Any]] = json.loads(
    (FOLDER / "further_published.json").read_text(encoding="utf-8")
)

# The vignettes of powerlmm: 11 weekly waves, half of the variance at the first wave between residents.
WEEKS = tuple(range(11))
RESIDUAL = 100.0
PRETEST_SD = (2 * RESIDUAL) ** 0.5


def weekly(var_ratio: float, icc_slope: float = 0.0) -> tuple[ResidentVariances, float]:
    """Return the residents' variances and the variance of the clusters' slopes."""
    slope = var_ratio * RESIDUAL
    return ResidentVariances(RESIDUAL, slope * (1 - icc_slope), RESIDUAL), slope * icc_slope


def slope_of(d: float, pretest_sd: float = PRETEST_SD) -> float:
    """Return the difference of slopes that makes `d` at the last wave."""
    return d * pretest_sd / WEEKS[-1]


def partly_nested() -> tuple[ResidentVariances, tuple[SlopeArm, SlopeArm], float]:
    """Return variances, arms and difference of slopes of powerlmm's simulation: clusters in one arm alone."""
    resident, residual, slope = 2.8**2, 2.6**2, 0.4**2
    variances = ResidentVariances(resident, slope, residual, -0.2 * (resident * slope) ** 0.5)
    retention = weibull_retention(WEEKS, 0.3, 0.5)
    arms = (SlopeArm((10,) * 6, slope * 0.05 / 0.95, retention), SlopeArm((60,), 0.0, retention))
    return variances, arms, slope_of(0.8, (resident + residual) ** 0.5)


def steps(sites: tuple[int, ...]) -> Array:
    """Return a stepped start: (sites, steps + 1), so many sites begin at each step."""
    return np.repeat(np.triu(np.ones((len(sites), len(sites) + 1)), 1), sites, axis=0)


def whole_percent(power: float) -> float:
    return round(power, 2)
