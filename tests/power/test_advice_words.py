"""Advice is said in short sentences, in both languages, and names the cause."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import get_args

import pytest

from evalkit.power.advice import Advice, Binding, Step, advise
from evalkit.power.advice_words import advice_words, power_in_words
from evalkit.power.cheapest import Limits
from evalkit.power.prices import Prices
from evalkit.power.question import TESTS
from evalkit.texts.phrases import Phrase, say, sentences
from evalkit.texts.text import LANGUAGES, Language
from tests.power.designs import question_of, scenario_of

LONGEST = 20  # words of a sentence
PRICES = Prices(fixed=20_000, per_site=5_000, per_site_year=8_000, per_wave=6_000, per_answer=35)
SMALL = Limits(sites=12, residents=60, waves=6)
CASES = {
    "sites bind": ((3, 3, 40), {}, None, SMALL),
    "in reach": ((3, 3, 40), {"yearly_change": 0.2, "plateau": 1.0}, PRICES, SMALL),
    "out of reach": ((3, 3, 40), {}, PRICES, SMALL),
    "out of budget": ((3, 3, 40), {}, PRICES, replace(SMALL, budget=300_000)),
    "no budget": ((3, 3, 40), {}, PRICES, replace(SMALL, budget=100)),
    "residents bind": ((40, 40, 3), {}, None, SMALL),
    "one group": ((6, 0, 40), {}, None, SMALL),
    "no effect": ((3, 3, 40), {"yearly_change": 0.0}, PRICES, SMALL),
    "enough": ((12, 12, 60), {"yearly_change": 0.1}, None, SMALL),
}


@lru_cache
def advice_of(case: str) -> Advice:
    design, measure, prices, limits = CASES[case]
    scenario = scenario_of(*design, **measure)
    found = advise(scenario, question_of(scenario), prices=prices, limits=limits)
    assert found is not None
    return found


def keys_of(case: str) -> list[str]:
    return [said.key.removeprefix("power.advice.") for said in advice_words(advice_of(case))]


def words_in(sentence: str) -> list[str]:
    return re.findall(r"±?[\w’'-]+(?:[.,\u00a0]\d+)*(?:\u00a0?%|\u00a0CAD)?", sentence)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_sentences_are_short(case: str, lang: Language) -> None:
    said = [one.say(lang) for one in advice_words(advice_of(case))]
    assert not [sentence for sentence in said if len(words_in(sentence)) > LONGEST]
    assert not [sentence for sentence in said if re.search(r"nan|inf\b|None|\{", sentence)]


@pytest.mark.parametrize(
    ("case", "told"),
    [
        ("sites bind", ["binds.sites", "ceiling", "no_sites", "learn"]),
        ("in reach", ["cost", "binds.waves", "cheapest"]),
        ("out of reach", ["none_in_reach", "best", "best_finds", "learn"]),
        ("out of budget", ["none_affordable", "best", "learn"]),
        ("no budget", ["none_affordable", "nothing_affordable"]),
        ("residents bind", ["binds.residents", "residents_needed"]),
        ("no effect", ["now_without", "binds.effect"]),
        ("enough", ["binds.nothing", "residents_needed"]),
    ],
)
def test_what_is_told(case: str, told: list[str]) -> None:
    keys = keys_of(case)
    assert [key for key in told if key not in keys] == []


def test_where_sites_bind_nobody_is_told_to_ask_more_residents() -> None:
    assert "residents_needed" not in keys_of("sites bind")


def test_prices_are_told_for_what_they_are_known_for() -> None:
    priced = [said.values["step"].key for said in advice_words(advice_of("in reach"))
              if said.key == "power.advice.option_priced"]  # fmt: skip
    assert priced == [f"power.advice.step.{step}" for step in ("sites", "residents", "waves")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_exist_for_every_binding_step_and_test(lang: Language) -> None:
    keys = [f"advice.binds.{binding}" for binding in get_args(Binding)]
    keys += [f"advice.step.{step}" for step in get_args(Step)] + [f"test.{test}" for test in TESTS]
    assert not [key for key in keys if f"power.{key}" not in sentences(lang)]


def test_one_group_gets_two_sites_and_no_arms() -> None:
    said = advice_words(advice_of("one group"))
    options = [one.values["step"].key for one in said if "step" in one.values]
    assert "power.advice.step.sites_of_one_group" in options


def test_no_power_is_told_as_a_certainty() -> None:
    assert say(power_in_words(0.9999), "en") == "over 99%" and say(power_in_words(0.994), "en") == "99%"
    assert isinstance(power_in_words(1.0), Phrase)
