"""Shares leave out what gave no test; bias, coverage, wrong signs and exaggeration are what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.power.diagnosands import diagnose, share_of, together
from evalkit.power.replicates import FAILED, GIVEN, SINGULAR, WITHHELD, Replicates, joined, nothing_given


def found(estimates: list[float], p_values: list[float], states: list[int] | None = None) -> Replicates:
    estimate, p = np.array(estimates), np.array(p_values)
    state = np.array(states or [GIVEN] * len(p), dtype=np.int8)
    one = np.ones(len(p))
    return Replicates(state, estimate, one, 4 * one, p, estimate - 2, estimate + 2)


def test_failed_and_withheld_are_no_part_of_power() -> None:
    parts = [found([3.0, 1.0], [0.01, 0.4]), nothing_given(3, FAILED), nothing_given(5, WITHHELD)]
    worth = diagnose(joined(parts), truth=2.0)
    assert (worth.simulations, worth.failed, worth.withheld) == (10, 3, 5)
    assert (worth.power.count, worth.power.of, worth.power.value) == (1, 2, 0.5)
    assert worth.bias == 0.0


def test_singular_fits_count_and_are_counted() -> None:
    worth = diagnose(found([3.0, 1.0], [0.01, 0.01], [GIVEN, SINGULAR]), truth=2.0)
    assert worth.singular == 1
    assert worth.power.value == 1.0


def test_when_nothing_could_be_tested_there_is_no_power() -> None:
    worth = diagnose(nothing_given(4, FAILED), truth=1.0)
    assert np.isnan(worth.power.value)
    assert worth.power.of == 0


def test_wrong_signs_and_exaggeration_are_of_rejections() -> None:
    worth = diagnose(found([4.0, -3.0, 1.0], [0.01, 0.02, 0.9]), truth=1.0)
    assert worth.wrong_sign is not None
    assert worth.wrong_sign.value == 0.5
    assert worth.exaggeration == pytest.approx(3.5)
    assert diagnose(found([4.0], [0.01]), truth=0.0).wrong_sign is None


def test_coverage_is_of_the_truth() -> None:
    assert diagnose(found([4.0, 2.5, -3.0], [0.1, 0.1, 0.1]), truth=2.0).coverage.value == pytest.approx(
        2 / 3
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 200), st.integers(0, 200))
def test_exact_intervals_hold_their_share(of: int, count: int) -> None:
    happened = np.arange(of) < min(count, of)
    share = share_of(happened)
    assert share.low <= share.value <= share.high


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=30))
def test_holm_is_stricter_than_none_and_all_rarer_than_any(pairs: list[tuple[float, float]]) -> None:
    parts = [found([0.0] * len(pairs), [pair[k] for pair in pairs]) for k in range(2)]
    adjusted, plain = together(parts), together(parts, adjusted=False)
    assert adjusted["any"].count <= plain["any"].count
    assert adjusted["all"].count <= plain["all"].count
    assert plain["all"].count <= plain["any"].count
