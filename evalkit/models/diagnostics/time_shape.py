"""Whether a straight line describes the waves, or each wave needs a mean of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.design import Design, DesignFault
from evalkit.mixed.fitting import MixedFit, fit_prepared, prepare
from evalkit.mixed.wald import FTest, Inference, wald_f, wald_t
from evalkit.models.diagnostics.fitted_model import FittedModel

COLUMNS = ("arm", "wave", "time", "residents", "mean", "conf_low", "conf_high", "line")
ALPHA = 0.05
Labels = npt.NDArray[np.object_]
WHOLE = "all"


@dataclass(frozen=True)
class TimeShape:
    """Hold the means of the waves beside a line through them.

    Parameters
    ----------
    table : one row a wave of an arm (`all` where there are no arms) with enough respondents, `COLUMNS`:
        adjusted means with 95 % intervals by Kenward and Roger, and the line that fits them best given
        their covariance.
    test : F by Kenward and Roger that a line, one an arm, is enough; None with two waves, or where a fit
        with a mean for each wave is not possible.
    hidden : means with too few respondents.
    """

    table: pd.DataFrame
    test: FTest | None
    hidden: int

    @property
    def bent(self) -> bool:
        """Return whether chance alone would hardly take the means so far from a line."""
        return self.test is not None and self.test.p_value < ALPHA


def time_shape(model: FittedModel) -> TimeShape | None:
    """Fit a mean for each wave, with the random terms of the model, and hold a line against them.

    Other fixed terms of the model are left out: the picture is of the waves alone.

    Returns
    -------
    None where the model cannot be fitted with a mean for each wave, or has a single wave.

    References
    ----------
    Kenward & Roger 1997, Biometrics 53:983; Halekoh & Højsgaard 2014, Journal of Statistical Software
    59(9), for the F of nested models.
    """
    waves = model.order("wave")
    if len(waves) < 2:
        return None
    arms = model.order("arm") if model.has("arm") else [WHOLE]
    cells = [(arm, wave) for arm in arms for wave in waves]
    place = {cell: k for k, cell in enumerate(cells)}
    own = model.rows["arm"] if model.has("arm") else [WHOLE] * len(model.rows)
    codes = np.array([place[cell] for cell in zip(own, model.rows["wave"], strict=True)])
    if (np.bincount(codes, minlength=len(cells)) == 0).any():
        return None
    fit = _fit_of_cells(model.mixed, codes, [f"{arm}:{wave}" for arm, wave in cells])
    if fit is None:
        return None
    return _shape(model, fit, cells, codes)


def _fit_of_cells(fit: MixedFit, codes: IntArray, names: list[str]) -> MixedFit | None:
    design = fit.prepared.design
    outcome = design.outcomes[:, fit.outcome : fit.outcome + 1]
    try:
        ready = prepare(
            Design(outcome, np.eye(len(names))[codes], design.terms, design.weights, tuple(names))
        )
    except DesignFault:
        return None
    found = fit_prepared(ready, reml=True)
    return None if found.dropped else found


def _shape(model: FittedModel, fit: MixedFit, cells: list[tuple[str, str]], codes: IntArray) -> TimeShape:
    inference = Inference(fit)
    tests = wald_t(inference, np.eye(len(cells)))
    times = _times(model, cells, codes)
    arms = np.array([arm for arm, _ in cells], dtype=object)
    test = None
    if len(cells) // len(set(arms)) > 2:
        test = wald_f(inference, departures(times, arms))
    people = _people(model, codes, len(cells))
    line = _line(times, arms, fit.coefficients, inference.adjusted_covariance)
    numbers = (times, people, tests.estimate, tests.conf_low, tests.conf_high, line)
    rows = [(*cell, *values) for cell, values in zip(cells, zip(*numbers, strict=True), strict=True)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    shown = table[table["residents"] >= model.least].reset_index(drop=True)
    return TimeShape(shown, test, len(table) - len(shown))


def departures(times: Array, arms: Labels) -> Array:
    """Return contrasts that are zero when the means of each arm lie on a line: (arms (waves - 2), cells)."""
    basis = _lines(times, arms)
    left, sizes, _ = np.linalg.svd(basis)
    return np.asarray(left[:, len(sizes) :].T)


def _lines(times: Array, arms: Labels) -> Array:
    """Return an intercept and a slope for each arm, (cells, 2 arms)."""
    own = (arms[:, None] == np.unique(arms)[None]).astype(float)
    centred = (times - times.mean()) / max(float(np.ptp(times)), 1e-12)
    return np.hstack([own, own * centred[:, None]])


def _line(times: Array, arms: Labels, means: Array, covariance: Array) -> Array:
    """Return the lines that fit the means best, weighted by the inverse of their covariance."""
    basis = _lines(times, arms)
    weighted = np.linalg.solve(covariance, basis)
    return np.asarray(basis @ np.linalg.lstsq(basis.T @ weighted, weighted.T @ means, rcond=None)[0])


def _times(model: FittedModel, cells: list[tuple[str, str]], codes: IntArray) -> Array:
    """Return the time of each cell: the mean of the wave's, or the wave's number."""
    order = model.order("wave")
    if not model.has("time"):
        return np.array([float(order.index(wave)) for _, wave in cells])
    by_wave = model.rows.groupby("wave")["time"].mean()
    return np.array([float(by_wave[wave]) for _, wave in cells])


def _people(model: FittedModel, codes: IntArray, number: int) -> IntArray:
    pairs = pd.DataFrame({"cell": codes, "who": model.rows["respondent"]}).drop_duplicates()
    return np.bincount(pairs["cell"], minlength=number)
