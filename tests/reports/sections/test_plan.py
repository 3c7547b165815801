"""The section on the plan: short without a lock; with one, deviations line by line, labels apart."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from evalkit.documents.blocks import BulletList, Paragraph, Part
from evalkit.models.planning.locking import lock_plan
from evalkit.reports.evidence import Evidence, gather
from evalkit.reports.sections.plan import SECTION
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase
from evalkit.texts.text import LANGUAGES, Language
from tests.models.planning.answering import add_answers

PLAN = """\
analyses:
  - {id: rise, question: change_since_baseline, outcome: cohesion}
  - {id: calm, question: change_since_baseline, outcome: security}
"""


@pytest.fixture
def evidence(study_of: Callable[..., Study], panel_of: Callable[..., pd.DataFrame]) -> Callable[[], Evidence]:
    study = study_of()
    panel = panel_of(study, {})
    (study.folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    return lambda: gather(study, study.waves[-1], {"resident": panel})


def built(evidence: Evidence) -> Part:
    part = SECTION.build(evidence)
    assert part is not None
    return part


def keys(part: Part) -> list[str]:
    said = [sentence for block in part.blocks if isinstance(block, Paragraph) for sentence in block.sentences]
    return [sentence.key.removeprefix("report.plan.") for sentence in said if isinstance(sentence, Phrase)]


def points(part: Part, lang: Language = "en") -> list[list[str]]:
    lists = [block for block in part.blocks if isinstance(block, BulletList)]
    return [[" ".join(words.say(lang) for words in point) for point in block.points] for block in lists]


def test_without_a_lock_two_sentences(evidence: Callable[[], Evidence]) -> None:
    part = built(evidence())
    assert keys(part) == ["not_locked", "all_exploratory"]
    assert points(part) == []


def test_without_a_lock_a_first_wave_is_silent(
    study_of: Callable[..., Study], panel_of: Callable[..., pd.DataFrame]
) -> None:
    study = study_of(waves=1)
    assert SECTION.build(gather(study, study.waves[0], {"resident": panel_of(study, {})})) is None


def test_a_lock_that_holds_needs_three_sentences(evidence: Callable[[], Evidence]) -> None:
    lock_plan(evidence().study)
    part = built(evidence())
    assert keys(part) == ["locked", "before_answers", "unchanged", "all_planned"]
    assert points(part) == []


def test_a_lock_after_the_answers_says_so(evidence: Callable[[], Evidence]) -> None:
    study = evidence().study
    for wave in ("w1", "w3"):
        add_answers(study, wave)
    lock_plan(study)
    part = built(evidence())
    assert keys(part) == ["locked", "after_answers", "could_be_seen", "unchanged", "all_planned_late"]
    first = next(block for block in part.blocks if isinstance(block, Paragraph))
    assert "2021 and 2023" in first.sentences[1].say("en")


def test_deviations_stand_line_by_line_and_exploratory_results_by_name(
    evidence: Callable[[], Evidence],
) -> None:
    study = evidence().study
    lock_plan(study)
    changed = PLAN.replace(
        "outcome: security", "outcome: security, smallest_change: 3, exclusions: {sites: [S2]}"
    )
    (study.folder / "plan.yaml").write_text(changed + "alpha: 0.1\n", encoding="utf-8")
    part = built(evidence())
    assert keys(part)[2:] == ["deviations", "planned", "planned_why", "exploratory", "exploratory_why"]
    deviations, planned, exploratory = points(part)
    assert deviations == [
        "All analyses. Level of the tests. Before: 0.05. Now: 0.1.",
        "Sense of security, change since the first wave. Smallest change of interest. Before: 1.5. Now: 3.",
        "Sense of security, change since the first wave. Sites left out. Before: nothing. Now: Site S2.",
    ]
    assert planned == ["Social cohesion, change since the first wave"]
    assert exploratory == ["Sense of security, change since the first wave"]


def test_a_new_lock_stands_beside_the_old_with_its_reason(evidence: Callable[[], Evidence]) -> None:
    study = evidence().study
    lock_plan(study)
    (study.folder / "plan.yaml").write_text(PLAN.replace("id: calm", "id: safe"), encoding="utf-8")
    lock_plan(study, "a better name.")
    part = built(evidence())
    assert keys(part)[2:6] == ["locked_again", "why", "before_answers", "changed_then"]
    assert len(points(part)[0]) == 2
    (why,) = [
        sentence.say("en")
        for block in part.blocks
        if isinstance(block, Paragraph)
        for sentence in block.sentences
        if isinstance(sentence, Phrase) and sentence.key.endswith("plan.why")
    ]
    assert why == "Reason: a better name."


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_result_computed_otherwise_is_said(evidence: Callable[[], Evidence], lang: Language) -> None:
    study = evidence().study
    words = PLAN.replace("outcome: security", "outcome: security, inference: profile")
    (study.folder / "plan.yaml").write_text(words, encoding="utf-8")
    lock_plan(study)
    (deviation,), _, _ = points(built(evidence()), lang)
    assert {"fr": "vraisemblance profilée", "en": "profile likelihood"}[lang] in deviation
