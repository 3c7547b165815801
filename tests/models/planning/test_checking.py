"""Each fault of an analysis is found with its line, all together; notes say what a plan leaves out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.plan import plan_path, read_plan
from evalkit.models.planning.checking import plan_notes
from evalkit.study.study import Study
from tests.models.planning.answering import write_plan

BAD = """\
analyses:
  - {id: a, question: growth, outcome: cohesion, engine: magic}
  - {id: b, question: growth, outcome: cohesion, options: {knots: [1, 2.5]}}
  - {id: c, question: growth, outcome: cohesion, random: (1 | respondent}
  - {id: d, question: growth, outcome: cohesion, random: time + (1 | respondent)}
  - {id: e, question: growth, outcome: cohesion, random: (1 | sites)}
  - {id: f, question: growth, outcome: cohesion, contrast: {since: w1, waves: [w1, w2]}}
  - {id: g, question: growth, outcome: cohesion, contrast: {waves: [w2]}, exclusions: {waves: [w2]}}
  - {id: h, question: growth, outcome: cohesion, estimand: {fr: "mots"}}
"""


def refused(study: Study, words: str) -> list[tuple[str, int | None]]:
    with pytest.raises(ProblemsFound) as found:
        write_plan(study, words)
    return [(problem.code, problem.where.line) for problem in found.value.problems]


def test_every_fault_with_its_line(study: Study) -> None:
    assert refused(study, BAD) == [
        ("plan.unknown_engine", 2),
        ("plan.no_options", 3),
        ("mixed.formula_brackets", 4),
        ("plan.fixed_in_random", 5),
        ("plan.unknown_group", 6),
        ("plan.wave_with_itself", 7),
        ("plan.wave_left_out", 8),
        ("plan.missing_language", 9),
    ]


def test_options_are_those_that_the_kind_declares(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from evalkit.models.planning import checking
    from evalkit.registry import discover

    kinds = dict(discover(checking.KINDS, "KIND"))
    kinds["growth"] = replace(kinds["growth"], options=frozenset({"knots"}))
    engines = discover(checking.ENGINES, "ENGINE")
    monkeypatch.setattr(checking, "discover", lambda _, name: kinds if name == "KIND" else engines)
    words = (
        "analyses:\n  - {id: a, question: growth, outcome: cohesion, options: {knots: [1, 2.5], dose: x}}\n"
    )
    assert refused(study, words) == [("plan.unknown_option", 2)]
    plan = write_plan(study, words.replace(", dose: x", ""))
    assert plan.analyses[0].options == {"knots": (1, 2.5)}


@pytest.mark.parametrize(
    ("field", "value"),
    [("missing", "imputed"), ("inference", "z"), ("who", "leavers")],
)
def test_what_does_not_exist_is_refused(study: Study, field: str, value: str) -> None:
    words = f"analyses:\n  - {{id: a, question: growth, outcome: cohesion, {field}: {value}}}\n"
    assert refused(study, words) == [("yaml.wrong_value", 2)]


@pytest.mark.parametrize("words", ["alpha: 5", "multiplicity: fdr"])
def test_rules_for_all_analyses_are_checked(study: Study, words: str) -> None:
    plan = "analyses:\n  - {id: a, question: growth, outcome: cohesion}\n" + words + "\n"
    assert refused(study, plan) == [("yaml.wrong_value", 3)]


def test_notes_name_the_default_plan_and_outcomes_that_nobody_asks_about(
    study: Study, study_of: Callable[..., Study]
) -> None:
    default = plan_notes(read_plan(study), study, plan_path(study))
    assert [note.code for note in default] == ["plan.default_holds"]
    plan = write_plan(study, "analyses:\n  - {id: a, question: growth, outcome: cohesion}\n")
    notes = list(plan_notes(plan, study, plan_path(study)))
    assert [(note.code, note.values["outcome"]) for note in notes] == [
        ("plan.outcome_not_analysed", "security")
    ]
