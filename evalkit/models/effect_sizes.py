"""A change on the scale, on 0 to 100, and in standard deviations: which one is always named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

Unit = Literal["scale", "pomp", "glass", "d_av", "d_rm", "d_z"]
SOURCES: dict[Unit, str] = {
    "scale": "none: the unit of the outcome",
    "pomp": "Cohen, Cohen, Aiken & West 1999",
    "glass": "Becker 1988; Bonett 2008 (variance, unequal standard deviations)",
    "d_av": "Cumming 2012; Bonett 2008 (variance)",
    "d_rm": "Morris & DeShon 2002; Borenstein et al. 2009, eq. 4.28 (variance)",
    "d_z": "Cohen 1988; Becker 1988 (variance, correlation one half)",
}


@dataclass(frozen=True, slots=True)
class EffectSize:
    """Hold a change in some unit, with the name of the unit.

    Parameters
    ----------
    unit : `scale`; `pomp`, points of 0 to 100; or a standardised change: `glass` by the baseline standard
        deviation, `d_av` by the mean of both, `d_rm` by that of the change with the correlation taken
        out, `d_z` by that of the change. They can differ twofold on the same answers.
    divisor : what a change on the scale was divided by, in units of the outcome.
    estimate, std_error, conf_low, conf_high : in the unit; missing where the change has none.
    level : of the interval.
    source : who defined the unit and its variance.
    """

    unit: Unit
    divisor: float
    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    level: float
    source: str


@dataclass(frozen=True, slots=True)
class Moments:
    """Hold what the standardised changes of the same people follow from.

    Parameters
    ----------
    people : with answers at both times. change : mean change.
    sd_first, sd_last, sd_change : standard deviations (n - 1). correlation : between the two times.
    """

    people: int
    change: float
    sd_first: float
    sd_last: float
    sd_change: float
    correlation: float


def paired_moments(first: npt.ArrayLike, last: npt.ArrayLike) -> Moments:
    """Return the moments of two answers of the same people, (n,) each; pairs that are not whole are left out.

    Raises
    ------
    ValueError : fewer than three whole pairs, or answers that are all alike at one of the times.
    """
    pairs = np.column_stack([np.asarray(first, dtype=float), np.asarray(last, dtype=float)])
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    spread = pairs.std(axis=0, ddof=1) if len(pairs) > 2 else np.zeros(2)
    if not spread.all():
        raise ValueError("three people with answers at both times, not all alike, are the least")
    change = pairs[:, 1] - pairs[:, 0]
    correlation = float(np.corrcoef(pairs.T)[0, 1])
    return Moments(
        len(pairs),
        float(change.mean()),
        float(spread[0]),
        float(spread[1]),
        float(change.std(ddof=1)),
        correlation,
    )


def standardised_changes(moments: Moments, *, level: float = 0.95) -> tuple[EffectSize, ...]:
    """Return the change of the same people in four standard deviations, each under its own name.

    Intervals are normal, for independent people: with people in sites they are too short, and the
    interval of the site changes, brought to a unit by `in_unit`, is the one to report.

    Parameters
    ----------
    moments : of both times.
    level : of the intervals.

    Returns
    -------
    `glass`, `d_av`, `d_rm`, `d_z`, in this order; without Hedges' correction, see `hedges_correction`.
        One whose standard deviation is zero is left out.

    References
    ----------
    Lakens 2013, Frontiers in Psychology 4:863, for the names; Becker 1988, British Journal of
    Mathematical and Statistical Psychology 41:257; Bonett 2008, Psychological Methods 13:99; Morris &
    DeShon 2002, Psychological Methods 7:105; Borenstein, Hedges, Higgins & Rothstein 2009, Introduction
    to Meta-Analysis, ch. 4.

    Examples
    --------
    >>> found = standardised_changes(paired_moments([1, 2, 3, 4, 5], [2, 2, 4, 6, 5]))
    >>> [(size.unit, round(size.estimate, 2)) for size in found]
    [('glass', 0.51), ('d_av', 0.47), ('d_rm', 0.46), ('d_z', 0.96)]
    """
    divisors: dict[Unit, float] = {
        "glass": moments.sd_first,
        "d_av": (moments.sd_first + moments.sd_last) / 2,
        "d_rm": _without_correlation(moments),
        "d_z": moments.sd_change,
    }
    half = float(stats.norm.ppf((1 + level) / 2))
    found = []
    for unit, divisor in divisors.items():
        if divisor > 0:
            d = moments.change / divisor
            error = float(np.sqrt(_variance(unit, d, divisor, moments)))
            ends = (d - half * error, d + half * error)
            found.append(EffectSize(unit, float(divisor), d, error, *ends, level, SOURCES[unit]))
    return tuple(found)


def _without_correlation(moments: Moments) -> float:
    """Return the standard deviation of the change, as of one time if both spread alike."""
    apart = 2 * (1 - moments.correlation)
    return moments.sd_change / apart**0.5 if moments.sd_change and apart > 0 else 0.0


def _variance(unit: Unit, d: float, divisor: float, of: Moments) -> float:
    """Return the variance of a standardised change: of the change, and of what it is divided by."""
    n, df, r = of.people, of.people - 1, of.correlation
    if unit == "d_z":
        return 1 / n + d**2 / (2 * n)
    if unit == "d_rm":
        return (1 / n + d**2 / (2 * n)) * 2 * (1 - r)
    change = of.sd_change**2 / (df * divisor**2)
    if unit == "glass":
        return change + d**2 / (2 * df)
    squares = of.sd_first**2 + of.sd_last**2 + 2 * r**2 * of.sd_first * of.sd_last
    return change + d**2 * squares / (8 * df * divisor**2)


def in_unit(
    unit: Unit,
    divisor: float,
    *,
    estimate: float,
    std_error: float = np.nan,
    conf_low: float = np.nan,
    conf_high: float = np.nan,
    level: float = 0.95,
) -> EffectSize:
    """Bring a change and its interval from the scale to another unit; both ends are divided alike.

    The divisor counts as known: an interval that is to hold for its chance too is wider by a share that
    vanishes with the number of people behind it.

    Parameters
    ----------
    unit, divisor : see `EffectSize`; `points(low, high)` and `baseline_sd(...)` give two.
    estimate, std_error, conf_low, conf_high, level : of a change, or a difference of changes, on the scale.

    Raises
    ------
    ValueError : a divisor that is not above zero.

    Examples
    --------
    >>> size = in_unit("glass", 15.0, estimate=3.0, conf_low=-1.5, conf_high=7.5)
    >>> size.unit, size.estimate, size.conf_low, size.conf_high
    ('glass', 0.2, -0.1, 0.5)
    """
    if not divisor > 0:
        raise ValueError("a change is divided by what is above zero")
    ends = (conf_low / divisor, conf_high / divisor)
    return EffectSize(unit, divisor, estimate / divisor, std_error / divisor, *ends, level, SOURCES[unit])


def points(low: float, high: float) -> float:
    """Return the divisor that brings a scale from `low` to `high` to 0 to 100.

    Examples
    --------
    >>> in_unit("pomp", points(1, 5), estimate=0.2).estimate
    5.0
    """
    return (high - low) / 100


def baseline_sd(answers: npt.ArrayLike, site: npt.ArrayLike) -> float:
    """Return the standard deviation within sites at the first wave, pooled: the divisor of `glass`.

    Parameters
    ----------
    answers : (n,), of the first wave; missing ones are left out.
    site : (n,), labels.

    References
    ----------
    Morris 2008, Organizational Research Methods 11:364 (baseline standard deviation, pooled over groups).

    Examples
    --------
    >>> baseline_sd([1, 3, 11, 13], ["A", "A", "B", "B"])
    1.4142135623730951
    """
    values, labels = np.asarray(answers, dtype=float), np.asarray(site)
    whole = np.isfinite(values)
    levels, codes = np.unique(labels[whole], return_inverse=True)
    kept = values[whole]
    means = np.bincount(codes, kept) / np.bincount(codes)
    return float(np.sqrt(((kept - means[codes]) ** 2).sum() / (len(kept) - len(levels))))


def hedges_correction(df: float) -> float:
    """Return the factor that takes a standardised change's small-sample bias away.

    References
    ----------
    Hedges 1981, Journal of Educational Statistics 6:107.

    Examples
    --------
    >>> round(hedges_correction(10), 4)
    0.9231
    """
    return 1 - 3 / (4 * df - 1)
