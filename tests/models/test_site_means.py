"""Means by site and wave: plain when nobody leaves, and right when leaving depends on earlier answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.models.site_means import site_means


def long(values: np.ndarray, sites: list[str]) -> pd.DataFrame:
    """Return a panel of (people, waves) values, NaN where nobody answered."""
    rows = [
        (person, sites[person], f"w{wave + 1}", values[person, wave])
        for person, wave in zip(*np.nonzero(np.isfinite(values)), strict=True)
    ]
    return pd.DataFrame(rows, columns=["respondent", "site", "wave", "y"])


def drawn(seed: int, people: int = 30, waves: int = 3, sites: int = 3) -> tuple[np.ndarray, list[str]]:
    rng = np.random.default_rng(seed)
    values = rng.normal(50, 10, (people, 1)) + rng.normal(0, 8, (people, waves))
    return values, [f"S{person % sites}" for person in range(people)]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_means_are_plain_when_everyone_always_answers(seed: int) -> None:
    values, sites = drawn(seed)
    found = site_means(long(values, sites), "y")
    np.testing.assert_allclose(found.means, found.raw_means, atol=1e-7)
    assert found.counts.tolist() == [[10, 10, 10]] * 3


def test_means_are_plain_when_nobody_answers_twice() -> None:
    values, sites = drawn(1)
    once = np.where(np.arange(3) == np.arange(30)[:, None] // 10, values, np.nan)
    found = site_means(long(once, sites), "y")
    np.testing.assert_allclose(found.means, found.raw_means, atol=1e-7)
    assert (found.both[:, 0, 1] == 0).all()


def test_two_waves_with_leaving_equal_the_closed_form() -> None:
    """Anderson 1957: regress the later wave on the first among those who stayed, predict for all."""
    values, _ = drawn(2, people=60, waves=2)
    values[values[:, 0] < np.median(values[:, 0]), 1] = np.nan
    stayed = np.isfinite(values[:, 1])
    slope = np.polyfit(values[stayed, 0], values[stayed, 1], 1)[0]
    expected = values[stayed, 1].mean() + slope * (values[:, 0].mean() - values[stayed, 0].mean())
    found = site_means(long(values, ["S1"] * 60), "y")
    assert found.converged
    assert found.means[0] == pytest.approx([values[:, 0].mean(), expected], abs=1e-5)
    assert abs(found.raw_means[0, 1] - expected) > 1


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(-20, 20), st.floats(0.1, 50))
def test_means_follow_order_and_unit(seed: int, shift: float, unit: float) -> None:
    values, sites = drawn(seed)
    rng = np.random.default_rng(seed)
    values[rng.random(values.shape) < 0.25] = np.nan
    panel = long(values, sites)
    if panel.groupby(["site", "wave"]).size().shape[0] < 9:
        return
    found = site_means(panel, "y")
    turned = panel.sample(frac=1, random_state=seed).assign(y=lambda rows: shift + unit * rows["y"])
    np.testing.assert_allclose(site_means(turned, "y").means, shift + unit * found.means, atol=1e-4 * unit)


def test_a_shock_of_one_site_in_one_wave_moves_its_mean_alone() -> None:
    values, sites = drawn(4)
    values[::4, 2] = np.nan
    panel = long(values, sites)
    struck = (panel["site"] == "S1") & (panel["wave"] == "w2")
    before = site_means(panel, "y").means
    after = site_means(panel.assign(y=panel["y"] + 7.0 * struck), "y").means
    apart = np.zeros((3, 3))
    apart[1, 1] = 7.0
    np.testing.assert_allclose(after - before, apart, atol=1e-5)


def test_a_site_without_answers_in_a_wave_has_no_mean_there() -> None:
    values, sites = drawn(5)
    values[np.array(sites) == "S0", 1] = np.nan
    found = site_means(long(values, sites), "y", sites=["S0", "S1", "S2", "S9"])
    assert np.isnan(found.means[0, 1]) and np.isfinite(found.means[0, [0, 2]]).all()
    assert np.isnan(found.means[3]).all()
    assert found.counts[3].tolist() == [0, 0, 0]


def test_someone_who_moved_counts_where_each_answer_was_given() -> None:
    panel = pd.DataFrame(
        {"respondent": [1, 1, 2, 3], "site": ["A", "B", "A", "B"], "wave": ["w1", "w2", "w2", "w1"], "y": 1.0}
    )
    found = site_means(panel, "y")
    assert found.counts.tolist() == [[1, 1], [1, 1]]
    assert found.both[:, 0, 1].tolist() == [0, 0]


@pytest.mark.parametrize("y", [[], [5.0, 5.0, 5.0, 5.0]])
def test_no_answers_and_answers_that_never_vary(y: list[float]) -> None:
    rows = {"respondent": [1, 1, 2, 2], "site": ["A"] * 4, "wave": ["w1", "w2"] * 2}
    panel = pd.DataFrame({name: values[: len(y)] for name, values in rows.items()} | {"y": y})
    found = site_means(panel, "y", sites=["A"], waves=["w1", "w2"])
    expected = [[5.0, 5.0]] if y else [[np.nan, np.nan]]
    np.testing.assert_array_equal(found.means, expected)


def test_waves_follow_the_order_of_their_categories() -> None:
    values, sites = drawn(6)
    panel = long(values, sites)
    ordered = pd.Categorical(panel["wave"], ["w3", "w2", "w1"], ordered=True)
    assert site_means(panel.assign(wave=ordered), "y").waves == ("w3", "w2", "w1")
    assert site_means(panel, "y").waves == ("w1", "w2", "w3")
