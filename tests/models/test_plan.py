"""The plan: the default, what a file may say, and every fault with its line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.plan import read_plan
from evalkit.study.study import Study

GOOD = """\
analyses:
  - id: main
    question: change_since_baseline
    outcome: cohesion
    smallest_change: 3
    contrast: {since: w1, waves: [w3]}
    exclusions: {sites: [S6]}
  - {id: gap, question: difference_in_change, outcome: security, family: exploratory}
"""
BAD = """\
analyses:
  - {id: a, question: change_since_baseline, outcome: cohesion}
  - {id: a, question: growing, outcome: cohesion}
  - {id: b, question: change_since_baseline, outcome: happiness}
  - {id: c, question: change_since_baseline, outcome: cohesion, population: tourist}
  - {id: d, question: change_since_baseline, outcome: cohesion, population: partner}
  - {id: e, question: change_since_baseline, outcome: cohesion, contrast: {since: w9}}
  - id: f
    question: change_since_baseline
    outcome: cohesion
    exclusions: {sites: [S9]}
"""


def write(study: Study, words: str) -> None:
    (study.folder / "plan.yaml").write_text(words, encoding="utf-8")


def test_default_plan_asks_what_the_design_allows(study: Study, study_of: Callable[..., Study]) -> None:
    asked = [(analysis.question, analysis.outcome) for analysis in read_plan(study).analyses]
    assert asked == [
        ("change_since_baseline", "cohesion"),
        ("difference_in_change", "cohesion"),
        ("change_since_baseline", "security"),
        ("difference_in_change", "security"),
    ]
    alone = study_of({"A": None, "B": None})
    assert {analysis.question for analysis in read_plan(alone).analyses} == {"change_since_baseline"}
    assert read_plan(study_of({"A": None, "B": None}, 1)).analyses == ()


def test_default_plan_takes_family_and_band_of_the_outcome(study: Study) -> None:
    first = read_plan(study).analyses[0]
    assert (first.family, first.smallest_change, first.population) == ("primary", 1.5, "resident")


def test_a_file_is_read_and_completed(study: Study) -> None:
    write(study, GOOD)
    main, gap = read_plan(study).analyses
    assert (main.smallest_change, main.family, main.contrast.waves) == (3, "primary", ("w3",))
    assert main.exclusions.sites == ("S6",)
    assert (gap.family, gap.smallest_change) == ("exploratory", 1.5)


def test_all_faults_are_found_together_with_their_lines(study: Study) -> None:
    write(study, BAD)
    with pytest.raises(ProblemsFound) as found:
        read_plan(study)
    assert [(problem.code, problem.where.line) for problem in found.value.problems] == [
        ("plan.duplicate_id", 3),
        ("plan.unknown_question", 3),
        ("plan.unknown_outcome", 4),
        ("plan.unknown_population", 5),
        ("plan.other_population", 6),
        ("plan.unknown_wave", 7),
        ("plan.unknown_site", 11),
    ]


def test_a_file_that_the_study_names_must_exist(study: Study) -> None:
    named = study.file.model_copy(update={"plan": "analyses.yaml"})
    with pytest.raises(ProblemsFound) as found:
        read_plan(Study(study.folder, named, study.instruments))
    assert [problem.code for problem in found.value.problems] == ["yaml.not_found"]
