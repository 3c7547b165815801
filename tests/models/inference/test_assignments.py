"""Assignments are counted exactly, listed once each, and keep what the design keeps."""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.models.inference.assignments import allowed_assignments, blocks_of
from evalkit.study.assignment import Assignment
from evalkit.study.study import Study


@pytest.mark.parametrize(
    ("treated", "others", "smallest"),
    [(3, 3, 2 / 20), (2, 4, 1 / 15), (1, 5, 1 / 6), (4, 4, 2 / 70), (5, 5, 2 / 252), (0, 3, 1.0)],
)
def test_smallest_p_of_a_complete_assignment(treated: int, others: int, smallest: float) -> None:
    found = allowed_assignments([True] * treated + [False] * others)
    assert found.n_allowed == len(found.arms) == comb(treated + others, treated)
    assert found.smallest_p == smallest


@pytest.mark.parametrize("pairs", [1, 2, 5, 6])
def test_smallest_p_of_pairs(pairs: int) -> None:
    found = allowed_assignments([True, False] * pairs, np.repeat(np.arange(pairs), 2).tolist())
    assert found.n_allowed == 2**pairs
    assert found.smallest_p == 2 / 2**pairs


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abc")), min_size=1, max_size=9))
def test_lists_each_assignment_of_the_blocks_once_the_observed_one_first(
    sites: list[tuple[bool, str]],
) -> None:
    arms, blocks = np.array([arm for arm, _ in sites]), [block for _, block in sites]
    found = allowed_assignments(arms, blocks)
    assert np.array_equal(found.arms[0], arms)
    assert len(np.unique(found.arms, axis=0)) == len(found.arms) == found.n_allowed
    assert not found.sampled
    for block in set(blocks):
        members = np.array([one == block for one in blocks])
        assert (found.arms[:, members].sum(axis=1) == arms[members].sum()).all()


def test_too_many_are_sampled_without_repeating_one() -> None:
    arms, blocks = np.arange(24) % 2 == 0, ["a"] * 12 + ["b"] * 12
    found = allowed_assignments(arms, blocks, most=2000, draws=999, seed=4)
    assert found.n_allowed == comb(12, 6) ** 2
    assert found.sampled and found.smallest_p == 1 / 1000
    assert np.array_equal(found.arms[0], arms)
    assert len(np.unique(found.arms, axis=0)) == len(found.arms) == 1000
    assert (found.arms[:, :12].sum(axis=1) == 6).all() and (found.arms[:, 12:].sum(axis=1) == 6).all()
    again = allowed_assignments(arms, blocks, most=2000, draws=999, seed=4)
    assert np.array_equal(found.arms, again.arms)


def test_a_sample_of_nearly_all_is_still_distinct_and_even() -> None:
    found = allowed_assignments([True] * 3 + [False] * 3, most=19, draws=18, seed=1)
    assert len(np.unique(found.arms, axis=0)) == 19


def test_draws_favour_no_assignment() -> None:
    seen = sum(
        allowed_assignments([True, True, False, False], most=4, draws=3, seed=s).arms[1:].sum(0)
        for s in range(400)
    )
    # Each site is treated in 3 of 6 assignments and the observed one is kept out: 2/5 or 3/5 of 1,200 draws.
    np.testing.assert_allclose(seen, [480, 480, 720, 720], atol=75)  # 4 standard errors


def test_wrong_blocks_and_draws_are_refused() -> None:
    with pytest.raises(ValueError, match="blocks"):
        allowed_assignments([True, False], ["a"])
    with pytest.raises(ValueError, match="draws"):
        allowed_assignments([True, False], most=5, draws=5)


@pytest.mark.parametrize(
    ("declared", "blocks"),
    [
        ("randomised", None),
        ({"how": "randomised", "strata": "stratum"}, ("east", "west", "east", "west")),
        (
            {"how": "randomised", "pairs": [["S1", "S3"], ["S4", "S2"]]},
            ("S1+S3", "S4+S2", "S1+S3", "S4+S2"),
        ),
        ({"how": "randomised", "pairs": [["S1", "S3"]]}, ("S1+S3", "S2", "S1+S3", "S4")),
    ],
)
def test_blocks_of_a_study(
    study_of: Callable[..., Study], declared: object, blocks: tuple[str, ...] | None
) -> None:
    study = study_of({"S1": "a", "S2": "a", "S3": "b", "S4": "b"})
    sites = tuple(
        site.model_copy(update={"stratum": "east" if site.id in ("S1", "S3") else "west"})
        for site in study.sites
    )
    file = study.file.model_copy(update={"assignment": Assignment.model_validate(declared), "sites": sites})
    assert blocks_of(Study(study.folder, file, study.instruments), ["S1", "S2", "S3", "S4"]) == blocks
