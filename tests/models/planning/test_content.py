"""The same plan has the same hash however it is written; what it asks by other words has another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from evalkit.instruments.instrument import Instrument
from evalkit.models.planning.content import content_of
from evalkit.study.study import Study
from tests.models.planning.answering import PLAN, write_plan

OTHER_WORDS = """\
# the same, in another order of keys, with defaults spelled out
multiplicity: holm
alpha: 0.05
analyses:
  - family: primary
    outcome: cohesion
    question: difference_in_change
    id: gap
    who: all
    inference: two_stage
    missing: likelihood
    contrast: {since: w1}
    exclusions: {sites: []}
  - {question: growth, id: rise, outcome: security, smallest_change: 1.5, family: primary}
"""


def test_hash_is_of_what_is_said_not_of_how(study: Study) -> None:
    first = content_of(write_plan(study), study)
    second = content_of(write_plan(study, OTHER_WORDS), study)
    assert first == second
    assert first.sha256 == second.sha256
    assert len(first.sha256) == 64


@pytest.mark.parametrize(
    ("old", "new"),
    [("since: w1", "since: w2"), ("family: primary", "family: secondary"), ("id: rise", "id: climb")],
)
def test_any_other_plan_has_another_hash(study: Study, old: str, new: str) -> None:
    first = content_of(write_plan(study), study)
    assert content_of(write_plan(study, PLAN.replace(old, new)), study).sha256 != first.sha256


def test_scoring_and_arms_are_part_of_what_is_fixed(study: Study, study_of: Callable[..., Study]) -> None:
    plan = write_plan(study)
    content = content_of(plan, study)
    assert content.outcomes["cohesion"]["items"] == ["coh1", "coh2", "coh3", "coh4"]
    assert content.design["site.S1"] == "intervention"
    form = study.instruments["short"]
    said = form.model_dump()
    said["items"][1]["reverse"] = True
    other = content_of(plan, replace(study, instruments={"short": Instrument.model_validate(said)}))
    assert other.outcomes["cohesion"]["reversed"] == ["coh2"]
    assert other.outcomes["security"] == content.outcomes["security"]


def test_a_new_wave_is_no_other_plan(study_of: Callable[..., Study]) -> None:
    arms = {"A": "intervention", "B": "comparison"}
    now, next_year = study_of(arms, 3), study_of(arms, 4)
    plan = write_plan(now)
    assert content_of(plan, now) == content_of(plan, next_year)
