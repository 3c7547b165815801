"""The paragraph for a protocol names every assumption that the numbers rest on."""

from __future__ import annotations

from dataclasses import replace

import pytest

import evalkit
from evalkit.power.expected_power import expected_power
from evalkit.power.protocol import protocol_paragraph
from evalkit.power.simulated_power import simulate_power
from evalkit.texts.text import LANGUAGES, Language, Text
from tests.power.designs import question_of, scenario_of

SCENARIO = scenario_of(3, 3, times=(0.0, 0.5, 3.0), icc=0.071, alpha=0.83, sd=17.3)
NAMES = {
    "cohesion": Text({"fr": "la cohésion sociale", "en": "social cohesion"}),
    "comparison": Text({"fr": "de comparaison", "en": "comparison"}),
    "intervention": Text({"fr": "d’intervention", "en": "intervention"}),
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_names_the_assumptions(lang: Language) -> None:
    scenario = replace(SCENARIO, cac=0.77, stability=0.58, attrition=0.23, refreshment=0.4, wave_skip=0.11)
    question = question_of(scenario, alpha=0.1)
    words = protocol_paragraph(scenario, question, expected_power(scenario, question), names=NAMES)
    said = " ".join(one.say(lang) for one in words)
    wanted = ["17.3", "0.83", "0.071", "0.77", "0.58", "23", "40", "11", "10", "90"]
    marked = [number.replace(".", ",") if lang == "fr" else number for number in wanted]
    assert [number for number in [*marked, evalkit.__version__] if number not in said] == []
    assert NAMES["cohesion"].say(lang) in said


def test_it_tells_the_simulation_with_its_seed_and_interval() -> None:
    question = question_of(SCENARIO)
    simulated = simulate_power(SCENARIO, [question], simulations=40, seed=77)
    words = protocol_paragraph(SCENARIO, question, expected_power(SCENARIO, question), simulated)
    told = {one.key.removeprefix("power.protocol."): one for one in words}
    assert {"simulated", "rejects", "false_positives", "formula", "smallest", "interval"} <= set(told)
    assert told["simulated"].values == {"simulations": 40, "seed": "77"}
    assert "Clopper-Pearson" in told["rejects"].say("fr")


def test_what_is_peculiar_to_a_design_is_told() -> None:
    scenario = replace(
        scenario_of(4, 2),
        per_site=(20, 30, 40, 40, 40, 60),
        starts={"S0": 0.5, "S1": 0.5, "S2": 2.5, "S3": 2.5},
        not_asked={"S1": ("w3",)},
        attrition_by_wave=(0.3, 0.2, 0.1, 0.1),
        attrition_by_arm={"comparison": 0.25},
        effect_sd=0.3,
        resident_slope=0.05,
        shape="step",
    )
    question = question_of(scenario)
    keys = [one.key.removeprefix("power.protocol.") for one in protocol_paragraph(scenario, question, None)]
    wanted = ["residents_varying", "starts", "not_asked", "attrition_by_wave", "attrition_of_arm",
              "effect_varies", "slopes", "effect_step"]  # fmt: skip
    assert [key for key in wanted if key not in keys] == [] and "formula" not in keys


@pytest.mark.parametrize(
    ("years", "en", "fr"),
    [(1.0, "1 year.", "1 an."), (0.5, "0.5 years.", "0,5 an."), (3.0, "3 years.", "3 ans.")],
)
def test_years_are_counted_as_each_language_counts(years: float, en: str, fr: str) -> None:
    scenario = scenario_of(3, 3, times=(0.0, years))
    design = protocol_paragraph(scenario, question_of(scenario), None)[0]
    assert design.say("en").endswith(en) and design.say("fr").endswith(fr)
