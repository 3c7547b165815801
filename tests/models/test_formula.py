"""Formulas of lme4's language."""

from __future__ import annotations

import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.formula import parse_formula


def test_fixed_and_random_parts_are_told_apart() -> None:
    found = parse_formula("log(y) ~ 0 + t*arm + I(x + 1) + (1 + t || person) + (1 | site:wave) - z")
    assert found.outcome == "log(y)"
    assert found.fixed.split() == ["0", "+", "t*arm", "+", "I(x", "+", "1)", "-", "z"]
    assert [(bar.effects, bar.name, bar.correlated) for bar in found.bars] == [
        ("1 + t", "person", False),
        ("1", "site:wave", True),
    ]


def test_one_within_another_gives_both() -> None:
    assert [bar.name for bar in parse_formula("y ~ 1 + (1|a/b/c)").bars] == ["a", "a:b", "a:b:c"]


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("y + x", "mixed.formula_sides"),
        ("~ x + (1|g)", "mixed.formula_sides"),
        ("y ~ x + (1|g", "mixed.formula_brackets"),
        ("y ~ x)) + (1|g)", "mixed.formula_brackets"),
        ("y ~ x", "mixed.formula_no_random"),
        ("y ~ x - (1|g)", "mixed.formula_minus"),
        ("y ~ x + (1|g|h)", "mixed.formula_bar"),
        ("y ~ x * (1|g)", "mixed.formula_bar"),
        ("y ~ x + (1|)", "mixed.formula_bar"),
        ("y ~ x + (1|g*h)", "mixed.formula_group"),
    ],
)
def test_what_cannot_be_read_is_said(formula: str, code: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        parse_formula(formula)
    assert [problem.code for problem in found.value.problems] == [code]


@pytest.mark.parametrize(
    ("formula", "position"),
    [("y ~ x)) + (1|g)", "6"), ("y ~ (x + (1|g)", "5"), ("y ~ x + (1|g|h)", "9"), ("y ~ x - (1|g)", "9")],
)
def test_a_fault_has_its_place(formula: str, position: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        parse_formula(formula)
    (problem,) = found.value.problems
    assert problem.values["position"] == position
    assert position in problem.what("fr")


def test_names_in_backticks_may_hold_anything() -> None:
    found = parse_formula("y ~ `a + (b` + (1 | `home town`/wave)")
    assert found.fixed == "`a + (b`"
    assert [bar.group for bar in found.bars] == [("home town",), ("home town", "wave")]


@pytest.mark.parametrize(("sign", "right"), [("+", "x"), ("-", "- 1")])
def test_signs_stay_with_the_fixed_part(sign: str, right: str) -> None:
    assert parse_formula(f"y ~ (1 | g) {sign} {right.lstrip('- ')}").fixed == right
