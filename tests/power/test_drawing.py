"""Drawn data sets are what the scenario says, and the same for the same seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.power.drawing import draw
from evalkit.power.measure import Measure
from evalkit.power.scenario import Scenario
from evalkit.power.score_covariance import site_covariance, within_covariance

ARMS = {"S1": "intervention", "S2": "comparison"}
PLAIN = Scenario(
    (Measure("m", ()),),
    ARMS,
    times=(0.0, 1.0, 3.0),
    per_site=60,
    attrition=0.0,
    wave_skip=0.0,
    item_missing=0.0,
    attrition_by_score=0.0,
)
# 400 data sets of 120 residents: five Monte Carlo errors of a covariance are about 2 % of a variance.
WITHIN = 0.03
# Of two sites in 400 data sets: five errors of a variance between sites are about a quarter of it.
BETWEEN = 0.3


@pytest.mark.parametrize(
    "scenario",
    [
        PLAIN,
        replace(PLAIN, stability_decays=False),
        replace(PLAIN, resident_slope=0.2, site_slope=0.1),
        replace(PLAIN, cac_decays=True, cac=0.5),
    ],
    ids=["plain", "lasting", "slopes", "decay"],
)
def test_scores_have_the_covariances_of_the_formulas(scenario: Scenario) -> None:
    scores, site_of = (drawn := draw(scenario, 400, seed=3)).scores[0], drawn.site_of
    means = np.stack([scores[:, site_of == site].mean(axis=1) for site in range(2)], axis=1)
    apart = scores - means[:, site_of]
    measure = scenario.measures[0]
    expected = within_covariance(scenario, measure)
    found = np.einsum("bnt,bnu->tu", apart, apart) / (len(scores) * (120 - 2))
    np.testing.assert_allclose(found, expected, atol=WITHIN * expected.max())
    between = (means - means.mean(axis=0)).reshape(-1, 3)
    wanted = site_covariance(scenario, measure) + expected / 60
    np.testing.assert_allclose(between.T @ between / len(between), wanted, atol=BETWEEN * wanted.max())


def test_items_give_mean_and_sd_with_floor_and_ceiling() -> None:
    measure = Measure("m", tuple("abcdef"), yearly_change=0.2, plateau=1.0)
    scores = draw(replace(PLAIN, measures=(measure,)), 300, seed=4).scores[0]
    assert scores.min() >= 0
    assert scores.max() <= 100
    assert scores[:, :, 0].mean() == pytest.approx(57, abs=0.5)
    assert scores[:, :, 0].std() == pytest.approx(15, abs=0.3)
    assert scores[:, :60, 2].mean() - scores[:, 60:, 2].mean() == pytest.approx(6.0, abs=0.7)


def test_the_first_residents_stay_the_same_when_a_site_has_more() -> None:
    few, more = draw(PLAIN, 5, seed=6), draw(replace(PLAIN, per_site=90), 5, seed=6)
    np.testing.assert_array_equal(few.scores[:, :, :60], more.scores[:, :, :60])
    np.testing.assert_array_equal(few.scores[:, :, 60:], more.scores[:, :, 90:150])


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), chunk=st.integers(0, 50))
def test_same_seed_and_chunk_same_data(seed: int, chunk: int) -> None:
    scenario = replace(PLAIN, attrition=0.3, attrition_by_score=-0.5, per_site=8)
    one, again = draw(scenario, 3, seed, chunk), draw(scenario, 3, seed, chunk)
    np.testing.assert_array_equal(one.scores, again.scores)
    assert not np.array_equal(one.scores, draw(scenario, 3, seed, chunk + 1).scores, equal_nan=True)


def test_absence_is_shared_unless_leaving_depends_on_scores() -> None:
    losing = replace(PLAIN, attrition=0.3, wave_skip=0.1)
    assert draw(losing, 4, seed=1).shared
    assert not draw(replace(losing, attrition_by_score=-0.5), 4, seed=1).shared


def test_sites_not_asked_have_no_answers() -> None:
    scores = (drawn := draw(replace(PLAIN, not_asked={"S2": ("w2",)}), 2, seed=1)).scores[0]
    assert np.isnan(scores[:, drawn.site_of == 1, 1]).all()
    assert np.isfinite(scores[:, drawn.site_of == 0, 1]).all()


def test_those_who_scored_low_leave_more() -> None:
    scenario = replace(PLAIN, attrition=0.3, attrition_by_score=-1.0, refreshment=0.0, per_site=2000)
    scores = draw(scenario, 1, seed=2).scores[0, 0]
    left = np.isnan(scores[:, 1])
    assert left.mean() == pytest.approx(0.3, abs=0.03)
    assert scores[left, 0].mean() < scores[~left, 0].mean() - 5
