"""Residuals by site or wave: their mean and spread, and groups whose answers scatter unlike the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from evalkit.mixed.arrays import Array
from evalkit.mixed.redrawing import affordable, redrawn_fits
from evalkit.mixed.rows import residuals
from evalkit.models.diagnostics.fitted_model import FittedModel

COLUMNS = ("group", "residents", "rows", "mean", "sd", "low", "median", "high", "skewness", "ratio")
QUARTILES = (0.25, 0.5, 0.75)
# A standard deviation this many times that of the others, or less than its inverse: variances apart by
# more than two, where mean squares weighted alike begin to mislead.
UNEVEN = 1.5
ALPHA = 0.05
SIMULATIONS = 99


@dataclass(frozen=True)
class EqualSpread:
    """Hold Brown and Forsythe's test that all groups scatter alike; `df1`, `df2` of its F."""

    statistic: float
    df1: int
    df2: int
    p_value: float


@dataclass(frozen=True)
class ResidualSpread:
    """Hold how residuals spread by group.

    Parameters
    ----------
    by : `site` or `wave`.
    table : one row a shown group, `COLUMNS`: respondents, rows, mean, standard deviation, quartiles and
        skewness of standardised residuals, see `standardised_residuals`: 1 is what the model expects;
        `ratio` is the standard deviation over the median of the other shown groups', so that one group
        far out does not make the others look odd.
    hidden : how many groups have too few respondents to be shown.
    test : None with fewer than two groups.
    uneven : groups flagged: the test rejects, and the ratio is beyond `UNEVEN` or its inverse.
    """

    by: str
    table: pd.DataFrame
    hidden: int
    test: EqualSpread | None
    uneven: tuple[str, ...]


def standardised_residuals(model: FittedModel, rng: np.random.Generator) -> Array:
    """Return conditional residuals over the standard deviation that the model expects of each, (n,).

    A resident who answered once is fitted more closely than one who answered always, and the middle of
    three waves less closely than the ends of a line: raw residuals scatter unlike in a model that is
    true. What is expected of each row is found from outcomes drawn from the model.

    Parameters
    ----------
    rng : source of chance.
    """
    number = affordable(model.mixed, SIMULATIONS)
    squares = np.zeros(model.mixed.rows)
    for again in redrawn_fits(model.mixed, number, rng):
        squares += residuals(again) ** 2
    return np.asarray(residuals(model.mixed) / np.sqrt(np.maximum(squares / number, np.finfo(float).tiny)))


def residual_spread(model: FittedModel, standardised: Array, by: str) -> ResidualSpread:
    """Describe standardised residuals by site or wave.

    Parameters
    ----------
    standardised : of `standardised_residuals`, (n,).
    by : `site` or `wave`.

    References
    ----------
    Brown & Forsythe 1974, Journal of the American Statistical Association 69:364. Residents, who answer
    several times, are the units: each counts with the mean distance of the residuals from the group's
    median, so that waves of one person do not count as people.
    """
    left = pd.DataFrame({"group": model.rows[by], "unit": model.rows["respondent"], "residual": standardised})
    shown = model.shown(by)
    kept = left[left["group"].isin(shown)]
    rows = [_row(group, kept[kept["group"] == group]) for group in shown]
    table = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    table["ratio"] = _ratios(table["sd"].to_numpy(dtype=float))
    test = equal_spread(kept) if len(shown) > 1 else None
    uneven = _uneven(table) if test is not None and test.p_value < ALPHA else ()
    return ResidualSpread(by, table, len(model.hidden(by)), test, uneven)


def equal_spread(left: pd.DataFrame) -> EqualSpread | None:
    """Test that groups scatter alike; None where people are too few.

    Parameters
    ----------
    left : columns `group`, `unit`, `residual`; a unit counts once in each of its groups.
    """
    apart = (left["residual"] - left.groupby("group")["residual"].transform("median")).abs()
    by_unit = apart.groupby([left["group"], left["unit"]]).mean()
    parts = [part.to_numpy() for _, part in by_unit.groupby(level=0)]
    df1, df2 = len(parts) - 1, sum(map(len, parts)) - len(parts)
    if df1 < 1 or df2 < 1 or not by_unit.std() > 0:
        return None
    found = stats.f_oneway(*parts)
    return EqualSpread(float(found.statistic), df1, df2, float(found.pvalue))


def _row(group: str, left: pd.DataFrame) -> tuple[object, ...]:
    values = left["residual"].to_numpy(dtype=float)
    sd = float(values.std(ddof=1)) if len(values) > 1 else np.nan
    skewness = float(stats.skew(values)) if sd > 0 else np.nan
    ends = np.quantile(values, QUARTILES)
    return (group, int(left["unit"].nunique()), len(values), float(values.mean()), sd, *ends, skewness)


def _ratios(spreads: Array) -> Array:
    """Return each standard deviation over the median of the others."""
    if len(spreads) < 2:
        return np.full(len(spreads), np.nan)
    return np.array([own / np.median(np.delete(spreads, k)) for k, own in enumerate(spreads)])


def _uneven(table: pd.DataFrame) -> tuple[str, ...]:
    beyond = table[(table["ratio"] > UNEVEN) | (table["ratio"] < 1 / UNEVEN)]
    return tuple(beyond["group"])
