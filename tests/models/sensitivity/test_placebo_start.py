"""placebo_start: nothing is found before the start, unless it was on its way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalkit.models.arms import waves_before_start
from evalkit.models.inference.site_changes import difference_of_arms
from evalkit.models.sensitivity.placebo_start import SENSITIVITY, started_earlier
from evalkit.models.variation import MainResult
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase

Main = Callable[..., MainResult]
ARMS = {f"S{n}": "intervention" if n <= 3 else "comparison" for n in range(1, 7)}
SITES = tuple(ARMS)


def study_starting(study: Study, days: Mapping[str, date]) -> Study:
    sites = tuple(site.model_copy(update={"started": days.get(site.id)}) for site in study.sites)
    return replace(study, file=study.file.model_copy(update={"sites": sites}))


def rows(effect: float = 0.0, trend: float = 0.0, waves: int = 4, start: int = 2) -> pd.DataFrame:
    """Return six people a site; an effect from the wave at `start` on, a trend a wave in treated sites."""
    rng = np.random.default_rng(8)
    found = [
        (f"{site}p{person}", site, arm, f"w{wave + 1}", float(wave),
         50 + number + (arm == "intervention") * (trend * wave + effect * (wave >= start)) + rng.normal())
        for number, (site, arm) in enumerate(ARMS.items())
        for person in range(6)
        for wave in range(waves)
    ]  # fmt: skip
    names = ["respondent", "site", "arm", "wave", "time", "cohesion"]
    return pd.DataFrame(found, columns=names).assign(instrument="short")


@pytest.fixture
def late(study_of: Callable[..., Study]) -> Study:
    """Give a study of four waves whose treated sites start after the second."""
    return study_starting(study_of(ARMS, 4), dict.fromkeys(("S1", "S2", "S3"), date(2022, 6, 1)))


def test_it_is_the_difference_before_the_start(late: Study, main_of: Main) -> None:
    panel = rows(effect=30.0)
    tried = SENSITIVITY.run(main_of(panel, late))
    assert not isinstance(tried, Phrase) and len(tried[0].found) == 1 and not tried[0].comparable
    one = tried[0].found[0]
    assert (one.contrast.since, one.contrast.wave) == ("w1", "w2")
    before = panel[panel["wave"].isin(["w1", "w2"])]
    expected = difference_of_arms(before, "cohesion", SITES, "w1", "w2")
    assert (one.test.estimate, one.test.conf_low) == pytest.approx((expected.estimate, expected.conf_low))
    assert abs(one.test.estimate or 0.0) < 3.0, "the effect of the true start stays out"


def test_what_was_on_its_way_is_found(late: Study, main_of: Main) -> None:
    tried = SENSITIVITY.run(main_of(rows(trend=10.0), late))
    assert not isinstance(tried, Phrase)
    test = tried[0].found[0].test
    assert test.conf_low is not None and test.conf_low > 5.0


def test_sites_that_start_apart_are_each_moved(study_of: Callable[..., Study], main_of: Main) -> None:
    days = {"S1": date(2022, 6, 1), "S2": date(2022, 6, 1), "S3": date(2023, 6, 1)}
    study = study_starting(study_of(ARMS, 4), days)
    panel = rows()
    treated = panel["site"].isin(["S1", "S2"]) & (panel["wave"] > "w2")
    panel.loc[treated, "cohesion"] += 40.0
    tried = SENSITIVITY.run(main_of(panel, study, question="staggered_start"))
    assert not isinstance(tried, Phrase)
    windows = {one.contrast.name: one.test.estimate for one in tried[0].found if not one.contrast.stack}
    assert set(windows) == {"w1:w2", "w2:w3"}
    assert all(estimate is not None and abs(estimate) < 3.0 for estimate in windows.values())


def test_a_start_moves_by_one_wave(late: Study) -> None:
    before = waves_before_start(late)
    known = {site: count for site, count in before.items() if count is not None}
    moved = waves_before_start(started_earlier(late, known))
    assert {site: moved[site] for site in known} == {site: count - 1 for site, count in known.items()}
    assert all(moved[site] is None for site in set(before) - set(known))


@pytest.mark.parametrize(
    ("day", "question", "why"),
    [
        (None, "difference_in_change", "too_few_waves"),
        (date(2021, 6, 1), "difference_in_change", "too_few_waves"),
        (date(2022, 6, 1), "change_since_baseline", "no_comparison"),
    ],
)
def test_why_it_does_not_apply(
    study_of: Callable[..., Study], main_of: Main, day: Any, question: str, why: str
) -> None:
    study = study_starting(study_of(ARMS, 4), dict.fromkeys(("S1", "S2", "S3"), day))
    tried = SENSITIVITY.run(main_of(rows(), study, question=question))
    assert isinstance(tried, Phrase) and tried.key == f"sensitivity.placebo_start.{why}"
