"""A plan in words: every question and field has some in both languages, ids become names."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.models.plan import Analysis, Plan
from evalkit.models.planning.changes import PlanChange
from evalkit.models.planning.checking import KINDS
from evalkit.models.planning.content import content_of, fields_of
from evalkit.models.planning.words import analysis_words, change_words, field_words, subject_of
from evalkit.registry import discover
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase, sentences
from evalkit.texts.text import LANGUAGES, Language, Text

FULL = Analysis(
    id="full",
    question="difference_in_change",
    outcome="cohesion",
    who="stayers",
    contrast={"since": "w1", "waves": ("w2", "w3")},
    options={"knots": (1, 2.5)},
    random="(1 | respondent)",
    family="primary",
    smallest_change=2.0,
    exclusions={"sites": ("S6",), "waves": ("w4",), "flagged": True},
    estimand=Text({"fr": "mots", "en": "words"}),
)


@pytest.mark.parametrize("kind", discover(KINDS, "KIND"))
def test_every_question_has_words(kind: str) -> None:
    assert f"plan.question.{kind}" in sentences("en")


def test_every_field_that_can_be_locked_has_words(study: Study) -> None:
    content = content_of(Plan(analyses=(FULL,)), study)
    parts = (content.plan, content.design, content.outcomes["cohesion"], content.analyses["full"])
    fields = [field for part in parts for field in part if not field.startswith("site.")]
    assert not [field for field in fields if not isinstance(field_words(field), Phrase)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_hold_what_the_analysis_says(lang: Language) -> None:
    said = " ".join(sentence.say(lang) for sentence in analysis_words(FULL))
    for part in ("w2, w3", "S6", "w4", "1, 2.5", "(1 | respondent)", {"fr": "mots", "en": "words"}[lang]):
        assert part in said
    assert "{" not in said


def test_every_field_is_told_once() -> None:
    said = " ".join(sentence.say("en") for sentence in analysis_words(FULL))
    assert said.count("Kenward-Roger") == 0
    other = FULL.model_copy(update={"inference": "kenward_roger"})
    assert " ".join(sentence.say("en") for sentence in analysis_words(other)).count("Kenward-Roger") == 1
    assert {field for field in fields_of(FULL) if field.startswith("exclusions.")} == {
        "exclusions.sites", "exclusions.waves", "exclusions.flagged",
    }  # fmt: skip


CHANGES = [
    (("analysis", "a", "changed", "contrast.waves", ["w1"], ["w1", "w2"]), ("2021", "2021 and 2022")),
    (("design", "", "changed", "site.S1", "comparison", "intervention"), ("Comparison", "Intervention")),
    (("design", "", "changed", "site.S9", None, True), ("nothing", "yes")),
    (("plan", "", "changed", "alpha", 0.05, 0.01), ("0.05", "0.01")),
    (("analysis", "a", "computed", "inference", "profile", "two_stage"), ("profile", "one number")),
    (("analysis", "a", "changed", "outcome", "cohesion", "gone"), ("cohesion", "gone")),
]


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_ids_become_names(study: Study, change: tuple[Any, ...], words: tuple[str, str]) -> None:
    said = change_words(PlanChange(*change), study).say("en")
    assert all(word in said for word in words)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_subjects_are_named_even_when_the_study_has_them_no_more(study: Study, lang: Language) -> None:
    gone = PlanChange("analysis", "a", "removed", outcome="gone", question="vanished")
    assert {"gone", "vanished"} <= set(subject_of(gone, study).say(lang).replace(",", "").split())
    assert subject_of(PlanChange("outcome", "cohesion", "changed", "rule"), study).say(lang)
    assert subject_of(PlanChange("plan", "", "changed", "alpha"), study).say(lang)
