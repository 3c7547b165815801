"""Planned is what the last lock holds unchanged; since when, and which answers had arrived by then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from evalkit.instruments.instrument import Instrument
from evalkit.models.planning.locking import lock_plan
from evalkit.models.planning.standing import PlanStanding, plan_standing
from evalkit.study.study import Study
from tests.models.planning.answering import PLAN, add_answers, write_plan

STAYERS = PLAN.replace("outcome: security", "outcome: security, who: stayers")


def standing(study: Study, words: str = PLAN) -> PlanStanding:
    return plan_standing(study, write_plan(study, words))


def labels(found: PlanStanding) -> dict[str, str]:
    return {name: analysis.label for name, analysis in found.analyses.items()}


def test_without_a_lock_all_is_exploratory(study: Study) -> None:
    found = standing(study)
    assert labels(found) == {"gap": "exploratory", "rise": "exploratory"}
    assert (found.locks, found.deviations) == ((), ())
    assert found.analyses["gap"].locked_after("w1") is None


def test_a_locked_plan_is_planned_and_waves_tell_which_answers_had_arrived(study: Study) -> None:
    write_plan(study)
    add_answers(study, "w1")
    add_answers(study, "w3", instrument="other")
    lock_plan(study)
    add_answers(study, "w2")
    found = standing(study)
    assert labels(found) == {"gap": "planned", "rise": "planned"}
    assert [found.analyses["gap"].locked_after(wave) for wave in ("w1", "w2", "w3")] == [True, False, False]


def test_a_changed_field_makes_its_analysis_exploratory_and_no_other(study: Study) -> None:
    write_plan(study)
    lock_plan(study)
    found = standing(study, STAYERS)
    assert labels(found) == {"gap": "planned", "rise": "exploratory"}
    (change,) = found.deviations
    assert (change.name, change.field, change.old, change.new) == ("rise", "who", "all", "stayers")
    assert found.analyses["rise"].changes == (change,)


def test_added_and_removed_analyses(study: Study) -> None:
    write_plan(study)
    lock_plan(study)
    added = "  - {id: late, question: growth, outcome: cohesion}\n"
    found = standing(study, PLAN.splitlines(keepends=True)[0] + PLAN.splitlines(keepends=True)[1] + added)
    assert labels(found) == {"gap": "planned", "late": "exploratory"}
    assert [(change.name, change.how) for change in found.deviations] == [
        ("late", "added"),
        ("rise", "removed"),
    ]


def test_a_new_level_is_a_deviation_and_leaves_analyses_planned(study: Study) -> None:
    write_plan(study)
    lock_plan(study)
    found = standing(study, PLAN + "alpha: 0.1\n")
    assert labels(found) == {"gap": "planned", "rise": "planned"}
    assert [change.field for change in found.deviations] == ["alpha"]


def test_other_arms_and_another_scoring_rule_are_another_analysis(study: Study) -> None:
    plan = write_plan(study)
    lock_plan(study)
    sites = tuple(site.model_copy(update={"arm": "comparison"}) for site in study.sites)
    moved = replace(study, file=study.file.model_copy(update={"sites": sites}))
    assert set(labels(plan_standing(moved, plan)).values()) == {"exploratory"}
    form = study.instruments["short"]
    said = form.model_dump()
    said["scales"][1]["min_answered"] = 1.0
    strict = replace(study, instruments={"short": Instrument.model_validate(said)})
    assert labels(plan_standing(strict, plan)) == {"gap": "planned", "rise": "exploratory"}


def test_an_analysis_counts_from_the_first_lock_that_holds_it_without_a_break(study: Study) -> None:
    write_plan(study)
    lock_plan(study)
    add_answers(study, "w1")
    write_plan(study, STAYERS)
    lock_plan(study, "second thoughts")
    found = standing(study, STAYERS)
    assert labels(found) == {"gap": "planned", "rise": "planned"}
    held = {name: analysis.lock.number for name, analysis in found.analyses.items() if analysis.lock}
    assert held == {"gap": 1, "rise": 2}
    assert found.analyses["gap"].locked_after("w1") is False
    assert found.analyses["rise"].locked_after("w1") is True
    assert [[change.field for change in changes] for changes in found.amendments] == [["who"]]
    # Back to what stood first: the break counts.
    write_plan(study)
    lock_plan(study, "third thoughts")
    rise = standing(study).analyses["rise"]
    assert rise.lock is not None
    assert (rise.lock.number, rise.locked_after("w1")) == (3, True)


def test_what_the_plan_calls_exploratory_is_so(study: Study) -> None:
    words = PLAN.replace("family: primary", "family: exploratory")
    write_plan(study, words)
    lock_plan(study)
    found = standing(study, words)
    assert labels(found) == {"gap": "exploratory", "rise": "planned"}
    assert found.deviations == ()


def test_a_result_computed_otherwise_is_exploratory_and_said(study: Study) -> None:
    plan = write_plan(study)
    lock_plan(study)
    found = plan_standing(study, plan).as_computed(
        plan, lambda a: a.model_copy(update={"engine": "statsmodels"} if a.id == "gap" else {})
    )
    assert labels(found) == {"gap": "exploratory", "rise": "planned"}
    (change,) = found.deviations
    assert (change.how, change.field, change.old, change.new) == (
        "computed",
        "engine",
        "mixed",
        "statsmodels",
    )
    assert found.facts()["deviations"] == [change.facts()]


@pytest.mark.parametrize("waves", [2, 4])
def test_waves_that_come_later_change_nothing(study_of: Callable[..., Study], waves: int) -> None:
    arms = {"A": "intervention", "B": "comparison"}
    now = study_of(arms, waves)
    write_plan(now)
    lock_plan(now)
    assert set(labels(standing(study_of(arms, waves + 1))).values()) == {"planned"}
