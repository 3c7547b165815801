"""Each design that cannot bear a conclusion ends in its refusal or warning, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from evalkit.documents.blocks import BulletList
from evalkit.reports.evidence import gather
from evalkit.reports.sections.certainty import SECTION
from evalkit.study.study import Study

StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]

ONE_AGAINST_FIVE = {f"S{n}": "intervention" if n == 1 else "comparison" for n in range(1, 7)}
THREE_AGAINST_THREE = {f"S{n}": "intervention" if n < 4 else "comparison" for n in range(1, 7)}


def started(study: Study, days: dict[str, date]) -> Study:
    sites = tuple(site.model_copy(update={"started": days.get(site.id)}) for site in study.sites)
    return Study(study.folder, study.file.model_copy(update={"sites": sites}), study.instruments)


def told(study: Study, panel: pd.DataFrame) -> set[str]:
    """Return the codes of what the section says, and hold its sentences to both languages."""
    part = SECTION.build(gather(study, study.waves[-1], {"resident": panel}))
    if part is None:
        return set()
    (bullets,) = part.blocks
    assert isinstance(bullets, BulletList)
    codes = set()
    for sentences in bullets.points:
        for lang in ("fr", "en"):
            said = " ".join(sentence.say(lang) for sentence in sentences)
            assert said and "{" not in said and "report." not in said
        codes.add(sentences[0].key.removeprefix("report.certainty.").removesuffix(".what"))
    return codes


def test_one_group_has_a_change_and_no_effect(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    assert "change_not_effect" in told(study, panel_of(study, {}))


def test_one_against_five_is_refused_with_the_design_it_needs(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(ONE_AGAINST_FIVE)
    assert {"one_site_in_arm", "design_needed"} <= told(study, panel_of(study, {}))


def test_three_against_three_is_warned_of_and_not_refused(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(THREE_AGAINST_THREE)
    codes = told(study, panel_of(study, {}))
    assert "few_sites" in codes and "one_site_in_arm" not in codes


def test_a_site_that_began_before_its_first_wave(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(THREE_AGAINST_THREE)
    early = study.waves[0].field[0].replace(year=study.waves[0].year - 1)
    after = study.waves[0].field[1].replace(month=12)
    late = started(study, {"S1": early, "S2": after, "S3": after})
    panel = panel_of(late, {})
    assert "no_baseline" in told(late, panel)
    evidence = gather(late, late.waves[-1], {"resident": panel})
    assert evidence.changes.number("cohesion/difference", "change") is not None


def test_every_site_began_before_its_first_wave(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(THREE_AGAINST_THREE)
    early = study.waves[0].field[0].replace(year=study.waves[0].year - 1)
    all_early = started(study, dict.fromkeys(("S1", "S2", "S3"), early))
    panel = panel_of(all_early, {})
    assert "no_baseline_at_all" in told(all_early, panel)
    evidence = gather(all_early, all_early.waves[-1], {"resident": panel})
    assert evidence.changes.number("cohesion/difference", "change") is None


@pytest.mark.parametrize("later", [1, 2])
def test_staggered_starts_are_compared_with_sites_not_yet_started(
    study_of: StudyOf, panel_of: PanelOf, later: int
) -> None:
    study = study_of(dict.fromkeys([f"S{n}" for n in range(1, 7)]))
    days = [wave.field[1].replace(month=12) for wave in study.waves]
    staggered = started(study, {"S1": days[0], "S2": days[0], "S3": days[later], "S4": days[later]})
    codes = told(staggered, panel_of(staggered, {}))
    assert "few_sites" in codes


def test_nothing_is_said_of_a_first_wave(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    assert SECTION.build(gather(study, study.waves[0], {"resident": panel_of(study, {})})) is None
