"""The evidence finds what was planted, up to its wave, and nothing of small groups."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from evalkit.disclosure import disclose_together
from evalkit.reports.answering import answered_by_wave
from evalkit.reports.arms import EVERYONE, groups_of
from evalkit.reports.evidence import gather
from evalkit.reports.results import DIFFERENCE
from evalkit.study.study import Study

StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]
SIX_IN_TWO_ARMS = {f"S{n}": "intervention" if n % 2 else "comparison" for n in range(1, 7)}


def test_planted_changes_are_found(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    panel = panel_of(study, {"cohesion": 4.0, "control": -4.0, "security": 0.0}, people=400, noise=0.2)
    evidence = gather(study, study.waves[-1], {"resident": panel})
    main = evidence.groups.main
    found = {o.id: evidence.verdict(o, main) for o in study.outcomes}
    assert found == {"cohesion": "up", "control": "down", "security": "steady", "access": "steady"}
    assert evidence.changes.number("cohesion/all", "change") == pytest.approx(8.0, abs=1.0)


def test_the_difference_is_that_of_the_groups(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(SIX_IN_TWO_ARMS)
    panel = panel_of(study, {"cohesion": 4.0}, people=400, noise=0.2)
    evidence = gather(study, study.waves[-1], {"resident": panel})
    ours, theirs, apart = (
        evidence.changes.number(f"cohesion/{group}", "change")
        for group in ("intervention", "comparison", DIFFERENCE)
    )
    assert apart == pytest.approx((ours or 0) - (theirs or 0))
    assert evidence.verdict(study.outcomes[0], DIFFERENCE) == "up"


def test_scores_and_changes_agree(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(SIX_IN_TWO_ARMS)
    evidence = gather(study, study.waves[-1], {"resident": panel_of(study, {"cohesion": 2.0})})
    for row in evidence.scores.rows:
        first, last = (evidence.scores.number(row, wave) for wave in ("w1", "w3"))
        assert (last or 0) - (first or 0) == pytest.approx(evidence.changes.number(row, "change"))


def test_later_waves_do_not_exist(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    panel = panel_of(study, {"cohesion": 3.0})
    wild = panel.copy()
    wild.loc[wild["wave"] == "w3", ["cohesion", "security", "access", "control"]] = 99.0
    told, retold = (gather(study, study.waves[1], {"resident": p}) for p in (panel, wild))
    assert dict(told.changes.cells) == dict(retold.changes.cells)
    assert told.answered.rows == ("w1", "w2")


def test_an_outcome_left_out_of_a_wave(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    panel = panel_of(study, {})
    panel.loc[panel["wave"] == "w3", "access"] = np.nan
    panel.loc[panel["wave"] == "w1", "control"] = np.nan
    evidence = gather(study, study.waves[-1], {"resident": panel})
    verdicts = {o.id: evidence.verdict(o, evidence.groups.main) for o in study.outcomes}
    assert verdicts["access"] == "not_asked"
    assert evidence.firsts["control"] == study.waves[1]
    assert evidence.changes.number("control/all", "change") is not None


def test_one_site_has_a_change_and_no_interval(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of({"S1": None})
    evidence = gather(study, study.waves[-1], {"resident": panel_of(study, {"cohesion": 5.0})})
    assert {evidence.verdict(o, evidence.groups.main) for o in study.outcomes} == {"no_interval"}


def test_a_small_arm_is_hidden_and_so_is_the_difference(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(SIX_IN_TWO_ARMS)
    few = {site: 3 if arm == "comparison" else 40 for site, arm in SIX_IN_TWO_ARMS.items()}
    evidence = gather(study, study.waves[-1], {"resident": panel_of(study, {}, people=few)})
    for outcome in study.outcomes:
        assert evidence.verdict(outcome, "comparison") == "hidden"
        assert evidence.verdict(outcome, DIFFERENCE) == "hidden"
        assert evidence.scores.hidden(f"{outcome.id}/comparison", "w3")


def test_answers_given_for_organisations_are_hidden(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(populations={"resident": {"organisation": "required"}})
    evidence = gather(study, study.waves[-1], {"resident": panel_of(study, {})})
    assert {evidence.verdict(o, evidence.groups.main) for o in study.outcomes} == {"hidden"}
    assert all(evidence.scores.hidden(row, "w3") for row in evidence.scores.rows)


def test_sites_of_a_plan_are_left_out(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    (study.folder / "plan.yaml").write_text(
        "analyses:\n  - {id: growth, question: change_since_baseline, outcome: cohesion, "
        "exclusions: {sites: [S1]}, smallest_change: 30}\n",
        encoding="utf-8",
    )
    panel = panel_of(study, {"cohesion": 5.0})
    panel.loc[(panel["site"] == "S1") & (panel["wave"] == "w3"), "cohesion"] = 0.0
    evidence = gather(study, study.waves[-1], {"resident": panel})
    assert (evidence.changes.number("cohesion/all", "change") or 0) > 5
    assert evidence.bands["cohesion"] == 30
    assert evidence.verdict(study.outcomes[0], evidence.groups.main) == "steady"


def test_answers_are_counted_as_people(study_of: StudyOf) -> None:
    study = study_of()
    people = {"w1": range(40), "w2": range(10, 60), "w3": [*range(20), *range(50, 80)]}
    rows = [(f"p{n}", wave) for wave, members in people.items() for n in members]
    panel = pd.DataFrame(rows, columns=["respondent", "wave"]).astype({"wave": "category"})
    request = answered_by_wave(panel, study.waves)
    table = disclose_together([request], study.file.disclosure)["answered"]
    w3 = {column: table.number("w3", column) for column in table.columns}
    assert w3 == {"answered": 50, "again": 30, "new": 20, "kept": 20, "lost": 20}
    assert table.number("w2", "kept") == 30


def test_few_newcomers_take_the_returning_with_them(study_of: StudyOf) -> None:
    study = study_of()
    people = {"w1": range(40), "w2": range(12, 43), "w3": range(12, 43)}
    rows = [(f"p{n}", wave) for wave, members in people.items() for n in members]
    panel = pd.DataFrame(rows, columns=["respondent", "wave"]).astype({"wave": "category"})
    request = answered_by_wave(panel, study.waves)
    table = disclose_together([request], study.file.disclosure)["answered"]
    assert table.hidden("w2", "new")
    assert table.hidden("w2", "again")
    assert table.number("w2", "answered") == 31


def test_groups(study_of: StudyOf) -> None:
    assert groups_of(study_of()).main.id == EVERYONE
    two = groups_of(study_of(SIX_IN_TWO_ARMS))
    assert (two.main.id, two.comparison.id if two.comparison else None) == ("intervention", "comparison")
    one = groups_of(study_of({"S1": "intervention", "S2": "intervention"}))
    assert (one.main.id, one.comparison) == (EVERYONE, None)
