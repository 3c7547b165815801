"""Designs of which nothing can be told end in a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from evalkit.power.advice import advise
from evalkit.power.degenerate import DegenerateDesign, Reason
from evalkit.power.degenerate_words import degenerate_problem, impossible_scores
from evalkit.power.scenario import Scenario
from evalkit.texts.text import LANGUAGES
from tests.power.designs import question_of, scenario_of


@pytest.mark.parametrize("reason", get_args(Reason))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_has_words(reason: Reason, lang: str) -> None:
    problem = degenerate_problem(reason, scenario_of(1, 1))
    assert problem.severity == "error" and problem.code == f"power.{reason}"
    assert problem.what(lang) and problem.do(lang)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        (scenario_of(3, 3, sd=0.0), "power.no_variance"),
        (scenario_of(3, 3, icc=1.0), "power.icc_one"),
        (scenario_of(1, 1), "power.too_few_sites"),
        (
            replace(scenario_of(3, 3), attrition_by_wave=(1.0, 0.1, 0.1, 0.1), refreshment=0.0),
            "power.all_lost",
        ),
    ],
)
def test_a_design_ends_in_its_sentence(scenario: Scenario, code: str) -> None:
    with pytest.raises(DegenerateDesign) as raised:
        advise(scenario, question_of(scenario))
    assert degenerate_problem(raised.value.reason, scenario).code == code


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({}, []),
        ({"mean": 97.0}, ["power.at_the_ceiling"]),
        ({"mean": 100.0}, ["power.at_the_ceiling"]),
        ({"mean": 2.0}, ["power.at_the_floor"]),
        ({"sd": 60.0}, ["power.impossible_scores"]),
        ({"high": 2}, ["power.too_few_answers"]),
    ],
)
def test_scores_that_no_items_give(more: dict[str, float], codes: list[str]) -> None:
    found = impossible_scores(scenario_of(3, 3, **more))
    assert [problem.code for problem in found] == codes
    assert all(problem.what(lang) and problem.do(lang) for problem in found for lang in LANGUAGES)
