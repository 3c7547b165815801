"""The formula agrees with published values and with the simulation of the analysis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.power.chunks import Workers, run
from evalkit.power.closed_form.exact_interval import exact_interval
from evalkit.power.degenerate import DegenerateDesign
from evalkit.power.expected_power import ExpectedPower, expected_power
from evalkit.power.measure import Measure
from evalkit.power.question import Question, default_analysis
from evalkit.power.scenario import Scenario

STILL = {"attrition": 0.0, "wave_skip": 0.0, "item_missing": 0.0, "attrition_by_score": 0.0, "lag": 0.0}
# Smallest detectable effects of two waves, in SD: rows of residents a site, columns of ICC .02, .05, .12.
# Table of the project's norms: 80 % power, t over sites, r = .60, CAC = .80; printed to two digits.
PRINTED = {
    (3, 3): {7: (1.06, 1.10, 1.18), 20: (0.67, 0.74, 0.89), 40: (0.51, 0.61, 0.79)},
    (6, 6): {7: (0.62, 0.64, 0.69), 20: (0.39, 0.43, 0.52), 40: (0.30, 0.35, 0.46)},
    (10, 10): {7: (0.46, 0.48, 0.51), 20: (0.29, 0.32, 0.38), 40: (0.22, 0.26, 0.34)},
    (6, 0): {7: (0.50, 0.51, 0.55), 20: (0.31, 0.35, 0.41), 40: (0.24, 0.28, 0.37)},
}
ICCS = (0.02, 0.05, 0.12)
HALF_A_DIGIT = 0.005 + 1e-3  # the table rounds (t + t) x SE in some cells; within .01 by its own account


def arms(intervention: int, comparison: int) -> dict[str, str]:
    number = intervention + comparison
    return {f"S{n}": "intervention" if n < intervention else "comparison" for n in range(number)}


def formula(scenario: Scenario, question: str | None = None) -> ExpectedPower:
    analysis = default_analysis(scenario, scenario.measures[0])
    if question is not None:
        analysis = analysis.model_copy(update={"question": question})
    found = expected_power(scenario, Question(analysis))
    assert found is not None
    return found


@pytest.mark.parametrize("sites", PRINTED, ids=str)
def test_smallest_effects_of_the_printed_table(sites: tuple[int, int]) -> None:
    for residents, row in PRINTED[sites].items():
        for icc, printed in zip(ICCS, row, strict=True):
            # Reliability one: then the correlation of answers within sites is the stability itself.
            measure = Measure("m", (), sd=1.0, alpha=0.999999, icc=icc)
            scenario = Scenario((measure,), arms(*sites), times=(0.0, 1.0), per_site=residents, **STILL)
            assert formula(scenario).smallest_effect == pytest.approx(printed, abs=HALF_A_DIGIT)


BASE = Scenario(
    (Measure("m", (), yearly_change=0.3, plateau=2.0),), arms(3, 3), times=(0.0, 1.0, 2.0), **STILL
)
DESIGNS = {
    "three_against_three": (BASE, None),
    "slopes": (replace(BASE, resident_slope=0.1, site_slope=0.05, times=(0.0, 1.0, 2.0, 4.0)), "growth"),
    "one_group": (
        replace(
            BASE,
            arms={f"S{n}": None for n in range(6)},
            measures=(replace(BASE.measures[0], secular_change=0.15),),
        ),
        "change_since_baseline",
    ),
    "leaving": (replace(BASE, attrition=0.25, wave_skip=0.1, refreshment=0.5), None),
    "missing_wave": (replace(BASE, not_asked={"S0": ("w2",), "S4": ("w2",)}), None),
    "twelve_sites_fading": (replace(BASE, arms=arms(6, 6), cac_decays=True, cac=0.6), None),
}
SIMULATIONS = 2000


@pytest.mark.parametrize("name", DESIGNS)
def test_simulation_agrees_inside_its_interval(name: str) -> None:
    scenario, question = DESIGNS[name]
    analysis = default_analysis(scenario, scenario.measures[0])
    if question is not None:
        analysis = analysis.model_copy(update={"question": question})
    found = run(scenario, [Question(analysis)], SIMULATIONS, 11, Workers())["m", "two_stage"]
    low, high = exact_interval(int((found.p_value < 0.05).sum()), SIMULATIONS, level=0.999)
    expected = formula(scenario, question)
    assert 0.2 < expected.power < 0.95
    assert low < expected.power < high
    assert found.estimate.std() == pytest.approx(expected.std_error, rel=0.06)
    assert (found.df == expected.df).all()


@settings(max_examples=15, deadline=None)
@given(scale=st.floats(0.1, 20), residents=st.integers(5, 60))
def test_power_does_not_depend_on_the_unit_and_rises_with_residents(scale: float, residents: int) -> None:
    few = replace(BASE, per_site=residents)
    measure = few.measures[0]
    other = formula(replace(few, measures=(replace(measure, sd=measure.sd * scale),)))
    assert other.power == pytest.approx(formula(few).power, rel=1e-9)
    assert formula(replace(few, per_site=residents + 5)).power > formula(few).power


def test_the_order_of_sites_does_not_matter() -> None:
    sizes = (10, 20, 30, 40, 50, 60)
    turned = dict(reversed(BASE.arms.items()))
    one = formula(replace(BASE, per_site=sizes))
    other = formula(replace(BASE, arms=turned, per_site=sizes[::-1]))
    assert one.std_error == pytest.approx(other.std_error, rel=1e-9)


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        (replace(BASE, measures=(Measure("m", (), sd=0.0),)), "no_variance"),
        (replace(BASE, measures=(Measure("m", (), icc=1.0),)), "icc_one"),
        (replace(BASE, arms=arms(1, 1)), "too_few_sites"),
        (replace(BASE, arms=arms(1, 4)), "too_few_sites"),
        (replace(BASE, times=(0.0, 1.0), attrition_by_wave=(1.0,), refreshment=0.0), "effect_not_estimable"),
    ],
)
def test_degenerate_scenarios_give_no_number(scenario: Scenario, reason: str) -> None:
    with pytest.raises(DegenerateDesign) as raised:
        formula(scenario)
    assert raised.value.reason == reason


def test_pooled_starts_have_no_formula() -> None:
    scenario = replace(BASE, times=(0.0, 1.0, 2.0, 3.0), starts={"S1": 1.0, "S2": 2.0})
    assert expected_power(scenario, Question(default_analysis(scenario, scenario.measures[0]))) is None


def test_what_residents_cannot_take_away() -> None:
    many = formula(replace(BASE, per_site=4000))
    assert many.from_sites > 0.97
    assert formula(BASE).std_error * np.sqrt(formula(BASE).from_sites) == pytest.approx(
        many.std_error, rel=0.02
    )
