"""Normal quantiles of random effects: shape found, people never shown alone."""

from __future__ import annotations

import numpy as np

from evalkit.models.diagnostics.effect_normality import MOST_POINTS, effect_normality
from tests.models.diagnostics.samples import model_of, sample

DRAWS = 59


def test_normal_effects_look_normal_and_skewed_ones_do_not() -> None:
    for skewed in (False, True):
        found = effect_normality(model_of(sample(skewed=skewed)), np.random.default_rng(1), simulations=DRAWS)
        people = next(one for one in found if one.group == "respondent")
        assert people.odd == skewed
        assert (people.skewness > 1.0) == skewed
        assert people.levels == 150 and people.hidden == 0 and people.simulations == DRAWS


def test_a_point_of_residents_stands_for_enough_of_them() -> None:
    found = effect_normality(model_of(sample(), least=10), np.random.default_rng(1), simulations=DRAWS)
    people, sites = found
    assert (people.group, sites.group) == ("respondent", "site")
    assert people.points["residents"].min() >= 10 and len(people.points) == 15
    assert people.points["residents"].sum() == 150
    assert sites.points["residents"].tolist() == [25] * 6


def test_points_rise_and_are_few() -> None:
    found = effect_normality(model_of(sample(people=50)), np.random.default_rng(1), simulations=DRAWS)
    for one in found:
        assert one.points["effect"].is_monotonic_increasing and one.points["normal"].is_monotonic_increasing
        assert (one.points["low"] <= one.points["high"]).all()
        assert len(one.points) == min(MOST_POINTS, one.levels)


def test_small_sites_are_left_out() -> None:
    data = sample(sites=7)
    data = data[(data["site"] != "S2") | data["respondent"].isin(["R25", "R26", "R27"])]
    found = effect_normality(model_of(data, least=10), np.random.default_rng(1), simulations=DRAWS)
    assert [(one.group, one.levels, one.hidden) for one in found] == [("respondent", 153, 0), ("site", 6, 1)]


def test_effects_without_variance_have_no_picture() -> None:
    data = sample()
    data["y"] -= data.groupby("site")["y"].transform("mean")
    found = effect_normality(model_of(data), np.random.default_rng(1), simulations=DRAWS)
    assert [one.group for one in found] == ["respondent"]


def test_the_same_chance_gives_the_same_envelope() -> None:
    model = model_of(sample())
    one, other = (effect_normality(model, np.random.default_rng(3), simulations=DRAWS) for _ in range(2))
    assert all(a.points.equals(b.points) and a.p_value == b.p_value for a, b in zip(one, other, strict=True))


def test_slopes_have_a_picture_of_their_own() -> None:
    model = model_of(sample(waves=4), formula="y ~ wave + (1 + time | respondent) + (1 | site)")
    found = effect_normality(model, np.random.default_rng(1), simulations=DRAWS)
    names = [one.name.say("en") for one in found]
    assert names[0] == "levels of residents" and len(set(names)) == len(names)
