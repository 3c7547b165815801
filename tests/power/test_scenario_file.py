"""A scenario's file: what it says becomes a scenario, and what cannot be has its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalkit.errors import ProblemsFound
from evalkit.power.scenario_file import ScenarioFile, questions_of, read_scenario, scenario_of

WHOLE = """
sites:
  - {id: A, arm: intervention, residents: 30, start: 0.5}
  - {id: B, arm: intervention, start: 1.5, not_asked: [w2]}
  - {id: C, arm: comparison}
residents: 25
waves: [0, 1, 2.5]
leaving: {yearly: 0.2, by_wave: [0.1, 0.3], by_arm: {comparison: 0.4}, by_score: -0.5}
effect: {shape: step, plateau: 0.4, lag: 0, varies: 0.2}
outcomes:
  - {id: cohesion, items: 5, answers: 4, reliability: 0.75, icc: 0.08}
  - {id: safety, items: 0, sd: 20, effect: {yearly: 0.01}}
tests: [two_stage, kenward_roger]
prices: {per_site: 1000, per_answer: 30}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_a_file_says_reaches_the_scenario(tmp_path: Path) -> None:
    file = read_scenario(written(tmp_path, WHOLE)).content
    scenario = scenario_of(file)
    assert scenario.per_site == (30, 25, 25)
    assert scenario.times == (0.0, 1.0, 2.5)
    assert dict(scenario.starts) == {"A": 0.5, "B": 1.5}
    assert dict(scenario.not_asked) == {"B": ("w2",)}
    assert (scenario.shape, scenario.effect_sd, scenario.lag) == ("step", 0.2, 0.0)
    assert scenario.attrition_by_wave == (0.1, 0.3)
    assert scenario.attrition_by_arm == {"comparison": 0.4}
    cohesion, safety = scenario.measures
    assert (len(cohesion.items), cohesion.high, cohesion.alpha, cohesion.plateau) == (5, 4, 0.75, 0.4)
    assert (safety.items, safety.sd, safety.yearly_change) == ((), 20.0, 0.01)
    assert file.prices is not None
    assert [question.tests for question in questions_of(file, scenario, {})] == [file.tests] * 2


def test_a_single_group_has_no_arms() -> None:
    assert set(scenario_of(ScenarioFile(sites={"all": 4})).arms.values()) == {None}


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("residents: 0\nwaves: 3\n", "yaml.wrong_value", 1),
        ("waves: 3\nresident: 20\n", "yaml.unknown_key", 2),
        ("waves: [0, 2, 1]\n", "yaml.wrong_value", 1),
        ("stability: 0.9\n", "yaml.wrong_value", 1),
        ("leaving: {by_wave: [0.1]}\n", "yaml.wrong_value", 1),
        ("outcomes: [{id: m, mean: 99, sd: 20}]\n", "yaml.wrong_value", 1),
        ("sites: [{id: A, not_asked: [w9]}]\n", "yaml.wrong_value", 1),
        ("goal: 1.5\n", "yaml.wrong_value", 1),
    ],
)
def test_what_cannot_be_is_said_with_its_line(tmp_path: Path, text: str, code: str, line: int) -> None:
    with pytest.raises(ProblemsFound) as found:
        read_scenario(written(tmp_path, text))
    assert code in {problem.code for problem in found.value.problems}
    assert line in {problem.where.line for problem in found.value.problems}


def test_all_faults_come_together(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        read_scenario(written(tmp_path, "residents: 0\ngoal: 2\nunknown: 1\n"))
    assert len(found.value.problems) == 3
