"""What a test of a simulated design is worth: power, bias, coverage, width, wrong signs, exaggeration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.power.closed_form.exact_interval import exact_interval
from evalkit.power.replicates import FAILED, SINGULAR, WITHHELD, Replicates

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Share:
    """Hold a share of data sets with its exact interval (Clopper and Pearson); NaN when there were none.

    Parameters
    ----------
    count, of : how many, of how many.
    value, low, high : the share and its 95 % interval.
    """

    count: int
    of: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Diagnosands:
    """Hold what a test of a design is worth.

    Parameters
    ----------
    simulations : data sets drawn.
    singular, withheld, failed : data sets whose fit had a variance of zero (it counts), that gave an estimate
        without a test, and that gave nothing. The last two are no part of any share.
    power : share that rejects, of those with a test.
    coverage : share of intervals that hold the truth.
    truth : points.
    bias, bias_error : mean of the estimates less the truth, points, and its Monte Carlo standard error.
    spread : standard deviation of the estimates, points.
    std_error : mean standard error, points.
    width : mean width of the intervals, points.
    wrong_sign : share of rejections with the wrong sign (type S); None when nothing is true.
    exaggeration : mean size of estimates that reject over the truth (type M); None when nothing is true.

    References
    ----------
    Gelman & Carlin 2014, Perspectives on Psychological Science 9:641 (types S and M); Blair, Cooper, Coppock
    & Humphreys 2019, American Political Science Review 113:838 (diagnosands); Morris, White & Crowther 2019,
    Statistics in Medicine 38:2074 (Monte Carlo errors).
    """

    simulations: int
    singular: int
    withheld: int
    failed: int
    power: Share
    coverage: Share
    truth: float
    bias: float
    bias_error: float
    spread: float
    std_error: float
    width: float
    wrong_sign: Share | None
    exaggeration: float | None


def diagnose(found: Replicates, truth: float, alpha: float = 0.05) -> Diagnosands:
    """Return what a test is worth.

    Parameters
    ----------
    found : tests of B data sets.
    truth : what is true of the contrast, points.
    alpha : level of the test.

    Examples
    --------
    >>> ten, one = np.arange(10.0), np.ones(10)
    >>> found = Replicates(np.zeros(10, np.int8), ten - 4, one, 4 * one, ten / 10, ten - 5, ten - 3)
    >>> worth = diagnose(found, truth=0.5, alpha=0.25)
    >>> worth.power.count, worth.power.of, round(worth.power.low, 3), worth.bias, worth.wrong_sign.count
    (3, 10, 0.067, 0.0, 3)
    """
    known = tested(found)
    estimate, rejected = found.estimate[known], found.p_value[known] < alpha
    held = (found.conf_low[known] <= truth) & (truth <= found.conf_high[known])
    some = len(estimate) > 1
    spread = float(estimate.std(ddof=1)) if some else float("nan")
    return Diagnosands(
        simulations=len(found),
        singular=int((found.state == SINGULAR).sum()),
        withheld=int((found.state == WITHHELD).sum()),
        failed=int((found.state == FAILED).sum()),
        power=share_of(rejected),
        coverage=share_of(held),
        truth=truth,
        bias=_mean(estimate) - truth,
        bias_error=spread / float(np.sqrt(len(estimate))) if some else float("nan"),
        spread=spread,
        std_error=_mean(found.std_error[known]),
        width=_mean(found.conf_high[known] - found.conf_low[known]),
        wrong_sign=None if truth == 0 else _share_below_zero(estimate[rejected] * truth),
        exaggeration=None if truth == 0 else _mean(np.abs(estimate[rejected] / truth)),
    )


def together(
    found: Sequence[Replicates], alpha: float = 0.05, *, adjusted: bool = True
) -> Mapping[str, Share]:
    """Return how often any of several tests rejects, and how often all do.

    Parameters
    ----------
    found : tests of the same data sets, one an outcome.
    alpha : level.
    adjusted : whether p-values are adjusted within the family (Holm 1979), as the plan does.

    Returns
    -------
    `any` and `all`, of the data sets in which every outcome has a test.

    Examples
    --------
    >>> def test(p):
    ...     p = np.array(p)
    ...     return Replicates(np.zeros(len(p), np.int8), *[p] * 3, p, *[p] * 2)
    >>> shares = together([test([0.01, 0.03, 0.2]), test([0.02, 0.2, 0.3])])
    >>> shares["any"].count, shares["all"].count
    (1, 1)
    """
    known = np.all([tested(part) for part in found], axis=0)
    p_values = np.sort(np.stack([part.p_value[known] for part in found]), axis=0)
    if adjusted:
        factors = np.arange(len(p_values), 0, -1)[:, None]
        p_values = np.maximum.accumulate(p_values * factors, axis=0)
    return {
        "any": share_of(np.asarray(p_values[0] < alpha)),
        "all": share_of(np.asarray(p_values[-1] < alpha)),
    }


def tested(found: Replicates) -> BoolArray:
    """Return which data sets gave a test."""
    return np.asarray(np.isfinite(found.p_value) & (found.state != FAILED))


def share_of(happened: BoolArray) -> Share:
    """Return how often something happened, with an exact interval."""
    count, of = int(happened.sum()), len(happened)
    if not of:
        return Share(0, 0, float("nan"), float("nan"), float("nan"))
    low, high = exact_interval(count, of)
    return Share(count, of, count / of, float(low), float(high))


def _share_below_zero(values: npt.NDArray[np.float64]) -> Share:
    below: BoolArray = values < 0
    return share_of(below)


def _mean(values: npt.NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")
