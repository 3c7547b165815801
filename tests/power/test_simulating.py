"""A simulated study holds what its scenario says, and its truth is the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evalkit.power.scenario import Scenario, resident_scenario
from evalkit.power.simulating import SimulatedStudy, simulate
from evalkit.responses.answer_table import REASON_CODE

SCALES = {
    name: tuple(f"{name[:3]}{n}" for n in range(1, 7))
    for name in ("cohesion", "security", "access", "control")
}
SIX = {f"S{n}": "intervention" if n <= 3 else "comparison" for n in range(1, 7)}


def many_sites(**changes: object) -> Scenario:
    arms = {f"S{n}": "intervention" if n % 2 else "comparison" for n in range(1200)}
    return replace(resident_scenario(SCALES, arms), **changes)


@pytest.fixture(scope="module")
def study() -> SimulatedStudy:
    return simulate(resident_scenario(SCALES, SIX), np.random.default_rng(7))


@pytest.fixture(scope="module")
def large() -> tuple[Scenario, SimulatedStudy]:
    scenario = many_sites()
    return scenario, simulate(scenario, np.random.default_rng(8))


def test_one_seed_gives_one_study(study: SimulatedStudy) -> None:
    again = simulate(resident_scenario(SCALES, SIX), np.random.default_rng(7))
    pd.testing.assert_frame_equal(again.panel(), study.panel())
    pd.testing.assert_frame_equal(again.residents, study.residents)
    other = simulate(resident_scenario(SCALES, SIX), np.random.default_rng(9))
    assert not other.panel().equals(study.panel())


def test_answers_are_codes_and_each_absence_has_its_reason(study: SimulatedStudy) -> None:
    for wave in study.waves:
        values, reasons = wave.values.to_numpy(), wave.reasons.to_numpy()
        assert list(wave.values) == [item for items in SCALES.values() for item in items]
        assert set(np.unique(values[np.isfinite(values)])) <= {1, 2, 3, 4, 5}
        assert ((reasons == 0) == np.isfinite(values)).all()
        offered = {REASON_CODE[name] for name in ("dont_know", "refused", "blank")}
        assert set(np.unique(reasons[reasons > 0])) <= offered
        assert 0.01 < np.isnan(values).mean() < 0.06


def test_people_answer_only_while_they_live_there(study: SimulatedStudy) -> None:
    order = {wave.wave: number for number, wave in enumerate(study.waves)} | {None: 9}
    people = study.residents
    entered = people["entered"].map(order).to_numpy()
    left = np.array([order[wave] if isinstance(wave, str) else 9 for wave in people["left"]])
    for number, wave in enumerate(study.waves):
        who = wave.keys["respondent"].to_numpy()
        assert (entered[who] <= number).all() and (left[who] > number).all()
        assert (people["site"].to_numpy()[who] == wave.keys["site"].to_numpy()).all()
        assert not wave.keys["respondent"].duplicated().any()


def test_scores_are_those_that_evalkit_gives(study: SimulatedStudy) -> None:
    from evalkit.instruments.library import shipped_instrument
    from evalkit.scores.scoring import score

    form = shipped_instrument("residents-core")
    items = {scale: form.scale(scale).items for scale in SCALES}
    drawn = simulate(resident_scenario(items, SIX), np.random.default_rng(3)).waves[1]
    scored = score(drawn.values.reindex(columns=list(form.items_by_id)), form).values
    pd.testing.assert_frame_equal(scored[list(SCALES)], drawn.scores[list(SCALES)], check_exact=False)


def test_means_move_by_the_planted_change(large: tuple[Scenario, SimulatedStudy]) -> None:
    strong = tuple(replace(measure, yearly_change=0.2, secular_change=-0.1) for measure in large[0].measures)
    scenario = many_sites(measures=strong, lag=0.0, attrition_by_score=0.0)
    drawn = simulate(scenario, np.random.default_rng(10))
    means = drawn.panel().groupby(["arm", "wave"])[list(SCALES)].mean()
    for row in drawn.planted.itertuples():
        change = means.loc[(row.arm, row.wave), row.outcome] - means.loc[(row.arm, "w1"), row.outcome]
        assert change == pytest.approx(row.change, abs=0.75)


def test_variances_and_correlations_are_those_of_the_scenario(
    large: tuple[Scenario, SimulatedStudy],
) -> None:
    scenario, drawn = large
    panel = drawn.panel()
    first = panel[panel["wave"] == "w1"]
    assert first[list(SCALES)].mean().to_numpy() == pytest.approx(57, abs=0.5)
    assert first[list(SCALES)].std().to_numpy() == pytest.approx(15, abs=0.3)
    assert first["cohesion"].corr(first["security"]) == pytest.approx(0.45, abs=0.03)
    for measure in scenario.measures:
        sites = first.groupby("site")[measure.id]
        within = sites.var().mean()
        between = sites.mean().var() - within / 40
        assert between / (between + within) == pytest.approx(measure.icc, abs=0.015)


def test_people_and_sites_keep_what_lasts(large: tuple[Scenario, SimulatedStudy]) -> None:
    panel = large[1].panel()
    wide = panel.pivot(index=["site", "respondent"], columns="wave", values="cohesion")
    within = (wide - wide.groupby("site").transform("mean")).corr()
    assert within.loc["w1", "w2"] == pytest.approx(0.60, abs=0.03)
    assert within.loc["w1", "w3"] == pytest.approx(0.80 * 0.75**2, abs=0.03)
    sites, people = panel.groupby(["site", "wave"])["security"].mean().unstack(), _people(panel, "security")
    shared = sites.cov().loc["w1", "w3"] - people
    assert shared / (0.08 * 225) == pytest.approx(0.80, abs=0.12)


def _people(panel: pd.DataFrame, outcome: str) -> float:
    """Return how much those who answered in both waves add to the covariance of site means."""
    wide = panel.pivot(index=["site", "respondent"], columns="wave", values=outcome)
    within = (wide - wide.groupby("site").transform("mean")).cov().loc["w1", "w3"]
    counts = wide.notna().groupby("site").sum()
    both = (wide["w1"].notna() & wide["w3"].notna()).groupby("site").sum()
    return float(within * (both / (counts["w1"] * counts["w3"])).mean())
