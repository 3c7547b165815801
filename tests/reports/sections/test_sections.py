"""Each section says what the study allows it to say, and is silent where there is nothing."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from evalkit.documents.blocks import BulletList, Figure, KeyFacts, Part, Table
from evalkit.registry import discover
from evalkit.reports.evidence import Evidence, gather
from evalkit.study.study import Study

StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]
TWO_ARMS = {f"S{n}": "intervention" if n % 2 else "comparison" for n in range(1, 7)}
SECTIONS = discover("evalkit.reports.sections", "SECTION")


def evidence_of(study: Study, panel: pd.DataFrame) -> Evidence:
    waves = [wave for wave in study.waves if (panel["wave"] == wave.id).any()]
    return gather(study, waves[-1], {"resident": panel})


def built(name: str, evidence: Evidence) -> Part:
    part = SECTIONS[name].build(evidence)
    assert part is not None
    return part


@pytest.fixture
def two_arms(study_of: StudyOf, panel_of: PanelOf) -> Evidence:
    study = study_of(TWO_ARMS)
    return evidence_of(study, panel_of(study, {"cohesion": 4.0}, people=200, noise=0.2))


@pytest.fixture
def first_wave(study_of: StudyOf, panel_of: PanelOf) -> Evidence:
    study = study_of(waves=1)
    return evidence_of(study, panel_of(study, {}))


def test_sections_have_their_own_ids_and_places() -> None:
    assert len({section.id for section in SECTIONS.values()}) == len(SECTIONS)
    assert len({section.order for section in SECTIONS.values()}) == len(SECTIONS)


def test_order_of_the_page() -> None:
    order = sorted(SECTIONS, key=lambda name: SECTIONS[name].order)
    assert order == [
        "main_message", "residents_message", "site_message", "participation", "flow", "who_answered",
        "site_answered", "decisions", "brief_reading", "picture", "site_picture", "residents_picture",
        "outcomes", "site_whole", "comparison", "site_numbers", "site_method", "scores", "needs", "voices",
        "site_log",
        "limits", "certainty", "measures", "models", "sensitivity", "reading", "plan", "contact", "making",
        "checklists", "software", "redo",
    ]  # fmt: skip


def test_main_message_has_one_fact_an_outcome_in_the_tone_of_its_verdict(two_arms: Evidence) -> None:
    facts = next(b for b in built("main_message", two_arms).blocks if isinstance(b, KeyFacts)).facts
    assert [fact.label for fact in facts] == [outcome.name for outcome in two_arms.outcomes]
    assert facts[0].tone == "up"
    assert {fact.tone for fact in facts[1:]} <= {"steady", "unclear"}


def test_participation_names_every_site_and_draws_every_wave(two_arms: Evidence) -> None:
    blocks = built("participation", two_arms).blocks
    table = next(b for b in blocks if isinstance(b, Table))
    assert set(table.row_heads) == {*TWO_ARMS, "all"}
    assert any(isinstance(b, Figure) for b in blocks)


def test_participation_of_a_first_wave_has_no_picture(first_wave: Evidence) -> None:
    assert not any(isinstance(b, Figure) for b in built("participation", first_wave).blocks)


def test_outcomes_and_comparison_are_silent_at_the_first_wave(first_wave: Evidence) -> None:
    assert SECTIONS["outcomes"].build(first_wave) is None
    assert SECTIONS["comparison"].build(first_wave) is None


def test_comparison_has_one_point_an_outcome(two_arms: Evidence) -> None:
    points = next(b for b in built("comparison", two_arms).blocks if isinstance(b, BulletList)).points
    assert len(points) == len(two_arms.outcomes)


def test_comparison_is_silent_without_one(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    assert SECTIONS["comparison"].build(evidence_of(study, panel_of(study, {}))) is None


def test_scores_give_every_number_of_every_group(two_arms: Evidence) -> None:
    table = next(b for b in built("scores", two_arms).blocks if isinstance(b, Table))
    assert len(table.row_heads) == 2 * len(two_arms.outcomes)
    assert {column.id for column in table.columns} == {"first", "last", "change", "low", "high"}


def test_limits_name_people_who_left_when_they_are_many(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    panel = panel_of(study, {})
    stayed = sorted(set(panel.loc[panel["wave"] == "w1", "respondent"]))[::4]
    left = (panel["wave"] == "w3") & ~panel["respondent"].isin(stayed)
    keys = [said.key for p in _points(evidence_of(study, panel[~left])) for said in p]  # type: ignore[union-attr]
    assert "report.limits.lost" in keys


def test_limits_say_one_site(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of({"S1": None})
    keys = [said.key for p in _points(evidence_of(study, panel_of(study, {}))) for said in p]  # type: ignore[union-attr]
    assert keys[0] == "report.limits.one_site"


def test_reading_explains_the_range_only_where_there_is_one(two_arms: Evidence, first_wave: Evidence) -> None:
    assert len(built("reading", two_arms).blocks[0].points) > len(
        built("reading", first_wave).blocks[0].points
    )  # type: ignore[union-attr]


def test_making_says_that_answers_were_simulated(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(simulated=True)
    sentences = built("making", evidence_of(study, panel_of(study, {}))).blocks[0].sentences  # type: ignore[union-attr]
    assert sentences[0].key == "report.making.simulated"  # type: ignore[union-attr]


def _points(evidence: Evidence) -> tuple[tuple[object, ...], ...]:
    block = built("limits", evidence).blocks[0]
    assert isinstance(block, BulletList)
    return block.points
