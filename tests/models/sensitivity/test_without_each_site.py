"""without_each_site: as if the plan had left the site out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from evalkit.models.inference.site_t_test import t_test
from evalkit.models.sensitivity.without_each_site import SENSITIVITY
from evalkit.models.variation import MainResult
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase

Main = Callable[..., MainResult]


def test_with_as_many_people_in_each_site_it_is_student_s_t_of_the_others(
    panel: pd.DataFrame, study: Study, main_of: Main, of_wave: Any
) -> None:
    two = panel[panel["wave"].isin(["w1", "w2"]) & panel["cohesion"].notna()]
    always = two[two.groupby("respondent")["wave"].transform("nunique") == 2]
    fewest = always.groupby("site")["respondent"].nunique().min()
    first = always.drop_duplicates("respondent").groupby("site").head(fewest)["respondent"]
    main = main_of(always[always["respondent"].isin(first)], study)
    tried = SENSITIVITY.run(main)
    assert not isinstance(tried, Phrase)
    assert [variant.mark for variant in tried] == ["S1", "S2", "S3", "S4", "S5", "S6"]
    sites = main.found.changes[0].found.sites.set_index("site")
    for variant in tried:
        rest = sites.drop(str(variant.mark))
        expected = t_test(rest["change"].to_numpy(), (rest["arm"] == "intervention").to_numpy()).single()
        found = of_wave(variant, "w2")
        assert (found.estimate, found.conf_low) == pytest.approx((expected.estimate, expected.conf_low))


def test_a_site_of_few_people_makes_a_result_of_few(panel: pd.DataFrame, study: Study, main_of: Main) -> None:
    """Who knows the result with and without a site knows the site."""
    small = panel[(panel["site"] != "S2") | panel["respondent"].isin(_first(panel, "S2", 4))]
    tried = SENSITIVITY.run(main_of(small, study))
    assert not isinstance(tried, Phrase)
    people = {str(variant.mark): variant.found[0].respondents for variant in tried}
    assert people["S2"] <= 4 < people["S1"]


def test_without_an_interval_no_site_can_go(
    panel: pd.DataFrame, study_of: Callable[..., Study], main_of: Main
) -> None:
    study = study_of({"S1": "intervention", "S6": "comparison"})
    tried = SENSITIVITY.run(main_of(panel[panel["site"].isin(["S1", "S6"])], study))
    assert isinstance(tried, Phrase) and tried.key == "sensitivity.without_each_site.absent"


def _first(panel: pd.DataFrame, site: str, number: int) -> list[Any]:
    always = (
        panel[(panel["site"] == site) & panel["cohesion"].notna()].groupby("respondent")["wave"].nunique()
    )
    return list(always[always == 3].index[:number])
