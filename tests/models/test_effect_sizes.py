"""Standardised changes: against published values of the same data, metafor, and laws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evalkit.models.effect_sizes import (
    SOURCES,
    EffectSize,
    Moments,
    baseline_sd,
    hedges_correction,
    in_unit,
    paired_moments,
    points,
    standardised_changes,
)
from tests.models.diagnostics.samples import FOLDER, answers

# The reference has eleven digits; metafor's correction is Hedges' exact one, ours his approximation.
DIGITS, METAFOR = 1e-9, 1e-5
PEOPLE = 1189
TOLD = {"glass": -0.27934116628, "d_av": -0.27514481963, "d_rm": -0.27498939097, "d_z": -0.33709092692}


def sai() -> Moments:
    data = pd.read_csv(FOLDER / "sai.csv.gz")
    return paired_moments(data["first"], data["last"])


def by_unit(moments: Moments) -> dict[str, EffectSize]:
    return {size.unit: size for size in standardised_changes(moments)}


def test_the_four_sizes_of_one_change_are_those_known() -> None:
    found = by_unit(sai())
    assert {unit: size.estimate for unit, size in found.items()} == pytest.approx(TOLD, rel=DIGITS * 100)


@pytest.mark.parametrize(("unit", "over", "scaled"), [("d_z", PEOPLE, False), ("glass", PEOPLE - 1, True)])
def test_variances_are_those_of_metafor(unit: str, over: int, scaled: bool) -> None:
    """metafor puts the corrected size into the variance, and corrects Glass's variance as well."""
    told = answers()["sizes"][unit]
    found, factor = by_unit(sai())[unit], hedges_correction(PEOPLE - 1)
    assert found.estimate * factor == pytest.approx(told["corrected"], rel=METAFOR)
    variance = found.std_error**2 + (told["corrected"] ** 2 - found.estimate**2) / (2 * over)
    assert variance * (factor**2 if scaled else 1.0) == pytest.approx(told["variance_corrected"], rel=METAFOR)


def test_sizes_are_never_without_their_name_and_source() -> None:
    for size in standardised_changes(sai()):
        assert size.source == SOURCES[size.unit]
        assert size.divisor > 0
        assert size.conf_low < size.estimate < size.conf_high


numbers = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=5, max_size=40)


def usable(pairs: list[tuple[int, int]]) -> Moments:
    first, last = np.array(pairs, dtype=float).T
    assume(np.ptp(first) > 0 and np.ptp(last) > 0)
    found = paired_moments(first, last)
    assume(found.sd_change > 1e-6 and found.correlation < 0.999)
    return found


@given(numbers, st.floats(0.1, 50), st.floats(-100, 100))
def test_sizes_know_neither_unit_nor_origin(pairs: list[tuple[int, int]], unit: float, shift: float) -> None:
    moments = usable(pairs)
    first, last = shift + unit * np.array(pairs, dtype=float).T
    turned = by_unit(paired_moments(first, last))
    for name, size in by_unit(moments).items():
        assert turned[name].estimate == pytest.approx(size.estimate, rel=1e-5, abs=1e-7)
        assert turned[name].std_error == pytest.approx(size.std_error, rel=1e-5, abs=1e-7)


@given(numbers)
def test_turning_time_turns_all_signs_but_glass_size(pairs: list[tuple[int, int]]) -> None:
    moments = usable(pairs)
    first, last = np.array(pairs, dtype=float).T
    turned = by_unit(paired_moments(last, first))
    for name, size in by_unit(moments).items():
        if name != "glass":
            assert turned[name].estimate == pytest.approx(-size.estimate, rel=1e-6, abs=1e-9)


@given(numbers)
def test_with_a_correlation_of_one_half_d_rm_is_d_z(pairs: list[tuple[int, int]]) -> None:
    moments = usable(pairs)
    found = by_unit(Moments(moments.people, 1.0, 2.0, 2.0, 2.0, 0.5))
    assert found["d_rm"].estimate == pytest.approx(found["d_z"].estimate)
    assert found["d_rm"].std_error == pytest.approx(found["d_z"].std_error)


def test_intervals_cover_as_they_say() -> None:
    """Of 2,000 draws of 80 people the 95 % interval of each size holds its own truth in 92.5 to 97 %."""
    rng = np.random.default_rng(7)
    r, change, runs = 0.6, 0.4, 2000
    truth = {"glass": change, "d_av": change, "d_rm": change, "d_z": change / np.sqrt(2 * (1 - r))}
    held = dict.fromkeys(truth, 0)
    for _ in range(runs):
        pairs = rng.multivariate_normal([0.0, change], [[1.0, r], [r, 1.0]], size=80)
        for size in standardised_changes(paired_moments(*pairs.T)):
            held[size.unit] += size.conf_low <= truth[size.unit] <= size.conf_high
    assert all(0.925 <= count / runs <= 0.97 for count in held.values()), held


@given(st.integers(-500, 500), st.floats(0, 20), st.floats(0.01, 100))
def test_an_interval_keeps_its_sign_and_shape_in_every_unit(at: int, half: float, divisor: float) -> None:
    size = in_unit("glass", divisor, estimate=at, conf_low=at - half, conf_high=at + half)
    assert size.conf_low <= size.estimate <= size.conf_high
    assert np.sign(size.estimate) == np.sign(at)
    assert size.estimate * divisor == pytest.approx(at)


def test_points_bring_a_scale_to_0_to_100() -> None:
    assert in_unit("pomp", points(1, 5), estimate=4.0).estimate == 100.0


@pytest.mark.parametrize("divisor", [0.0, -1.0, np.nan])
def test_nothing_is_divided_by_nothing(divisor: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        in_unit("glass", divisor, estimate=1.0)


def test_too_few_pairs_have_no_moments() -> None:
    with pytest.raises(ValueError, match="three people"):
        paired_moments([1.0, 2.0, np.nan], [2.0, 2.5, 3.0])


def test_without_a_spread_of_changes_d_z_is_left_out() -> None:
    assert [size.unit for size in standardised_changes(paired_moments([1, 2, 3], [2, 3, 4]))] == [
        "glass",
        "d_av",
    ]


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=6), st.integers(0, 10_000))
def test_the_baseline_spread_ignores_what_sites_are_apart(shifts: list[float], seed: int) -> None:
    answers_of = np.random.default_rng(seed).normal(size=(len(shifts), 8))
    site = np.repeat(np.arange(len(shifts)), 8)
    moved = answers_of + np.array(shifts)[:, None]
    assert baseline_sd(moved.ravel(), site) == pytest.approx(baseline_sd(answers_of.ravel(), site), rel=1e-6)
