"""The language of skip conditions: what it reads, and what it refuses with a position."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.instruments.conditions import (
    And,
    Answered,
    Compare,
    ConditionError,
    In,
    Not,
    Or,
    leaves,
    parse_condition,
)
from evalkit.texts.text import LANGUAGES, Language


@pytest.mark.parametrize(
    ("source", "root"),
    [
        ("a == 1", Compare("a", "==", 1)),
        ("a != -8", Compare("a", "!=", -8)),
        ("a >= 2.5", Compare("a", ">=", 2.5)),
        ("a == 'x y'", Compare("a", "==", "x y")),
        ("count(a) > 2", Compare("a", ">", 2, counted=True)),
        ("a in [1, 2]", In("a", (1, 2))),
        ("answered(a)", Answered("a")),
        ("not a == 1", Not(Compare("a", "==", 1))),
        (
            "a == 1 and b == 2 or c == 3",
            Or((And((Compare("a", "==", 1), Compare("b", "==", 2))), Compare("c", "==", 3))),
        ),
        (
            "a == 1 and (b == 2 or c == 3)",
            And((Compare("a", "==", 1), Or((Compare("b", "==", 2), Compare("c", "==", 3))))),
        ),
        ("not not answered(a)", Not(Not(Answered("a")))),
    ],
)
def test_parses(source: str, root: object) -> None:
    assert parse_condition(source).root == root


@pytest.mark.parametrize(
    ("source", "position"),
    [
        ("", 0),
        ("a", 1),
        ("a = 1", 2),
        ("a == ", 5),
        ("a == b", 5),
        ("and a == 1", 0),
        ("a in 1", 5),
        ("a in [1", 7),
        ("(a == 1", 7),
        ("a == 1)", 6),
        ("a == 1 b == 2", 7),
        ("count a > 1", 6),
        ("a == 1 & b == 2", 7),
        ("a == 'open", 5),
        ("in in [1]", 0),
        ("not " * 101 + "a == 1", 400),
    ],
)
def test_refuses_with_the_position(source: str, position: int) -> None:
    with pytest.raises(ConditionError) as failure:
        parse_condition(source)
    assert failure.value.position == position


def test_names_its_items_from_left_to_right() -> None:
    condition = parse_condition("b == 1 or not (a in [1] and answered(c))")
    assert condition.items == {"a", "b", "c"}
    assert [leaf.item for leaf in leaves(condition.root)] == ["b", "a", "c"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("source", ["a ~ 1", "== 1", "a 1", "a ==", "(a == 1", "a == 1 1", "(" * 101])
def test_every_reason_can_be_said(source: str, lang: Language) -> None:
    with pytest.raises(ConditionError) as failure:
        parse_condition(source)
    assert failure.value.reason.say(lang)


@given(st.text("ab01 ='()[],<>!notandorincounted", max_size=40))
def test_any_words_are_read_or_refused_inside_them(source: str) -> None:
    try:
        condition = parse_condition(source)
    except ConditionError as failure:
        assert 0 <= failure.position <= len(source)
    else:
        assert condition.items
        assert parse_condition(f"not ({source})").root == Not(condition.root)
