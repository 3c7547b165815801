"""The general answer gives published figures, agrees with row-by-row models, and obeys its laws."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.power.closed_form.cluster_t_test import weighted_cluster_t_power
from evalkit.power.closed_form.hussey_hughes import hussey_hughes_variance
from evalkit.power.closed_form.repeated_measures import information_factor
from evalkit.power.closed_form.slope_difference import exchangeable_covariance, slope_difference_n
from evalkit.power.closed_form.slope_with_dropout import SlopeArm, slope_arm_variance, weibull_retention
from evalkit.power.closed_form.time_average import time_average_n
from evalkit.power.degenerate import DegenerateDesign
from evalkit.power.gls import GlsPower, gls_power
from evalkit.power.grid import Grid, closed_cohort, cross_sections, open_cohort
from evalkit.power.variances import Variances
from tests.power.dense import dense_standard_error, whole_losses
from tests.power.published import (
    ANCHORS,
    FURTHER,
    WEEKS,
    Array,
    partly_nested,
    slope_of,
    steps,
    weekly,
    whole_percent,
)

SAME = 1e-9
PRINTED = 5e-8
PRINTED_4 = 1e-4
SIMULATED = 0.04

CORRELATIONS = {"resident_correlation", "site_correlation"}
FADING = {"resident_autocorrelation", "residual_autocorrelation", "site_autocorrelation"}


def z_power(grid: Grid, variances: Variances, effect: float) -> float:
    return gls_power(grid, variances, effect, df="infinite").power


def stepped_cohort(sites: tuple[int, ...], people: float) -> Grid:
    effect = steps(sites)
    return closed_cohort(np.arange(effect.shape[1]), effect, people)


def two_arms(per_arm: int, waves: int) -> Array:
    return np.repeat([[0.0], [1.0]], per_arm, axis=0) * np.ones(waves)


def slopes(arms: tuple[SlopeArm, SlopeArm]) -> tuple[Grid, Array]:
    """Return clusters as sites, with the waves that each arm's residents are seen for."""
    number = np.repeat([0, 1], [len(arm.residents) for arm in arms])
    effect = number[:, None] * np.array(WEEKS, dtype=float)
    staying = []
    for arm in arms:
        retention = np.ones(len(WEEKS)) if arm.retention is None else np.asarray(arm.retention)
        staying += [retention[1:] / retention[:-1]] * len(arm.residents)
    sizes = np.array([n for arm in arms for n in arm.residents], dtype=float)
    return open_cohort(WEEKS, effect, sizes, np.array(staying), arms=number), sizes


def slope_power(grid: Grid, variances: Variances, effect: float, df: float) -> GlsPower:
    return gls_power(grid, variances, effect, df=df, trend="line", arm_difference=True)


def as_variances(resident: Any, cluster_slope: float) -> Variances:
    correlation = resident.covariance / math.sqrt(resident.intercept * resident.slope)
    return Variances(
        residual=resident.residual,
        resident=resident.intercept,
        resident_slope=resident.slope,
        resident_correlation=correlation,
        site_slope=cluster_slope,
    )


def test_stepped_starts_as_published() -> None:
    anchor = ANCHORS["swcrt_readme"]
    p = anchor["params"]
    mean, effect = (p["mu0"] + p["mu1"]) / 2, steps(tuple(p["clusters"]))
    grid = cross_sections(np.arange(5), effect, p["n"])
    found = z_power(grid, Variances(mean * (1 - mean), site=p["tau"] ** 2), p["mu1"] - p["mu0"])
    assert found == pytest.approx(anchor["expected"], abs=PRINTED)
    anchor = ANCHORS["steppedpower_closed"]
    p = anchor["params"]
    grid = stepped_cohort(tuple(p["Cl"]), p["N"])
    variances = Variances(p["sigma"] ** 2, resident=p["psi"] ** 2, site=p["tau"] ** 2)
    assert z_power(grid, variances, p["theta"]) == pytest.approx(anchor["expected"], abs=PRINTED)
    again = FURTHER["steppedpower_open"]
    opened = replace(variances, resident_autocorrelation=again["again"])
    assert z_power(grid, opened, p["theta"]) == pytest.approx(again["expected"], abs=PRINTED)


def test_parallel_sites_as_published() -> None:
    anchor = ANCHORS["steppedpower_parallel"]
    p = anchor["params"]
    grid = cross_sections(np.arange(p["T"]), two_arms(p["Cl"][0], p["T"]), 1)
    found = [z_power(grid, Variances(p["sigma"] ** 2, site=tau**2), p["theta"]) for tau in p["tau"]]
    assert found == pytest.approx(anchor["expected"], abs=PRINTED_4)
    anchor = ANCHORS["steppedpower_z"]
    grid = cross_sections([0], two_arms(10, 1), 1)
    assert z_power(grid, Variances(1.0), anchor["params"]["delta"]) == pytest.approx(
        anchor["expected"], abs=PRINTED
    )


def test_open_cohorts_and_fading_as_published() -> None:
    grid = stepped_cohort((6, 6, 6, 6), 100)
    variances = Variances(0.041 * 0.959, resident=0.1**2, site=0.025**2, site_wave=0.01**2)
    churned = FURTHER["kasza_churn"]
    found = [z_power(grid, variances.with_churn(churn), 0.05 - 0.032) for churn in churned["churn"]]
    assert found == pytest.approx(churned["expected"], abs=PRINTED)
    faded = FURTHER["li_decay"]
    fading = {"site_autocorrelation": 0.5, "resident_autocorrelation": 0.5}
    variances = Variances(0.0, resident=0.1**2, site=0.025**2, **fading)
    assert z_power(grid, variances, 0.018) == pytest.approx(faded["expected"], abs=PRINTED)


def test_six_sites_on_four_degrees_of_freedom() -> None:
    variances = Variances.from_correlations(1.0, icc=0.02, cac=0.8, iac=0.5)
    one = gls_power(cross_sections([0], two_arms(3, 1), 60), variances, 0.4)
    arms = [0, 0, 0, 1, 1, 1]
    change = closed_cohort([0, 1], two_arms(3, 2) * [0, 1], 60, arms=arms)
    two = gls_power(change, variances, 0.4, arm_difference=True)
    assert (one.df, two.df) == (4, 4)
    assert [one.power, two.power] == pytest.approx(FURTHER["six_sites"]["expected"], abs=5e-4)
    assert gls_power(change, variances, 0.4, arm_difference=True, df="infinite").power > 0.85


def test_smallest_effects_of_two_waves() -> None:
    table = FURTHER["smallest_effects"]
    for row, n in enumerate(table["residents"]):
        for column, icc in enumerate(table["icc"]):
            variances = Variances.from_correlations(1.0, icc=icc, cac=0.8, iac=0.6)
            alone = closed_cohort([0, 1], np.tile([0.0, 1.0], (6, 1)), n)
            found = gls_power(alone, variances, 0.1, trend="level")
            assert found.df == 5
            assert whole_percent(found.smallest_effect) == table["before_after"]["6"][row][column]
            for sites, expected in table["two_arms"].items():
                k = int(sites)
                grid = closed_cohort([0, 1], two_arms(k, 2) * [0, 1], n, arms=np.repeat([0, 1], k))
                found = gls_power(grid, variances, 0.1, arm_difference=True)
                assert whole_percent(found.smallest_effect) == expected[row][column]


def test_slopes_as_published() -> None:
    anchor = ANCHORS["powerlmm_2l_table"]
    for ratio in anchor["params"]["var_ratio"]:
        resident, _ = weekly(ratio)
        for n, expected in zip(anchor["params"]["n2"], anchor["expected"][f"{ratio:.2f}"[1:]], strict=True):
            grid, _ = slopes((SlopeArm((n,)), SlopeArm((n,))))
            found = slope_power(grid, as_variances(resident, 0.0), slope_of(0.5), 2 * n - 2)
            assert found.power == pytest.approx(expected, abs=PRINTED)
    anchor = ANCHORS["powerlmm_2l_30_30"]
    resident, _ = weekly(anchor["params"]["var_ratio"])
    grid, _ = slopes((SlopeArm((30,)), SlopeArm((30,))))
    found = slope_power(grid, as_variances(resident, 0.0), slope_of(0.5), 58)
    assert found.power == pytest.approx(anchor["expected"], abs=PRINTED)
    without = gls_power(grid, as_variances(resident, 0.0), slope_of(0.5), df=58, trend="line")
    assert without.power == pytest.approx(0.380, abs=5e-4)


def test_slopes_of_clusters_as_published() -> None:
    resident, cluster_slope = weekly(0.02, 0.05)
    arm = SlopeArm((10,) * 4)
    grid, _ = slopes((arm, arm))
    found = gls_power(
        grid, as_variances(resident, cluster_slope), slope_of(0.8), trend="line", arm_difference=True
    )
    assert found.df == ANCHORS["powerlmm_3l_4x10"]["params"]["df"]
    assert whole_percent(found.power) == ANCHORS["powerlmm_3l_4x10"]["expected"]
    arm = SlopeArm((2, 3, 5, 20))
    grid, _ = slopes((arm, arm))
    found = slope_power(grid, as_variances(resident, cluster_slope), slope_of(0.8), 6)
    assert whole_percent(found.power) == FURTHER["powerlmm_unequal"]["expected"]


def test_clusters_in_one_arm_are_an_effect_that_varies() -> None:
    resident, arms, difference = partly_nested()
    grid, _ = slopes(arms)
    variances = replace(as_variances(resident, 0.0), effect=arms[0].cluster_slope)
    turned = replace(grid, effect=np.array(WEEKS) - grid.effect)
    found = {df: slope_power(turned, variances, difference, df).power for df in (math.inf, 5.0)}
    expected = ANCHORS["powerlmm_sim_grid"]["expected"]
    assert found[math.inf] == pytest.approx(expected["z"], abs=SIMULATED)
    assert found[5.0] == pytest.approx(expected["bw"], abs=SIMULATED)
    assert whole_percent(found[5.0]) == FURTHER["powerlmm_partially_nested"]["expected"]


@pytest.mark.parametrize("column", range(5))
def test_printed_design_effects_lie_among_drawn_ones(column: int) -> None:
    """The package rounds the number of those who leave and draws who they are: so do we, a hundred times."""
    anchor = ANCHORS["powerlmm_deft"]
    n, clusters = anchor["params"]["n2"][column], anchor["params"]["n3"]
    resident, cluster_slope = weekly(0.02, 0.05)
    arm = SlopeArm((n,) * clusters, cluster_slope, weibull_retention(WEEKS, 0.3, 0.5))
    number = np.repeat([0, 1], clusters)
    waves = np.arange(len(WEEKS))
    rng = np.random.default_rng(column)
    found = []
    for _ in range(100):
        seen = [*whole_losses(arm, len(WEEKS), rng), *whole_losses(arm, len(WEEKS), rng)]
        counts = np.array([np.bincount(last, minlength=12)[1:] for last in seen], dtype=float)
        grid = Grid(waves * 1.0, number[:, None] * waves * 1.0, waves <= waves[:, None], counts, number)
        true = slope_power(grid, as_variances(resident, cluster_slope), 1.0, 8).std_error
        claimed = replace(resident, slope=resident.slope + cluster_slope)
        found.append(true / slope_power(grid, as_variances(claimed, 0.0), 1.0, 8).std_error)
    assert min(found) < anchor["expected"]["DEFT"][column] < max(found)


def one_site_an_arm(grid_of: Any, waves: Array, people: float) -> tuple[Grid, Array]:
    """Return residents who share nothing: one site an arm, and the columns of the second arm's waves."""
    arms = np.array([0, 1])
    treated = arms[:, None] * np.eye(len(waves))[:, None, :]
    return grid_of(waves, treated[-1], people, arms=arms), treated


def test_numbers_of_residents_by_formula_have_their_power() -> None:
    p = ANCHORS["diggle1994_p29"]["params"]
    exchangeable = Variances(60.0, resident=40.0)
    grid, _ = one_site_an_arm(closed_cohort, np.array(p["t"], dtype=float), 1)
    line = np.array(p["t"]) * np.array([[0.0], [1.0]])
    n = slope_difference_n(p["delta_slope"], p["t"], exchangeable_covariance(100, 0.4, 3))
    straight = replace(grid, effect=line, residents=grid.residents * n)
    found = gls_power(straight, exchangeable, p["delta_slope"], df="infinite", arm_difference=True)
    assert found.power == pytest.approx(0.8, abs=1e-5)
    p = ANCHORS["longpower_adascog_n"]["params"]
    variances = Variances(10.0, resident=55.0, resident_slope=24.0, resident_correlation=0.8)
    people = ANCHORS["longpower_adascog_n"]["expected"]
    straight = closed_cohort(p["t"], np.array(p["t"]) * np.array([[0.0], [1.0]]), people, arms=[0, 1])
    found = gls_power(straight, variances, p["delta_slope"], df="infinite", arm_difference=True)
    assert found.power == pytest.approx(0.8, abs=1e-5)
    level = closed_cohort(np.arange(3), two_arms(1, 3), time_average_n(0.3, 3, 1.0, 0.4))
    found = gls_power(level, Variances(0.6, resident=0.4), 0.3, df="infinite")
    assert found.power == pytest.approx(0.8, abs=1e-5)


@pytest.mark.parametrize("retention", [[1, 0.9], [1, 0.9, 0.8, 0.6]])
def test_last_waves_lose_what_the_information_factor_says(retention: list[float]) -> None:
    waves = np.arange(len(retention), dtype=float)
    r = np.array(retention)
    _, columns = one_site_an_arm(closed_cohort, waves, 1)
    grid = open_cohort(waves, columns[-1], 1.0, r[1:] / r[:-1], arms=[0, 1])
    fading = Variances(1.0, residual_autocorrelation=0.7)
    found = gls_power(grid, fading, 1.0, df="infinite", beside=columns[:-1])
    lags = np.abs(np.subtract.outer(waves, waves))
    assert found.std_error**2 == pytest.approx(2 * information_factor(0.7**lags, retention))


def test_means_over_waves_with_attrition_by_full_information() -> None:
    """Hedeker, Gibbons and Waternaux's 70.78 residents are an approximation; this is what they stand for."""
    waves = np.arange(2.0)
    _, columns = one_site_an_arm(closed_cohort, waves, 1)
    grid = open_cohort(waves, columns.sum(axis=0), 66.98, 0.8, arms=[0, 1])
    change = (columns[1] - columns[0])[None]
    variances = Variances(0.5, resident=0.5)
    found = gls_power(grid, variances, 0.5, df="infinite", beside=change)
    assert found.power == pytest.approx(0.9, abs=PRINTED_4)


def test_t_tests_of_site_means_as_published() -> None:
    p = ANCHORS["clusterpower_t_power"]["params"]
    variances = Variances.from_correlations(p["vart"], icc=p["icc"])
    found = gls_power(cross_sections([0], two_arms(p["k"], 1), p["m"]), variances, p["d"])
    assert found.df == 30
    assert found.power == pytest.approx(ANCHORS["clusterpower_t_power"]["expected"], abs=1e-6)
    sizes = np.array([100, 50, 25, 100, 100] * 2, dtype=float)[:, None]
    found = gls_power(cross_sections([0], two_arms(5, 1), sizes), Variances(0.9, site=0.1), 0.2)
    arm = sizes[:5, 0].tolist()
    assert found.power == pytest.approx(weighted_cluster_t_power((arm, arm), 0.2, 0.1))


def shapes(sites: int, waves: int) -> st.SearchStrategy[Array]:
    part = st.sampled_from([0.0, 0.0, 0.5, 1.0])
    rows = st.lists(part, min_size=waves, max_size=waves)
    return st.lists(rows, min_size=sites, max_size=sites).map(np.array)


@st.composite
def variances_drawn(draw: st.DrawFn) -> Variances:
    part = st.floats(0.05, 3.0)
    values = {field.name: draw(part | st.just(0.0)) for field in fields(Variances)}
    values |= {name: draw(st.floats(0.1, 1.0)) for name in FADING}
    values |= {"residual": draw(part), "residual_autocorrelation": draw(st.sampled_from([0.0, 0.3]))}
    for level in ("resident", "site"):
        lasting = values[f"{level}_autocorrelation"] > 0.6
        values[f"{level}_correlation"] = draw(st.floats(-0.9, 0.9)) if lasting else 0.0
        values[f"{level}_autocorrelation"] = 1.0 if lasting else values[f"{level}_autocorrelation"]
    return Variances(**values)


@st.composite
def grids_drawn(draw: st.DrawFn) -> Grid:
    sites, waves = draw(st.integers(3, 6)), draw(st.integers(2, 4))
    gaps = draw(st.lists(st.sampled_from([0.5, 1.0, 1.7]), min_size=waves, max_size=waves))
    patterns = draw(st.integers(1, 4))
    present = [draw(st.lists(st.booleans(), min_size=waves, max_size=waves)) for _ in range(patterns)]
    present.append([True] * waves)
    counts = st.lists(st.integers(0, 4), min_size=patterns + 1, max_size=patterns + 1)
    residents = np.array([draw(counts) for _ in range(sites)], dtype=float)
    residents[:, -1] += 1
    effect = draw(shapes(sites, waves))
    effect[0], effect[1] = 0.0, np.arange(waves) > 0
    arms = np.array([0, 1, *draw(st.lists(st.integers(0, 1), min_size=sites - 2, max_size=sites - 2))])
    return Grid(np.cumsum(gaps), effect, np.array(present), residents, arms)


@settings(max_examples=60, deadline=None)
@given(grid=grids_drawn(), variances=variances_drawn())
def test_agrees_with_the_model_written_row_by_row(grid: Grid, variances: Variances) -> None:
    others = np.broadcast_to(np.eye(len(grid.times))[:, None, :], (len(grid.times), *grid.effect.shape))
    found = gls_power(grid, variances, 1.0, df=4)
    assert found.std_error == pytest.approx(dense_standard_error(grid, variances, others), rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    data=st.data(),
    sites=st.integers(3, 8),
    waves=st.integers(2, 6),
    site=st.floats(0.0, 5.0),
    people=st.integers(1, 50),
)
def test_is_hussey_and_hughes_for_cross_sections(
    data: st.DataObject, sites: int, waves: int, site: float, people: int
) -> None:
    effect = data.draw(shapes(sites, waves))
    effect[0], effect[1] = 0.0, 1.0
    found = gls_power(cross_sections(np.arange(waves), effect, people), Variances(1.0, site=site), 1.0)
    expected = hussey_hughes_variance(effect, site, 1 / people)
    assert found.std_error**2 == pytest.approx(expected, rel=SAME)


@settings(max_examples=40, deadline=None)
@given(grid=grids_drawn(), variances=variances_drawn(), scale=st.floats(0.01, 100.0), seed=st.integers(0, 99))
def test_units_and_the_order_of_sites_do_not_matter(
    grid: Grid, variances: Variances, scale: float, seed: int
) -> None:
    found = gls_power(grid, variances, 0.7)
    fixed = CORRELATIONS | FADING
    squared = {
        f.name: getattr(variances, f.name) * (1 if f.name in fixed else scale**2) for f in fields(variances)
    }
    scaled = gls_power(grid, Variances(**squared), 0.7 * scale)
    order = np.random.default_rng(seed).permutation(len(grid.effect))
    assert grid.arms is not None
    turned = replace(grid, effect=grid.effect[order], residents=grid.residents[order], arms=grid.arms[order])
    assert scaled.power == pytest.approx(found.power, rel=1e-7)
    assert scaled.smallest_effect == pytest.approx(found.smallest_effect * scale, rel=1e-7)
    assert gls_power(turned, variances, 0.7).power == pytest.approx(found.power, rel=1e-7)


@settings(max_examples=40, deadline=None)
@given(grid=grids_drawn(), variances=variances_drawn(), more=st.integers(1, 9))
def test_power_rises_with_residents_and_with_the_effect(grid: Grid, variances: Variances, more: int) -> None:
    found = gls_power(grid, variances, 0.7)
    larger = gls_power(replace(grid, residents=grid.residents + more), variances, 0.7)
    assert larger.std_error < found.std_error
    assert larger.power > found.power
    assert gls_power(grid, variances, 0.8).power > found.power
    assert gls_power(grid, variances, -0.7).power == found.power


@settings(max_examples=30, deadline=None)
@given(grid=grids_drawn(), variances=variances_drawn())
def test_the_smallest_effect_has_the_wished_power(grid: Grid, variances: Variances) -> None:
    found = gls_power(grid, variances, 0.7, wished_power=0.9)
    assert gls_power(grid, variances, found.smallest_effect).power == pytest.approx(0.9, abs=1e-9)


def test_slopes_with_dropout_agree_with_their_formula() -> None:
    resident, cluster_slope = weekly(0.02, 0.05)
    arms = tuple(
        SlopeArm((4, 10, 15), cluster_slope, weibull_retention(WEEKS, lost, 2.0)) for lost in (0.3, 0.2)
    )
    expected = sum(slope_arm_variance(WEEKS, arm, resident) for arm in arms)
    grid, _ = slopes((arms[0], arms[1]))
    found = slope_power(grid, as_variances(resident, cluster_slope), 1.0, 4)
    assert found.std_error**2 == pytest.approx(expected, rel=SAME)


def test_interval_is_as_wide_as_intervals_are_on_average() -> None:
    grid, variances = cross_sections([0], two_arms(3, 1), 20), Variances(1.0, site=0.1)
    found = gls_power(grid, variances, 0.4)
    rng = np.random.default_rng(3)
    means = rng.normal(0, math.sqrt(0.1 + 1 / 20), (200_000, 2, 3))
    error = np.sqrt(means.var(axis=2, ddof=1).mean(axis=1) * 2 / 3)
    assert found.interval_width == pytest.approx(2 * 2.7764451 * error.mean(), rel=0.005)


def test_other_columns_take_their_part() -> None:
    """With each later wave's difference free, the last one is told by first and last wave alone."""
    arms = np.repeat([0, 1], 3)
    variances = Variances.from_correlations(1.0, icc=0.05, cac=0.8)
    last = closed_cohort([0, 1, 2], two_arms(3, 3) * [0, 0, 1], 40, arms=arms)
    middle = (two_arms(3, 3) * [0, 1, 0])[None]
    free = gls_power(last, variances, 0.3, arm_difference=True, beside=middle)
    two = closed_cohort([0, 2], two_arms(3, 2) * [0, 1], 40, arms=arms)
    assert free.std_error == pytest.approx(gls_power(two, variances, 0.3, arm_difference=True).std_error)
    assert gls_power(last, variances, 0.3, arm_difference=True).std_error < free.std_error


PARALLEL = two_arms(3, 2) * [0, 1]


@pytest.mark.parametrize(
    ("reason", "grid", "variances"),
    [
        ("no_variance", closed_cohort([0, 1], PARALLEL, 40), Variances(0.0)),
        ("no_variance", closed_cohort([0, 1], PARALLEL, 40), Variances(0.0, resident=1.0)),
        ("no_variance", closed_cohort([0, 1], PARALLEL, 40), Variances(0.0, resident_slope=1.0)),
        ("icc_one", closed_cohort([0, 1], PARALLEL, 40), Variances(0.0, site=1.0)),
        ("icc_one", closed_cohort([0, 1], PARALLEL, 40), Variances.from_correlations(1.0, icc=1.0, cac=0.8)),
        ("too_few_sites", closed_cohort([0, 1], two_arms(1, 2) * [0, 1], 40), Variances(1.0)),
        ("nobody_observed", closed_cohort([0, 1], PARALLEL, 0), Variances(1.0)),
        ("effect_not_estimable", open_cohort([0, 1], PARALLEL, 40, 0.0), Variances(1.0)),
        ("effect_not_estimable", closed_cohort([0, 1], np.tile([0, 1], (6, 1)), 40), Variances(1.0)),
        ("effect_not_estimable", closed_cohort([0, 1], np.zeros((6, 2)), 40), Variances(1.0, site=1.0)),
    ],
)
@pytest.mark.parametrize("df", ["between_sites", "between_within"])
def test_a_design_that_bears_no_number_says_why(
    reason: str, grid: Grid, variances: Variances, df: Any
) -> None:
    with pytest.raises(DegenerateDesign) as raised:
        gls_power(grid, variances, 0.4, df=df)
    assert raised.value.reason == reason


def test_sites_almost_alone_in_varying_still_bear_a_number() -> None:
    grid = closed_cohort([0, 1], PARALLEL, 40, arms=np.repeat([0, 1], 3))
    almost = Variances.from_correlations(1.0, icc=1 - 1e-9)
    found = gls_power(grid, almost, 0.4, arm_difference=True)
    assert found.std_error == pytest.approx((4 / 3 * 1e-9 / 40) ** 0.5, rel=1e-4)


def test_arms_that_differ_must_be_given() -> None:
    with pytest.raises(ValueError, match="arms"):
        gls_power(closed_cohort([0, 1], PARALLEL, 40), Variances(1.0), 0.4, arm_difference=True)
