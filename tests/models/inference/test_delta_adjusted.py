"""Site numbers with leavers moved: shares by hand, uncertainty by drawing residents again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.models.inference.delta_adjusted import Leavers, leavers_of
from evalkit.models.site_contrast import SiteContrast, change_between, mean_at
from evalkit.models.site_means import site_means
from evalkit.texts.phrases import phrase

WAVES = ("w1", "w2")
CHANGE = SiteContrast(
    "w2", phrase("models.estimand.change_since_baseline", first="w1"), change_between(*WAVES), *WAVES
)
LAST = SiteContrast("w2", CHANGE.label, mean_at(["w2"]), *WAVES)
DRAWS = 300
# A variance of DRAWS draws has a relative standard error of sqrt(2 / DRAWS) = 8 %, a covariance at a
# correlation of .5 one of 13 %: two of these.
DRAWN = 0.26


def answers(first: list[float], last: list[float | None], site: str = "A") -> pd.DataFrame:
    rows = [(f"{site}{n}", site, "w1", value) for n, value in enumerate(first)]
    rows += [(f"{site}{n}", site, "w2", value) for n, value in enumerate(last) if value is not None]
    return pd.DataFrame(rows, columns=["respondent", "site", "wave", "y"])


def leavers(rows: pd.DataFrame, sites: tuple[str, ...] = ("A",)) -> Leavers:
    return leavers_of(rows, "y", CHANGE, sites, WAVES)


def test_the_number_is_that_of_the_likelihood_plus_delta_times_the_share_who_left() -> None:
    rows = answers([1.0, 2, 3, 4], [2.0, 4, None, 4])
    known = leavers(rows)
    means = site_means(rows, "y").means[0]
    assert known.shift.tolist() == [0.25]
    assert known.numbers_at(np.array([8.0])).changes[0] == pytest.approx(means[1] - means[0] + 2.0)


def test_no_delta_is_no_change() -> None:
    known = leavers(answers([1.0, 2, 3, 4, 7], [2.0, 4, None, 4, None]))
    again = known.numbers_at(np.zeros(1))
    pd.testing.assert_frame_equal(again.table, known.numbers.table)


def test_newcomers_have_not_left() -> None:
    rows = answers([1.0, 2, 3], [2.0, 4, None])
    new = pd.DataFrame({"respondent": ["new"], "site": ["A"], "wave": ["w2"], "y": [5.0]})
    assert leavers(pd.concat([rows, new])).shift.tolist() == [0.25], "one of four who had come by then"


def test_a_site_that_kept_everyone_stands_still() -> None:
    rows = pd.concat([answers([1.0, 2, 5], [2.0, 4, 4]), answers([1.0, 2, 5], [2.0, None, 4], "B")])
    known = leavers(rows, ("A", "B"))
    numbers, variances = known.at(np.array([5.0, 5.0]))
    assert numbers[0] == known.numbers.changes[0] and variances[0] == known.numbers.variances[0]
    assert numbers[1] != known.numbers.changes[1]


def test_share_and_mean_hang_together_as_in_residents_drawn_again() -> None:
    """Leaving depends on the first answer: who left and how they answered hang together."""
    rng = np.random.default_rng(11)
    means, shares, cross, spread = np.array([_drawn(rng) for _ in range(DRAWS)]).T
    assert np.mean(spread) == pytest.approx(np.var(shares), rel=DRAWN)
    assert np.mean(cross) == pytest.approx(np.cov(means, shares)[0, 1], rel=DRAWN)


def _drawn(rng: np.random.Generator) -> tuple[float, ...]:
    first = rng.normal(size=60)
    last = 0.9 * first + np.sqrt(0.19) * rng.normal(size=60)
    left = rng.random(60) < 1 / (1 + np.exp(0.5 - 4 * first))
    rows = answers(list(first), [None if gone else y for y, gone in zip(last, left, strict=True)])
    known = leavers_of(rows, "y", LAST, ("A",), WAVES)
    return tuple(float(x[0]) for x in (known.numbers.changes, known.shift, known.cross, known.spread))
