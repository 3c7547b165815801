"""complete_cases: those who answered throughout, and nothing else changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalkit.models.inference.site_changes import difference_of_arms
from evalkit.models.sensitivity.complete_cases import SENSITIVITY
from evalkit.models.variation import MainResult
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase

Main = Callable[..., MainResult]


def test_the_change_is_that_of_people_seen_twice(
    panel: pd.DataFrame, study: Study, main_of: Main, of_wave: Any
) -> None:
    tried = SENSITIVITY.run(main_of(panel, study))
    assert not isinstance(tried, Phrase)
    wide = panel.pivot(index=["respondent", "site", "arm"], columns="wave", values="cohesion")
    paired = (wide["w3"] - wide["w1"]).dropna()
    by_site = paired.groupby(["arm", "site"]).agg(["mean", "var", "count"])
    found = of_wave(tried[0], "w3")
    twice = wide[["w1", "w3"]].dropna().stack().rename("cohesion").reset_index()
    expected = difference_of_arms(twice, "cohesion", [s.id for s in study.sites], "w1", "w3")
    assert found.estimate == pytest.approx(expected.estimate) and found.df == 4
    low, high = by_site["mean"].groupby("arm").min(), by_site["mean"].groupby("arm").max()
    assert low["intervention"] - high["comparison"] < found.estimate
    assert found.estimate < high["intervention"] - low["comparison"]
    assert tried[0].found[-1].respondents == len(paired)


def test_waves_outside_the_contrast_do_not_count(
    panel: pd.DataFrame, study: Study, main_of: Main, of_wave: Any
) -> None:
    """Who missed the third wave stays among the complete cases of the first two."""
    gone = panel.copy()
    gone.loc[(gone["wave"] == "w3") & (gone["respondent"].astype(str).str[-1] == "1"), "cohesion"] = np.nan
    whole, fewer = (SENSITIVITY.run(main_of(rows, study)) for rows in (panel, gone))
    assert not isinstance(whole, Phrase) and not isinstance(fewer, Phrase)
    assert of_wave(fewer[0], "w2").estimate == of_wave(whole[0], "w2").estimate
    assert of_wave(fewer[0], "w3").estimate != of_wave(whole[0], "w3").estimate


def test_without_leavers_and_newcomers_it_is_the_main_result(
    panel: pd.DataFrame, study: Study, main_of: Main
) -> None:
    two = panel[panel["wave"].isin(["w1", "w2"]) & panel["cohesion"].notna()]
    always = two[two.groupby("respondent")["wave"].transform("nunique") == 2]
    main = main_of(always, study)
    tried = SENSITIVITY.run(main)
    assert not isinstance(tried, Phrase)
    assert tried[0].found[0].test.conf_low == pytest.approx(main.found.changes[0].found.conf_low)


def test_a_panel_of_newcomers_has_none(panel: pd.DataFrame, study: Study, main_of: Main) -> None:
    apart = panel.assign(respondent=panel["respondent"].astype(str) + panel["wave"].astype(str))
    tried = SENSITIVITY.run(main_of(apart, study))
    assert isinstance(tried, Phrase) and tried.key == "sensitivity.complete_cases.absent"
