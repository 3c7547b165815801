"""Nothing under the rule is shown, and nothing shown gives it away."""

from __future__ import annotations

import dataclasses
from itertools import product
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.disclosure import (
    Cell,
    DisclosedTable,
    DisclosureError,
    DisclosureRule,
    Relation,
    Spot,
    Suppressed,
    count_cell,
    disclose,
    recoverable,
    total,
)

RULE = DisclosureRule()


def one_cell(cell: Cell) -> DisclosedTable:
    return disclose("one", {("r", "c"): cell}, RULE, rows=["r"], columns=["c"])


def cross_table(counts: np.ndarray) -> tuple[DisclosedTable, tuple[Relation[Spot], ...]]:
    """Return a table of counts with the totals of its rows, of its columns and of all."""
    rows, columns = (
        [f"{side}{n}" for n in range(size)] for side, size in zip("rc", counts.shape, strict=True)
    )
    cells: dict[Spot, Cell | None] = {
        (r, c): count_cell(int(counts[i, j]))
        for (i, r), (j, c) in product(enumerate(rows), enumerate(columns))
    }
    cells |= {(r, "all"): count_cell(int(counts[i].sum())) for i, r in enumerate(rows)}
    cells |= {("all", c): count_cell(int(counts[:, j].sum())) for j, c in enumerate(columns)}
    cells["all", "all"] = count_cell(int(counts.sum()))
    relations = (
        *(total([(r, c) for c in columns], (r, "all")) for r in [*rows, "all"]),
        *(total([(r, c) for r in rows], ("all", c)) for c in [*columns, "all"]),
    )
    table = disclose(
        "cross", cells, RULE, rows=[*rows, "all"], columns=[*columns, "all"], relations=relations
    )
    return table, relations


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (Cell(51.2, 10), None),
        (Cell(51.2, 9), "few_respondents"),
        (count_cell(9), "few_respondents"),
        (count_cell(0), None),
        (Cell(51.2, 7, organisations=5, largest_share=0.5), None),
        (Cell(51.2, 40, organisations=4, largest_share=0.3), "few_organisations"),
        (Cell(51.2, 40, organisations=6, largest_share=0.51), "one_organisation"),
        (Cell(0.0, 40, "share"), "all_or_none"),
        (Cell(0.996, 400, "share"), "all_or_none"),
        (Cell(0.5, 40, "share"), None),
    ],
)
def test_rule(cell: Cell, reason: str | None) -> None:
    shown = one_cell(cell).at("r", "c")
    assert shown == (cell.value if reason is None else Suppressed(reason))  # type: ignore[arg-type]


def test_only_disclose_makes_a_table() -> None:
    with pytest.raises(DisclosureError):
        DisclosedTable("t", ("r",), ("c",), MappingProxyType({("r", "c"): 3}), (), seal=object())


def test_a_table_cannot_be_altered_or_copied_with_other_cells() -> None:
    table = one_cell(count_cell(3))
    with pytest.raises(TypeError):
        table.cells["r", "c"] = 3  # type: ignore[index]
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(table, cells={("r", "c"): 3})


def test_a_lone_small_cell_takes_the_smallest_other_with_it() -> None:
    table, _ = cross_table(np.array([[4, 30, 20]]))
    assert table.hidden("r0", "c0")
    assert table.hidden("r0", "c2")
    assert table.number("r0", "c1") == 30
    assert {line.reason for line in table.log} >= {"few_respondents", "complement"}


def test_the_log_never_holds_a_value() -> None:
    table, _ = cross_table(np.array([[4, 30, 20]]))
    assert {field.name for field in dataclasses.fields(table.log[0])} == {"table", "row", "column", "reason"}


def test_a_mean_does_not_follow_from_the_mean_of_all() -> None:
    people, means = {"a": 4, "b": 20, "c": 30}, {"a": 20.0, "b": 50.0, "c": 60.0}
    everyone = sum(people.values())
    mean = sum(people[s] * means[s] for s in people) / everyone
    cells: dict[Spot, Cell | None] = {(s, "m"): Cell(means[s], people[s]) for s in people}
    cells["all", "m"] = Cell(mean, everyone)
    weights = {(s, "m"): float(people[s]) for s in people} | {("all", "m"): -float(everyone)}
    table = disclose("m", cells, RULE, rows=[*people, "all"], columns=["m"], relations=[Relation(weights)])
    assert [table.hidden(s, "m") for s in people] == [True, True, False]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=2, max_size=5))
def test_small_counts_cannot_be_solved_for(counts: list[list[int]]) -> None:
    table, relations = cross_table(np.array(counts))
    small = [spot for spot, cell in table.cells.items() if cell == Suppressed("few_respondents")]
    hidden = [spot for spot, cell in table.cells.items() if isinstance(cell, Suppressed)]
    matrix = np.array([[relation.weights.get(spot, 0.0) for spot in hidden] for relation in relations])
    for number, spot in enumerate(hidden):
        # A cell follows from the rest exactly when adding its unit vector does not raise the rank.
        unit = np.eye(len(hidden))[number]
        follows = np.linalg.matrix_rank(np.vstack([matrix, unit])) == np.linalg.matrix_rank(matrix)
        assert not (follows and spot in small)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=2, max_size=5))
def test_no_count_under_the_rule_is_shown(counts: list[list[int]]) -> None:
    table, _ = cross_table(np.array(counts))
    shown = [cell for cell in table.cells.values() if cell is not None and not isinstance(cell, Suppressed)]
    assert all(cell == 0 or cell >= RULE.min_respondents for cell in shown)


def test_cells_to_keep_are_hidden_last() -> None:
    parts: list[Spot] = [("a", "n"), ("b", "n")]
    cells: dict[Spot, Cell | None] = {spot: count_cell(n) for spot, n in zip(parts, (4, 30), strict=True)}
    cells["all", "n"] = count_cell(34)
    for keep, gone in ((parts[1], ("all", "n")), (("all", "n"), parts[1])):
        table = disclose(
            "t", cells, RULE, rows=["a", "b", "all"], columns=["n"],
            relations=[total(parts, ("all", "n"))], keep=[keep],
        )  # fmt: skip
        assert table.hidden(*gone)
        assert not table.hidden(*keep)


def test_large_counts_stay() -> None:
    table, _ = cross_table(np.full((3, 3), 40))
    assert not table.log


def test_recoverable_finds_the_only_unknown_of_a_sum() -> None:
    parts: list[Spot] = [("a", "n"), ("b", "n")]
    relation = total(parts, ("all", "n"))
    assert recoverable([parts[0]], [relation]) == {parts[0]}
    assert not recoverable(parts, [relation])
    assert not recoverable([], [relation])
