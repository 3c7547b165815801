"""The scenario is that of the file, of the study, or the usual one; the question that of the plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalkit.errors import ProblemsFound
from evalkit.power.planning import plan_power
from evalkit.power.scenario_of_study import scenario_of_study
from evalkit.study.study import Study


def test_without_anything_the_usual_design_stands() -> None:
    found = plan_power(None)
    assert len(found.scenario.sites) == 6
    assert found.questions[0].analysis.question == "difference_in_change"
    assert found.source is None


def test_a_study_brings_its_sites_waves_scales_and_plan(small_study: Study) -> None:
    found = plan_power(small_study)
    assert found.scenario.sites == tuple(site.id for site in small_study.sites)
    assert dict(found.scenario.arms) == {site.id: site.arm for site in small_study.sites}
    assert len(found.scenario.times) == len(small_study.waves)
    cohesion = found.scenario.measures[0]
    _, scale = small_study.scale_of(small_study.outcomes[0])
    assert len(cohesion.items) == len(scale.items)
    assert found.questions[0].analysis.id == f"difference-in-change-{cohesion.id}"


def test_a_scenario_beside_the_study_counts_more(small_study: Study) -> None:
    (small_study.folder / "scenario.yaml").write_text("residents: 33\n", encoding="utf-8")
    found = plan_power(small_study)
    assert found.source == small_study.folder / "scenario.yaml"
    assert found.scenario.per_site == 33
    assert scenario_of_study(small_study).residents != 33


def test_names_nobody_knows_are_said_together(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        plan_power(None, changes={"luck": 1.0}, outcomes=("joy",))
    codes = [problem.code for problem in found.value.problems]
    assert codes == ["power.no_such_outcome", "power.no_such_parameter"]


def test_a_pilot_needs_a_study() -> None:
    with pytest.raises(ProblemsFound) as found:
        plan_power(None, pilot="growth")
    assert found.value.problems[0].code == "power.pilot_without_study"


def test_impossible_changes_are_refused() -> None:
    with pytest.raises(ProblemsFound) as found:
        plan_power(None, changes={"stability": 0.95})
    assert found.value.problems[0].code == "power.impossible_value"
