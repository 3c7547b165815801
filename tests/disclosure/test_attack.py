"""A reader of all documents of a year finds nobody out; without complementary suppression, one would."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.disclosure import (
    Cell,
    DisclosureRule,
    Key,
    Relation,
    Spot,
    Suppressed,
    TableRequest,
    count_cell,
    disclose_together,
    feasible_ranges,
    recoverable,
    slice_of,
    total,
    weighted_mean,
)
from tests.disclosure.reader import cells_of, found_out, relations_of

RULE = DisclosureRule()
PUBLIC = DisclosureRule(rounding="public")
Links = list[Relation[Key]]


def nested(people: np.ndarray) -> tuple[list[TableRequest], Links]:
    """Return a table of counts for each group and one of everyone: sites sum to all, groups to everyone."""
    groups, sites, waves = (
        [f"{c}{n}" for n in range(size)] for c, size in zip("gsw", people.shape, strict=True)
    )
    tables = {name: people[n] for n, name in enumerate(groups)} | {"everyone": people.sum(axis=0)}
    requests = []
    for name, counts in tables.items():
        cells: dict[Spot, Cell | None] = {
            (s, w): count_cell(int(counts[i, j]))
            for (i, s), (j, w) in product(enumerate(sites), enumerate(waves))
        }
        cells |= {("all", w): count_cell(int(counts[:, j].sum())) for j, w in enumerate(waves)}
        sums = [total([(s, w) for s in sites], ("all", w)) for w in waves]
        requests.append(TableRequest(name, cells, [*sites, "all"], waves, sums, [("all", w) for w in waves]))
    spots = product([*sites, "all"], waves)
    return requests, [total([(g, *spot) for g in groups], ("everyone", *spot)) for spot in spots]


def with_means(people: np.ndarray, seed: int) -> tuple[list[TableRequest], Links]:
    """Return counts and means of sites and of all: with known counts, means hang together too."""
    sites, scores = (
        [f"s{n}" for n in range(len(people))],
        np.random.default_rng(seed).uniform(20, 80, len(people)),
    )
    counts: dict[Spot, Cell | None] = {
        (s, "n"): count_cell(int(n)) for s, n in zip(sites, people, strict=True)
    }
    means: dict[Spot, Cell | None] = {
        (s, "m"): Cell(float(m), int(n), bounds=(0, 100))
        for s, m, n in zip(sites, scores, people, strict=True)
    }
    everyone = int(people.sum())
    counts["all", "n"] = count_cell(everyone)
    means["all", "m"] = Cell(float(scores @ people / everyone), everyone, bounds=(0, 100))
    of_means = weighted_mean({(s, "m"): float(n) for s, n in zip(sites, people, strict=True)}, ("all", "m"))
    rows = [*sites, "all"]
    return [
        TableRequest("counts", counts, rows, ["n"], [total([(s, "n") for s in sites], ("all", "n"))]),
        TableRequest("means", means, rows, ["m"], [of_means]),
    ], []


TOUGH = np.array([[[3, 40], [60, 55], [31, 28]], [[25, 12], [4, 70], [33, 2]], [[90, 20], [15, 16], [8, 44]]])


@pytest.mark.parametrize("rule", [RULE, PUBLIC], ids=["exact", "rounded"])
def test_nested_groups_sites_and_waves_give_nobody_away(rule: DisclosureRule) -> None:
    requests, links = nested(TOUGH)
    tables = disclose_together(requests, rule, links)
    assert not found_out(requests, links, tables.values(), rule)
    assert any(table.number("all", "w0") is not None for table in tables.values())


def test_table_by_table_the_reader_finds_out() -> None:
    requests, links = nested(TOUGH)
    alone = [disclose_together([request], RULE)[request.name] for request in requests]
    assert found_out(requests, links, alone, RULE)


def test_without_complementary_suppression_the_reader_finds_out_exactly() -> None:
    requests, links = nested(TOUGH)
    unrelated = [TableRequest(t.name, t.cells, t.rows, t.columns) for t in requests]
    tables = disclose_together(unrelated, RULE)
    caught = found_out(requests, links, tables.values(), RULE)
    truth = cells_of(requests)
    assert any(
        low == pytest.approx(truth[key].value, abs=1e-3) == high for key, (low, high) in caught.items()
    )


def test_a_range_too_narrow_hides_a_third_cell() -> None:
    people = np.array([4, 5, 30, 40])
    requests, links = nested(people.reshape(1, 4, 1))
    tables = disclose_together(requests, RULE, links)
    # Of two hidden cells that sum to 9, each lies between 1 and 8: algebra finds none, a range does.
    hidden = [spot for spot, shown in tables["g0"].cells.items() if isinstance(shown, Suppressed)]
    assert len(hidden) == 3
    assert not recoverable([("s0", "w0"), ("s1", "w0")], requests[0].relations)


def test_means_of_the_others_do_not_tell_a_small_site() -> None:
    requests, links = with_means(np.array([4, 30, 50]), 1)
    tables = disclose_together(requests, RULE, links)
    assert not found_out(requests, links, tables.values(), RULE)
    assert tables["means"].hidden("s1", "m")
    assert tables["means"].number("all", "m") is not None


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 3).flatmap(
        lambda g: st.lists(st.integers(0, 40), min_size=g * 6, max_size=g * 6).map(
            lambda n: np.array(n).reshape(g, 3, 2)
        )
    ),
    st.sampled_from([RULE, PUBLIC]),
)
def test_no_count_is_placed_within_the_width(people: np.ndarray, rule: DisclosureRule) -> None:
    requests, links = nested(people)
    assert not found_out(requests, links, disclose_together(requests, rule, links).values(), rule)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=2, max_size=8), st.integers(0, 99))
def test_no_mean_is_placed_within_the_width(people: list[int], seed: int) -> None:
    requests, links = with_means(np.array(people), seed)
    assert not found_out(requests, links, disclose_together(requests, RULE, links).values(), RULE)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=12, max_size=12))
def test_nothing_is_hidden_for_nothing(people: list[int]) -> None:
    requests, links = nested(np.array(people).reshape(2, 3, 2))
    tables, cells = disclose_together(requests, RULE, links), cells_of(requests)
    lines = [line for table in tables.values() for line in table.log]
    keys = {(line.table, line.row, line.column): line.reason for line in lines}
    small = [key for key, reason in keys.items() if reason != "complement"]
    for extra in set(keys).difference(small):
        ranges = feasible_ranges(cells, set(keys) - {extra}, relations_of(requests, links))
        assert any(ranges[key][1] - ranges[key][0] < RULE.min_respondents for key in small)


def test_what_was_published_stays_and_others_are_hidden_instead() -> None:
    requests, links = nested(np.array([[[4], [30], [40]]]))
    usual = disclose_together(requests, RULE, links)
    assert usual["g0"].hidden("s1", "w0")
    seen = {(name, "s1", "w0") for name in usual}
    again = disclose_together(requests, RULE, links, published=seen)
    assert not again["g0"].hidden("s1", "w0")
    assert not found_out(requests, links, again.values(), RULE)


def test_rounded_parts_sum_to_their_totals() -> None:
    requests, links = nested(np.array([[[23, 41], [36, 17], [58, 52]], [[22, 31], [12, 43], [64, 71]]]))
    tables = disclose_together(requests, PUBLIC, links)
    shown = {(t.name, *spot): t.number(*spot) for t in tables.values() for spot in t.cells}
    assert all((value or 0) % 5 == 0 for value in shown.values())
    for relation in relations_of(requests, links):
        assert sum(weight * (shown[key] or 0) for key, weight in relation.weights.items()) == 0


def test_a_slice_tells_no_more_than_its_table() -> None:
    requests, links = nested(TOUGH)
    table = disclose_together(requests, RULE, links)["everyone"]
    page = slice_of(table, rows=["s1", "nowhere"], columns=["w1"])
    assert (page.rows, page.columns) == (("s1",), ("w1",))
    assert set(page.cells.items()) <= set(table.cells.items())
    assert set(page.log) <= set(table.log)
