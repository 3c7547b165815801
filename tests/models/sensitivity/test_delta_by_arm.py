"""delta_by_arm: leavers moved by points, in either arm or both, and the points that change the conclusion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from evalkit.models.inference.agreement import side_of
from evalkit.models.sensitivity.delta_by_arm import SENSITIVITY, TIMES
from evalkit.models.variation import MainResult, Variant
from evalkit.study.study import Study
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase

Main = Callable[..., MainResult]
SMALLEST = 1.5
AT_ZERO = 1e-4  # the search for a tipping point ends within 3 SD / (120 * 32**3) points of it


def by_scenario(tried: tuple[Variant, ...] | Phrase, end: str) -> list[Variant]:
    assert not isinstance(tried, Phrase)
    return [variant for variant in tried if variant.name.key.endswith(end)]


def test_deltas_are_once_and_twice_the_smallest_change_everywhere_and_in_each_arm(
    panel: pd.DataFrame, study: Study, main_of: Main
) -> None:
    named = by_scenario(SENSITIVITY.run(main_of(panel, study)), ".name")
    marks = [variant.mark.value for variant in named if isinstance(variant.mark, Number)]
    assert marks == [times * SMALLEST for times in TIMES] * 3
    assert len({variant.row.say("fr") for variant in named}) == 3


def test_an_arm_moves_by_its_share_of_leavers(panel: pd.DataFrame, study: Study, main_of: Main) -> None:
    """Everywhere is the one arm less the other, but for weights: moved the same way, shares cancel."""
    main = main_of(panel, study)
    named = by_scenario(SENSITIVITY.run(main), ".name")
    known = main.found.changes[-1].found.estimate
    assert known is not None
    up = {v.row.say("en"): v.found[-1].test.estimate - known for v in named if v.mark == Number(3.0, 1, True)}
    everywhere, ours, theirs = up.values()
    assert ours > 0.3 and theirs < -0.3 and abs(everywhere) < min(ours, -theirs)


def test_tipping_points_put_an_end_of_the_interval_on_zero(
    panel: pd.DataFrame, study: Study, main_of: Main
) -> None:
    main = main_of(panel, study)
    mains = {change.wave: side_of(change.beside.default) for change in main.found.changes}
    tips = by_scenario(SENSITIVITY.run(main), ".tips")
    assert tips and not any(variant.drawn for variant in tips)
    for variant in tips:
        test = variant.found[0].test
        assert min(abs(test.conf_low or 0.0), abs(test.conf_high or 0.0)) < AT_ZERO
        assert side_of(test) != mains[variant.found[0].contrast.wave]


def test_what_never_tips_is_said_and_is_the_main_result(
    panel: pd.DataFrame, study: Study, main_of: Main
) -> None:
    # An effect of ten standard deviations, so large that no leavers can hide it.
    late = panel["wave"] != "w1"
    great = panel.assign(cohesion=panel["cohesion"] + 150.0 * (late & (panel["arm"] == "intervention")))
    main = main_of(great, study)
    never = by_scenario(SENSITIVITY.run(main), ".never_tips")
    assert len(never) == 3 * len(main.found.changes)
    assert never[0].found[0].test.conf_low == pytest.approx(main.found.changes[0].found.conf_low)


def test_windows_that_answer_together_move_together(
    panel: pd.DataFrame, study_of: Callable[..., Study], main_of: Main
) -> None:
    """Sites that start apart: a stack of windows has deltas and no tipping point."""
    study = study_of(dict.fromkeys(("S1", "S2", "S3", "S4", "S5", "S6"), "a"))
    days = {"S1": 2021, "S2": 2021, "S3": 2022, "S4": 2022}
    sites = tuple(
        site.model_copy(update={"started": date(days[site.id], 6, 1) if site.id in days else None})
        for site in study.sites
    )
    study = replace(study, file=study.file.model_copy(update={"sites": sites}))
    main = main_of(panel, study, question="staggered_start")
    stacked = [change for change in main.found.changes if change.contrast.stack]
    tried = SENSITIVITY.run(main)
    named = by_scenario(tried, ".name")
    assert stacked and all(any(one.contrast.stack for one in variant.found) for variant in named)
    assert not any(one.contrast.stack for variant in by_scenario(tried, "tips") for one in variant.found)


def test_one_group_moves_everywhere_alone(
    panel: pd.DataFrame, study_of: Callable[..., Study], main_of: Main
) -> None:
    study = study_of(dict.fromkeys(("S1", "S2", "S3", "S4", "S5", "S6")))
    named = by_scenario(SENSITIVITY.run(main_of(panel, study, question="change_since_baseline")), ".name")
    assert len(named) == len(TIMES)
    estimates = [variant.found[-1].test.estimate or 0.0 for variant in named]
    assert estimates == sorted(estimates)


def test_nobody_left(panel: pd.DataFrame, study: Study, main_of: Main) -> None:
    apart = panel.assign(respondent=panel["respondent"].astype(str) + panel["wave"].astype(str))
    newcomers_last = apart[apart["wave"] == "w2"]
    two = panel[panel["wave"].isin(["w1", "w2"]) & panel["cohesion"].notna()]
    always = two[two.groupby("respondent")["wave"].transform("nunique") == 2]
    tried = SENSITIVITY.run(main_of(pd.concat([always, newcomers_last]), study))
    assert isinstance(tried, Phrase) and tried.key == "sensitivity.delta_by_arm.none_left"
