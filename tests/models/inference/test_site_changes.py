"""Intervals of site changes: Student's figures, and what is withheld."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.models.inference.site_changes import change_of_sites, difference_of_arms, wave_means

# Student 1908, the extra sleep of ten patients under two drugs; here each patient stands for a site.
FIRST_DRUG = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SECOND_DRUG = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)


def panel_with(changes: dict[str, list[float]]) -> pd.DataFrame:
    """Return a panel of one resident a site whose answers change just so."""
    rows = []
    for arm, values in changes.items():
        for number, value in enumerate(values):
            site = f"{arm}{number}"
            rows += [(site, site, arm, "w1", 10.0 + number), (site, site, arm, "w2", 10.0 + number + value)]
    return pd.DataFrame(rows, columns=["respondent", "site", "arm", "wave", "y"])


def sites_of(panel: pd.DataFrame) -> list[str]:
    return sorted(panel["site"].unique())


def test_one_group_equals_students_t() -> None:
    panel = panel_with({"a": [b - a for a, b in zip(FIRST_DRUG, SECOND_DRUG, strict=True)]})
    found = change_of_sites(panel, "y", sites_of(panel), "w1", "w2")
    # R: t.test(extra ~ group, sleep, paired = TRUE), with the sign turned
    assert found.estimate == pytest.approx(1.58)
    assert (found.conf_low, found.conf_high) == pytest.approx((0.7001142, 2.4598858), abs=1e-6)
    assert found.df == 9
    assert found.estimate / found.std_error == pytest.approx(4.0621, abs=1e-4)


def test_two_arms_equal_students_two_sample_t() -> None:
    panel = panel_with({"a": list(FIRST_DRUG), "b": list(SECOND_DRUG)})
    found = difference_of_arms(panel, "y", sites_of(panel), "w1", "w2", arms=("a", "b"))
    # R: t.test(extra ~ group, sleep, var.equal = TRUE)
    assert found.estimate == pytest.approx(-1.58)
    assert (found.conf_low, found.conf_high) == pytest.approx((-3.363874, 0.203874), abs=1e-6)
    assert found.df == 18
    assert found.estimate / found.std_error == pytest.approx(-1.8608, abs=1e-4)


def test_unequal_arms_and_another_level_equal_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    ours, theirs = [1.0, 4.0, 2.5], [0.0, -1.0, 2.0, 0.5, 0.25]
    panel = panel_with({"a": ours, "b": theirs})
    found = difference_of_arms(panel, "y", sites_of(panel), "w1", "w2", arms=("a", "b"), level=0.9)
    reference = stats.ttest_ind(ours, theirs).confidence_interval(0.9)
    assert (found.conf_low, found.conf_high) == pytest.approx((reference.low, reference.high))


def test_sites_weigh_the_same_whatever_their_size() -> None:
    panel = panel_with({"a": [1.0, 3.0]})
    more = pd.concat(
        [panel, *(panel[panel["site"] == "a0"].assign(respondent=f"extra{n}") for n in range(9))]
    )
    found = change_of_sites(more, "y", ["a0", "a1"], "w1", "w2")
    assert found.estimate == pytest.approx(2.0)
    assert found.sites["n_both"].tolist() == [10, 1]


def test_arm_takes_its_own_sites() -> None:
    panel = panel_with({"a": [1.0, 2.0, 3.0], "b": [7.0, 8.0, 9.0]})
    found = change_of_sites(panel, "y", sites_of(panel), "w1", "w2", arm="b")
    assert found.estimate == pytest.approx(8.0)
    assert set(found.sites["arm"]) == {"b"}


def test_a_site_without_one_of_the_waves_is_left_out_and_said() -> None:
    panel = panel_with({"a": [1.0, 2.0, 30.0]})
    panel = panel[(panel["site"] != "a2") | (panel["wave"] == "w1")]
    found = change_of_sites(panel, "y", ["a0", "a1", "a2"], "w1", "w2")
    assert found.estimate == pytest.approx(1.5)
    assert [(problem.code, problem.where.site) for problem in found.problems] == [
        ("models.site_left_out", "a2")
    ]


@pytest.mark.parametrize(
    ("ours", "theirs", "code"),
    [([1.0], [0.0, 2.0, 1.0, 3.0, 1.0], "models.one_site_in_arm"), ([], [1.0, 2.0], "models.no_site_in_arm")],
)
def test_an_arm_of_one_site_has_no_interval(ours: list[float], theirs: list[float], code: str) -> None:
    panel = panel_with({"a": ours, "b": theirs})
    found = difference_of_arms(panel, "y", sites_of(panel), "w1", "w2", arms=("a", "b"))
    assert (found.estimate is None) is (not ours)
    assert found.std_error is None and found.conf_low is None and found.conf_high is None
    assert [problem.code for problem in found.problems] == [code]


def test_one_site_has_a_change_and_no_interval() -> None:
    found = change_of_sites(panel_with({"a": [1.5]}), "y", ["a0"], "w1", "w2")
    assert found.estimate == pytest.approx(1.5)
    assert found.conf_low is None
    assert [problem.code for problem in found.problems] == ["models.one_site"]


def test_no_site_has_no_change() -> None:
    found = change_of_sites(panel_with({"a": [1.5]}), "y", ["a0"], "w1", "w9")
    assert found.estimate is None
    assert {problem.code for problem in found.problems} == {"models.no_site", "models.site_left_out"}


def test_wave_means_describe_those_who_answered() -> None:
    panel = pd.DataFrame({"wave": ["w1", "w1", "w2"], "arm": ["a", "a", "a"], "y": [1.0, 4.0, np.nan]})
    described = wave_means(panel, "y", by=("wave", "arm"))
    assert described[["mean", "n"]].to_numpy().tolist() == [[2.5, 2]]
