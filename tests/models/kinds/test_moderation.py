"""Moderation: groups by their first answer, contrasts within sites."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.models.inference.site_changes import site_change
from evalkit.models.inference.site_numbers import numbers_of_sites
from evalkit.models.kind import Asked
from evalkit.models.kinds.moderation import KIND, groups_at_entry
from evalkit.study.study import Study


def grouped(extra: float) -> pd.DataFrame:
    rng = np.random.default_rng(6)
    rows = []
    for site in range(6):
        for person in range(24):
            woman = person % 2
            for wave in range(2):
                value = 50 + site * wave * 3 + (2 + extra * woman) * wave + rng.normal(0, 1)
                arm = "intervention" if site < 3 else "comparison"
                rows.append(
                    (f"{site}-{person}", f"S{site + 1}", arm, f"w{wave + 1}", float(wave), woman, value)
                )
    return pd.DataFrame(rows, columns=["respondent", "site", "arm", "wave", "time", "woman", "cohesion"])


def test_a_difference_within_sites_is_free_of_what_sites_share(study: Study) -> None:
    panel = grouped(4.0)
    spec = KIND.build(panel, "cohesion", study, Asked(options={"by": "woman"}))
    (alone, of_arms) = spec.contrasts
    numbers = numbers_of_sites(spec.data, "cohesion", alone, [f"S{n}" for n in range(1, 7)])
    found = site_change(numbers, alone, "cohesion")
    assert found.estimate == pytest.approx(4.0, abs=0.6)
    assert found.conf_high - found.conf_low < 2.5, "sites changed by 0 to 15 points"
    assert of_arms.arms == ("intervention", "comparison")


def test_terms_of_residents_answer_by_themselves(study: Study) -> None:
    spec = KIND.build(grouped(4.0), "cohesion", study, Asked(options={"by": "woman"}))
    assert spec.terms == ("moderator[1]:wave[w2]",)
    assert set(spec.terms) <= set(spec.fixed)


def test_numbers_are_cut_into_groups_by_the_first_answer() -> None:
    rows = pd.DataFrame({"respondent": list("aabc"), "age": [64.0, 66.0, 20.0, np.nan]})
    found = groups_at_entry(rows, "age", [30, 65])
    assert found.tolist()[:3] == ["30 to under 65", "30 to under 65", "under 30"]
    assert pd.isna(found[3])


def test_a_missing_moderator_is_refused(study: Study) -> None:
    lacking = KIND.lacking(grouped(0.0), "cohesion", study, Asked(options={"by": "shoe"}))
    assert lacking is not None and lacking.code == "models.no_moderator"
    same = KIND.lacking(grouped(0.0).assign(woman=1), "cohesion", study, Asked(options={"by": "woman"}))
    assert same is not None and same.code == "models.one_group_of_residents"
    assert not KIND.suits(study)
