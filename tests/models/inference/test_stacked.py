"""Windows answered together: least squares with a mean for each, robust to sites in several."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.models.inference.site_numbers import SITE_COLUMNS, SiteNumbers
from evalkit.models.inference.stacked import stacked_change
from evalkit.models.site_contrast import SiteContrast, change_between
from evalkit.texts.phrases import phrase

ARMS = ("started", "not_yet_started")
LABEL = phrase("models.estimand.staggered_start", years=1)
CONTRAST = SiteContrast("step1", LABEL, change_between("w1", "w2"), "w1", "w2", ARMS)


def window(changes: dict[str, tuple[str, float]]) -> SiteNumbers:
    rows = [(s, arm, 9, 9, 9, 0.0, 0.0, value, 0.1) for s, (arm, value) in changes.items()]
    return SiteNumbers(pd.DataFrame(rows, columns=list(SITE_COLUMNS)), (), 50, True)


def windows() -> list[SiteNumbers]:
    first = {"S1": ("started", 5.0), "S2": ("started", 7.0)}
    first |= {s: ("not_yet_started", v) for s, v in {"S3": 1.0, "S4": 0.0, "S5": 2.0, "S6": 1.5}.items()}
    second = {"S3": ("started", 4.0), "S4": ("started", 6.0)}
    second |= {s: ("not_yet_started", v) for s, v in {"S5": 1.0, "S6": 3.0}.items()}
    return [window(first), window(second)]


def test_estimate_is_least_squares_with_a_mean_for_each_window() -> None:
    found = stacked_change(windows(), CONTRAST, "cohesion")
    rows = pd.concat([w.table.assign(window=k) for k, w in enumerate(windows())])
    ours = (rows["arm"] == "started").astype(float)
    centred = ours - ours.groupby(rows["window"]).transform("mean")
    assert found.estimate == pytest.approx((centred * rows["change"]).sum() / (centred**2).sum())
    assert found.n_sites == 6 and found.p_value is not None and 1 < (found.df or 0) < 6


def test_one_window_is_the_test_of_its_sites() -> None:
    """With each site once, CR2 clustered by site is HC2, which for two arms is Welch's variance."""
    (only, _) = windows()
    found = stacked_change([only], CONTRAST, "cohesion")
    by_arm = [only.table.loc[only.table["arm"] == arm, "change"] for arm in ARMS]
    assert found.std_error == pytest.approx(np.sqrt(sum(part.var() / len(part) for part in by_arm)))


def test_one_site_in_an_arm_is_refused() -> None:
    lone = window({"S1": ("started", 5.0), "S2": ("not_yet_started", 1.0), "S3": ("not_yet_started", 2.0)})
    found = stacked_change([lone], CONTRAST, "cohesion")
    assert found.conf_low is None and found.estimate == pytest.approx(3.5)
    assert [problem.code for problem in found.problems] == ["models.one_site_in_arm"]


def test_no_comparison_gives_nothing() -> None:
    assert stacked_change([window({"S1": ("started", 5.0)})], CONTRAST, "cohesion").estimate is None
