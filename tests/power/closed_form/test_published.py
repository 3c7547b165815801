"""Every published figure comes out of a formula, to the digits that were printed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from evalkit.power.closed_form.cluster_t_test import (
    cluster_t_power,
    cluster_t_sites,
    weighted_cluster_t_power,
)
from evalkit.power.closed_form.design_effect import (
    change_design_effect,
    parallel_design_effect,
    stepped_design_effect,
)
from evalkit.power.closed_form.exact_interval import exact_interval
from evalkit.power.closed_form.group_in_one_arm import controls_beside_groups
from evalkit.power.closed_form.hussey_hughes import hussey_hughes_variance
from evalkit.power.closed_form.ignored_cluster_slope import ignored_cluster_slope
from evalkit.power.closed_form.repeated_measures import information_factor, repeated_measures_n
from evalkit.power.closed_form.slope_difference import exchangeable_covariance, slope_difference_n
from evalkit.power.closed_form.slope_with_dropout import (
    ResidentVariances,
    SlopeArm,
    slope_with_dropout_power,
    weibull_retention,
)
from evalkit.power.closed_form.time_average import time_average_n
from evalkit.power.closed_form.weighted_contrast import weighted_contrast_n, weighted_contrast_power
from evalkit.power.noncentral_t import critical_value, normal_noncentrality, two_sided_power
from tests.power.dense import satterthwaite_df
from tests.power.published import (
    ANCHORS,
    FURTHER,
    WEEKS,
    WRONG,
    Array,
    partly_nested,
    slope_of,
    steps,
    weekly,
    whole_percent,
)

Figures = Any

# The package rounds and draws those who leave: see the README beside the figures.
DRAWN = {"powerlmm_deft": 0.005}
PRINTED = 5e-8
SIMULATED_DF = 0.05


def near_tail(power: float, noncentrality: float, df: float) -> float:
    """Return the power without the far tail, which clusterPower leaves out."""
    return power - float(stats.nct.cdf(-critical_value(df), df, noncentrality))


def slope_table(p: dict[str, Any]) -> Figures:
    def n(rho: float, sigma2: float) -> float:
        covariance = exchangeable_covariance(sigma2, rho, 3)
        return math.ceil(slope_difference_n(p["delta_slope"], p["t"], covariance, sides=p["sides"]))

    return [[n(rho, sigma2) for sigma2 in p["sigma2"]] for rho in p["rho"]]


def average_table(p: dict[str, Any]) -> Figures:
    def n(rho: float, delta: float) -> float:
        return math.ceil(time_average_n(delta, p["n_waves"], p["sigma2"], rho, sides=p["sides"]))

    return [[n(rho, delta) for delta in p["delta"]] for rho in p["rho"]]


def random_slope_n(p: dict[str, Any]) -> Figures:
    cross = p["cor_int_slope"] * (p["sig2_int"] * p["sig2_slope"]) ** 0.5
    covariance = ResidentVariances(p["sig2_int"], p["sig2_slope"], p["sig2_e"], cross).at(p["t"])
    return slope_difference_n(p["delta_slope"], p["t"], covariance)


def last_wave_factor(p: dict[str, Any]) -> Figures:
    return [information_factor(np.array([[1, rho], [rho, 1]]), [1, 0.9]) for rho in p["rho"]]


def mean_over_waves(compute: Callable[..., float], *args: float, **others: float) -> Figures:
    p = ANCHORS["hgw_ex1"]["params"]
    covariance = exchangeable_covariance(1.0, p["rho"], 2)
    rest = (*args, p["mu"], covariance, p["contrast"])
    return {
        "no_attrition": compute(*rest, **others),
        "attrition": compute(*rest, retention=p["retention"], **others),
    }


def two_level(var_ratio: float, n: int) -> float:
    variances, _ = weekly(var_ratio)
    arm = SlopeArm((n,))
    return slope_with_dropout_power(slope_of(0.5), WEEKS, (arm, arm), variances, 2 * n - 2)


def two_level_table(p: dict[str, Any]) -> Figures:
    return {f"{ratio:.2f}"[1:]: [two_level(ratio, n) for n in p["n2"]] for ratio in p["var_ratio"]}


def three_level(p: dict[str, Any]) -> Figures:
    variances, cluster_slope = weekly(p["var_ratio"], p["icc_slope"])
    arm = SlopeArm((p["n2"],) * p["n3"], cluster_slope)
    return whole_percent(
        slope_with_dropout_power(slope_of(p["cohend_pretest"]), WEEKS, (arm, arm), variances, p["df"])
    )


def left_out(p: dict[str, Any]) -> Figures:
    variances, cluster_slope = weekly(p["var_ratio"], p["icc_slope"])
    retention = weibull_retention(WEEKS, 0.3, 0.5)
    arms = [SlopeArm((n,) * p["n3"], cluster_slope, retention) for n in p["n2"]]
    found = [ignored_cluster_slope(WEEKS, (arm, arm), variances) for arm in arms]
    return {"DEFT": [one.deft for one in found], "type1": [one.type_one for one in found]}


def nested_in_one_arm(_: dict[str, Any]) -> Figures:
    variances, arms, difference = partly_nested()
    df = {"z": math.inf, "bw": 5.0, "satt": satterthwaite_df(WEEKS, arms, variances)}
    return {
        name: slope_with_dropout_power(difference, WEEKS, arms, variances, spare)
        for name, spare in df.items()
    }


def stepped_binary(p: dict[str, Any]) -> Figures:
    mean = (p["mu0"] + p["mu1"]) / 2
    variance = hussey_hughes_variance(steps(tuple(p["clusters"])), p["tau"] ** 2, mean * (1 - mean) / p["n"])
    return two_sided_power((p["mu1"] - p["mu0"]) / variance**0.5)


def stepped_closed(p: dict[str, Any]) -> Figures:
    """A closed cohort is the formula with residents' own variance beside the sites' (exchangeable)."""
    site = p["tau"] ** 2 + p["psi"] ** 2 / p["N"]
    variance = hussey_hughes_variance(steps(tuple(p["Cl"])), site, p["sigma"] ** 2 / p["N"])
    return two_sided_power(p["theta"] / variance**0.5)


def parallel_waves(p: dict[str, Any]) -> Figures:
    treated = np.repeat([[0.0], [1.0]], p["Cl"], axis=0) * np.ones(p["T"])
    return [
        two_sided_power(p["theta"] / hussey_hughes_variance(treated, tau**2, p["sigma"] ** 2) ** 0.5)
        for tau in p["tau"]
    ]


def two_groups(p: dict[str, Any]) -> Figures:
    treated = np.repeat([[0.0], [1.0]], 10, axis=0)
    return two_sided_power(p["delta"] / hussey_hughes_variance(treated, 0.0, p["sigma"] ** 2) ** 0.5)


def sites_power(p: dict[str, Any]) -> Figures:
    effect = parallel_design_effect(p["m"], p["icc"])
    power = cluster_t_power(p["k"], p["m"], p["d"], variance=p["vart"], design_effect=effect)
    shift = p["d"] / (2 * p["vart"] * effect / (p["k"] * p["m"])) ** 0.5
    return near_tail(power, shift, 2 * (p["k"] - 1))


def sites_needed(p: dict[str, Any]) -> Figures:
    effect = parallel_design_effect(p["m"], p["icc"])
    sites = cluster_t_sites(p["m"], p["d"], variance=p["vart"], design_effect=effect, power=p["power"])
    return math.ceil(sites)


def sites_a_step(p: dict[str, Any]) -> Figures:
    alone = 4 * normal_noncentrality(p["power"]) ** 2 * p["vart"] / p["d"] ** 2
    effect = stepped_design_effect(p["m"], p["icc"], p["steps"], cac=p["cac"], iac=p["iac"])
    return alone * effect / (p["m"] * p["steps"])


def beside_groups(p: dict[str, Any]) -> Figures:
    return controls_beside_groups(
        p["nc"],
        p["m"],
        p["d"],
        group_variance=p["varu"],
        within_variance=p["varei"],
        control_variance=p["varr"],
        power=p["power"],
    )


def simulated_shares(_: dict[str, Any]) -> Figures:
    return np.column_stack(exact_interval([14, 26, 6], [50, 50, 20])).tolist()


BY_FORMULA: dict[str, Callable[[dict[str, Any]], Figures]] = {
    "diggle1994_p29": slope_table,
    "diggle1994_p30": average_table,
    "longpower_adascog_n": random_slope_n,
    "luluochen2008_t2_J2": last_wave_factor,
    "hgw_ex1": lambda p: mean_over_waves(weighted_contrast_n, power=p["power"]),
    "hgw_ex1_ratio": lambda p: mean_over_waves(weighted_contrast_n, ratio=p["ratio"], power=0.9),
    "hgw_ex1_power": lambda p: mean_over_waves(weighted_contrast_power, p["n"]),
    "powerlmm_2l_30_30": lambda p: two_level(p["var_ratio"], p["n2"][0]),
    "powerlmm_2l_table": two_level_table,
    "powerlmm_3l_4x10": three_level,
    "powerlmm_deft": left_out,
    "powerlmm_sim_grid": nested_in_one_arm,
    "swcrt_readme": stepped_binary,
    "steppedpower_closed": stepped_closed,
    "steppedpower_parallel": parallel_waves,
    "steppedpower_z": two_groups,
    "clusterpower_t_power": sites_power,
    "clusterpower_t_k": sites_needed,
    "clusterpower_sw": sites_a_step,
    "clusterpower_irgtt": beside_groups,
    "simr_ci": simulated_shares,
}


def flat(figures: Figures) -> Array:
    if isinstance(figures, dict):
        return np.concatenate([flat(figures[key]) for key in sorted(figures)])
    return np.ravel(np.asarray(figures, dtype=float))


def test_every_published_figure_has_its_formula() -> None:
    assert set(BY_FORMULA) == set(ANCHORS)


@pytest.mark.parametrize("name", ANCHORS)
def test_formula_gives_the_published_figures(name: str) -> None:
    anchor = ANCHORS[name]
    found, expected = flat(BY_FORMULA[name](anchor["params"])), flat(anchor["expected"])
    tolerance = DRAWN.get(name, anchor["tolerance"])
    assert found == pytest.approx(expected, rel=0, abs=max(tolerance, 1e-12))


def test_whole_tables_of_the_last_wave() -> None:
    table = FURTHER["lu_luo_chen_table_2"]
    found = []
    for waves in table["waves"]:
        lags = np.abs(np.subtract.outer(np.arange(waves), np.arange(waves)))
        for loss in table["loss"]:
            retention = np.linspace(1, 1 - loss, waves).tolist()
            adjacent = [ends ** (1 / (waves - 1)) for ends in table["correlation_first_last"]]
            found.append([information_factor(rho**lags, retention) for rho in adjacent])
    assert flat(found) == pytest.approx(flat(table["expected"]), abs=1e-12)
    table = FURTHER["lu_luo_chen_table_1"]
    for factors, ratio, expected in zip(table["factors"], table["ratio"], table["expected"], strict=True):
        first = repeated_measures_n(0.5, 1.0, tuple(factors), ratio=ratio, power=0.9)
        assert first * (1 + 1 / ratio) == pytest.approx(expected, abs=1e-9)


def test_sites_of_unequal_size() -> None:
    entry = FURTHER["clusterpower_cv"]
    effect = parallel_design_effect(100, 0.1, cv=0.5)
    power = cluster_t_power(20, 100, 0.2, design_effect=effect)
    shift = 0.2 / (2 * effect / (20 * 100)) ** 0.5
    assert near_tail(power, shift, 38) == pytest.approx(entry["expected"], abs=PRINTED)
    wrong, arm = WRONG["clusterpower_unequal_WRONG"], [100, 50, 25, 100, 100]
    shift = 0.2 / (2 / sum(1 / (0.1 + 0.9 / size) for size in arm)) ** 0.5
    found = near_tail(weighted_cluster_t_power((arm, arm), 0.2, 0.1), shift, 8)
    assert found == pytest.approx(wrong["correct"], abs=PRINTED)
    assert found != pytest.approx(wrong["published"], abs=1e-3)


def test_difference_in_change() -> None:
    effect = change_design_effect(100, 0.05, cac=0.5, iac=0.7)
    found = cluster_t_sites(100, 0.5, design_effect=effect)
    assert found == pytest.approx(FURTHER["clusterpower_did"]["expected"], abs=1e-5)
    expected = FURTHER["six_sites"]["expected"]
    one, two = parallel_design_effect(60, 0.02), change_design_effect(60, 0.02, cac=0.8, iac=0.5)
    found_both = [cluster_t_power(3, 60, 0.4, design_effect=effect) for effect in (one, two)]
    assert found_both == pytest.approx(expected, abs=5e-4)


def test_residents_who_drop_out_and_unequal_clusters() -> None:
    variances, _ = weekly(0.019)
    for lost, expected in zip((0.0, 0.3), FURTHER["powerlmm_two_level_dropout"]["expected"], strict=True):
        arm = SlopeArm((25,), retention=weibull_retention(WEEKS, lost, 0.5))
        power = slope_with_dropout_power(slope_of(0.5), WEEKS, (arm, arm), variances, 48)
        assert whole_percent(power) == expected
    variances, cluster_slope = weekly(0.02, 0.05)
    arm = SlopeArm((2, 3, 5, 20), cluster_slope)
    power = slope_with_dropout_power(slope_of(0.8), WEEKS, (arm, arm), variances, 6)
    assert whole_percent(power) == FURTHER["powerlmm_unequal"]["expected"]


def test_clusters_in_one_arm() -> None:
    variances, arms, difference = partly_nested()
    power = slope_with_dropout_power(difference, WEEKS, arms, variances, 5)
    assert whole_percent(power) == FURTHER["powerlmm_partially_nested"]["expected"]


def test_satterthwaite_in_both_arms() -> None:
    variances, cluster_slope = weekly(0.02, 0.05)
    first, second = (
        SlopeArm((10,) * 5, cluster_slope, weibull_retention(WEEKS, lost, 2.0)) for lost in (0.3, 0.2)
    )
    expected = FURTHER["powerlmm_satterthwaite"]["expected"]
    df = satterthwaite_df(WEEKS, (first, second), variances, cluster_levels=True)
    assert df == pytest.approx(expected["df"], abs=SIMULATED_DF)
    power = slope_with_dropout_power(slope_of(0.8), WEEKS, (first, second), variances, df)
    assert whole_percent(power) == expected["power"]
