"""Tests that few sites do not bear are withheld, and no others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.models.lmm import lmm
from evalkit.models.site_level_terms import site_level_terms, withhold_site_level

ARM, TIME = "arm[T.intervention]", "time"
BARE = "cohesion ~ time * arm + woman + (1 | respondent) + (1 | site)"
WHOLE = f"{BARE} + (1 | site:wave)"


@pytest.fixture
def rows(panel: pd.DataFrame) -> pd.DataFrame:
    return panel.assign(woman=(panel["respondent"] % 2).astype(float))


def test_arms_time_and_their_products_are_shared_and_nothing_else_is(rows: pd.DataFrame) -> None:
    found = site_level_terms(lmm(WHOLE, rows))
    assert set(found) == {TIME, ARM, f"{TIME}:{ARM}"}
    by_wave = site_level_terms(lmm("cohesion ~ wave * woman + (1 | site) + (1 | site:wave)", rows))
    assert by_wave == ("wave[T.w2]", "wave[T.w3]"), "how women differ in a wave is seen within sites"


def test_products_are_found_when_visits_have_dates_of_their_own(rows: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    dated = rows.assign(time=rows["time"] + rng.uniform(0, 0.2, len(rows)))
    assert set(site_level_terms(lmm(WHOLE, dated))) == {TIME, ARM, f"{TIME}:{ARM}"}
    within = rows.assign(time=rng.uniform(0, 2, len(rows)))
    assert set(site_level_terms(lmm(WHOLE, within))) == {ARM, f"{TIME}:{ARM}"}


def test_one_number_a_site_and_wave_has_nothing_within(rows: pd.DataFrame) -> None:
    single = rows.groupby(["site", "wave"], as_index=False).first().assign(age=range(18))
    assert site_level_terms(lmm("cohesion ~ age + time + (1 | site)", single)) == ("age", "time")


def test_without_shocks_of_sites_their_tests_are_withheld(rows: pd.DataFrame) -> None:
    found = withhold_site_level(lmm(BARE, rows), "kenward_roger")
    by_term = found.table.set_index("term")
    assert np.isnan(by_term.loc["time:arm[T.intervention]", ["p_value", "conf_low"]].astype(float)).all()
    assert np.isfinite(by_term.loc["time:arm[T.intervention]", "estimate"])
    assert np.isfinite(by_term.loc["woman", "p_value"])
    assert {p.code for p in found.problems if p.code.startswith("caution")} == {"caution.no_site_wave"}


def test_a_normal_approximation_is_withheld_for_sites(rows: pd.DataFrame) -> None:
    found = withhold_site_level(lmm(WHOLE, rows, inference="asymptotic"), "asymptotic")
    assert found.table.set_index("term")["p_value"].isna().sum() == 3
    assert {p.code for p in found.problems if p.code.startswith("caution")} == {"caution.asymptotic"}


def test_a_whole_formula_with_kenward_roger_keeps_its_tests(rows: pd.DataFrame) -> None:
    fitted = lmm(WHOLE, rows)
    assert withhold_site_level(fitted, "kenward_roger") is fitted
    one_wave = rows[rows["wave"] == "w1"]
    alone = lmm("cohesion ~ arm + (1 | site)", one_wave)
    assert withhold_site_level(alone, "kenward_roger") is alone
