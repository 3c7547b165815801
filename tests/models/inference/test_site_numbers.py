"""One number a site, with its sampling variance, from weights on site means."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evalkit.models.inference.site_numbers import numbers_of_sites
from evalkit.models.site_contrast import SiteContrast, change_between, mean_at, slope_over
from evalkit.models.site_means import site_means
from evalkit.texts.phrases import phrase

SITES = [f"S{n}" for n in range(1, 7)]
LABEL = phrase("models.estimand.growth")


def contrast(weigh: object, **more: object) -> SiteContrast:
    return SiteContrast("x", LABEL, weigh, "w1", "w3", **more)  # type: ignore[arg-type]


def test_change_and_its_variance_are_those_of_the_means(panel: pd.DataFrame) -> None:
    means = site_means(panel, "cohesion", sites=SITES)
    found = numbers_of_sites(panel, "cohesion", contrast(change_between("w1", "w3")), SITES)
    np.testing.assert_allclose(found.changes, means.means[:, 2] - means.means[:, 0])
    v = means.sampling
    np.testing.assert_allclose(found.variances, v[:, 0, 0] + v[:, 2, 2] - 2 * v[:, 0, 2])
    assert found.df_within == means.counts.max(axis=1).sum() - 6


def test_slope_of_three_even_waves_is_half_the_change(panel: pd.DataFrame) -> None:
    times = {"w1": 0.0, "w2": 1.0, "w3": 2.0}
    slope = numbers_of_sites(panel, "cohesion", contrast(slope_over(times)), SITES)
    change = numbers_of_sites(panel, "cohesion", contrast(change_between("w1", "w3")), SITES)
    np.testing.assert_allclose(slope.changes, change.changes / 2, atol=1e-9)


def test_a_site_without_the_wave_is_left_out(panel: pd.DataFrame) -> None:
    rows = panel[(panel["site"] != "S4") | (panel["wave"] != "w3")]
    found = numbers_of_sites(rows, "cohesion", contrast(change_between("w1", "w3")), SITES)
    assert found.left_out == ("S4",) and "S4" not in set(found.table["site"])
    kept = numbers_of_sites(rows, "cohesion", contrast(mean_at(["w1"]), covariates={}), SITES)
    assert kept.left_out == ()


def test_groups_within_sites_are_independent(panel: pd.DataFrame) -> None:
    rows = panel.assign(half=np.where(panel["respondent"] % 2, "odd", "even"))
    found = numbers_of_sites(
        rows, "cohesion", contrast(change_between("w1", "w3"), by=("half", "odd", "even")), SITES
    )
    parts = [
        numbers_of_sites(rows[rows["half"] == half], "cohesion", contrast(change_between("w1", "w3")), SITES)
        for half in ("odd", "even")
    ]
    np.testing.assert_allclose(found.changes, parts[0].changes - parts[1].changes)
    np.testing.assert_allclose(found.variances, parts[0].variances + parts[1].variances)


def test_members_take_the_place_of_arms(panel: pd.DataFrame) -> None:
    members = {"S1": "a", "S2": "a", "S5": "b"}
    found = numbers_of_sites(
        panel, "cohesion", contrast(change_between("w1", "w3"), arms=("a", "b"), members=members), SITES
    )
    assert found.table["site"].tolist() == ["S1", "S2", "S5"]
    assert found.in_arm("a").tolist() == [True, True, False]


def test_a_site_whose_covariate_is_not_known_is_left_out(panel: pd.DataFrame) -> None:
    known = {"households": dict.fromkeys(SITES[1:], 100.0)}
    found = numbers_of_sites(panel, "cohesion", contrast(change_between("w1", "w3"), covariates=known), SITES)
    assert found.left_out == ("S1",)
