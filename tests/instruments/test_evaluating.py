"""Conditions over a table give what reading them row by row gives."""

from __future__ import annotations

import operator

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from evalkit.instruments.conditions import (
    And,
    Answered,
    Compare,
    Condition,
    In,
    Node,
    Not,
    Or,
    parse_condition,
)
from evalkit.instruments.evaluating import evaluate

ITEMS = ("a", "b")
OPERATORS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
VALUES = st.one_of(st.integers(-2, 3), st.sampled_from([-0.5, 1.5, 2.5]))
LEAVES = st.one_of(
    st.builds(Compare, st.sampled_from(ITEMS), st.sampled_from(sorted(OPERATORS)), VALUES),
    st.builds(In, st.sampled_from(ITEMS), st.lists(VALUES, min_size=1, max_size=3).map(tuple)),
    st.builds(Answered, st.sampled_from(ITEMS)),
)
PARTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
ROWS = st.lists(st.tuples(*(st.one_of(st.none(), VALUES) for _ in ITEMS)), min_size=1, max_size=8)


def _table(rows: list[tuple[float | None, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(ITEMS), dtype=float)


def _by_hand(node: Node, row: dict[str, float | None]) -> bool:
    """Read the condition for one person, as the design says: absent answers make a comparison false."""
    if isinstance(node, Not):
        return not _by_hand(node.part, row)
    if isinstance(node, And):
        return all(_by_hand(part, row) for part in node.parts)
    if isinstance(node, Or):
        return any(_by_hand(part, row) for part in node.parts)
    answer = row[node.item]
    if answer is None or isinstance(node, Answered):
        return answer is not None
    if isinstance(node, In):
        return answer in node.values
    return bool(OPERATORS[node.operator](answer, node.value))


@given(PARTS, ROWS)
def test_whole_table_equals_row_by_row(root: Node, rows: list[tuple[float | None, ...]]) -> None:
    table = _table(rows)
    found = evaluate(Condition("", root), table, table.notna())
    assert found.tolist() == [_by_hand(root, dict(zip(ITEMS, row, strict=True))) for row in rows]


@given(LEAVES, LEAVES, ROWS)
def test_de_morgan(first: Node, second: Node, rows: list[tuple[float | None, ...]]) -> None:
    table = _table(rows)
    together = evaluate(Condition("", Not(And((first, second)))), table, table.notna())
    apart = evaluate(Condition("", Or((Not(first), Not(second)))), table, table.notna())
    assert together.tolist() == apart.tolist()


@given(PARTS, ROWS, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(
    root: Node, rows: list[tuple[float | None, ...]], random: object
) -> None:
    table = _table(rows)
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    moved = table.iloc[order]
    straight = evaluate(Condition("", root), table, table.notna())
    assert evaluate(Condition("", root), moved, moved.notna()).tolist() == straight[order].tolist()


def test_a_whole_number_cuts_no_decimals_off() -> None:
    table = pd.DataFrame({"hours": [1.9, 2.0, 2.5, np.nan]})
    assert evaluate(parse_condition("hours > 2"), table, table.notna()).tolist() == [
        False,
        False,
        True,
        False,
    ]
    assert evaluate(parse_condition("hours <= 2"), table, table.notna()).tolist() == [
        True,
        True,
        False,
        False,
    ]


CHOICES = st.one_of(st.none(), st.sets(st.integers(1, 4)).map(lambda chosen: tuple(sorted(chosen))))


@given(st.lists(CHOICES, min_size=1, max_size=8), st.integers(1, 4), st.integers(0, 4))
def test_multiple_agrees_with_sets(rows: list[tuple[int, ...] | None], code: int, least: int) -> None:
    table = pd.DataFrame({"needs": pd.Series(rows, dtype=object)})

    def holds(source: str) -> list[bool]:
        return evaluate(parse_condition(source), table, table.notna()).tolist()

    given_ = [row is not None for row in rows]
    sets = [set(row or ()) for row in rows]
    assert holds(f"needs == {code}") == [code in chosen for chosen in sets]
    assert holds(f"needs != {code}") == [was and code not in s for was, s in zip(given_, sets, strict=True)]
    assert holds(f"needs in [{code}, 4]") == [bool(chosen & {code, 4}) for chosen in sets]
    assert holds(f"count(needs) >= {least}") == [
        was and len(s) >= least for was, s in zip(given_, sets, strict=True)
    ]


def test_iso_dates_compare_in_time() -> None:
    table = pd.DataFrame({"day": ["2025-02-28", "2025-10-01", None]}, dtype=object)
    assert evaluate(parse_condition("day >= '2025-03-01'"), table, table.notna()).tolist() == [
        False,
        True,
        False,
    ]


def test_multiple_asks_about_what_is_selected() -> None:
    table = pd.DataFrame({"needs": [(1, 2), (3,), None]}, dtype=object)

    def holds(source: str) -> list[bool]:
        return evaluate(parse_condition(source), table, table.notna()).tolist()

    assert holds("needs == 1") == [True, False, False]
    assert holds("needs != 1") == [False, True, False]
    assert holds("needs in [2, 3]") == [True, True, False]
    assert holds("count(needs) >= 2") == [True, False, False]
    assert holds("not answered(needs)") == [False, False, True]


def test_text_compares_with_text() -> None:
    table = pd.DataFrame({"t": ["oui", "non", None]}, dtype=object)
    assert evaluate(parse_condition("t == 'oui'"), table, table.notna()).tolist() == [True, False, False]
    assert evaluate(parse_condition("t != 'oui'"), table, table.notna()).tolist() == [False, True, False]


def test_nobody_answered() -> None:
    table = pd.DataFrame({"a": [np.nan, np.nan]})
    assert evaluate(parse_condition("a >= 1"), table, table.notna()).tolist() == [False, False]
