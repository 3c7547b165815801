"""One sentence about a table of methods, and one about those that could never have found anything."""

from __future__ import annotations

import pytest

from evalkit.models.inference.agreement import agreement, side_of
from evalkit.models.inference.site_test import SiteTest


def made(method: str, low: float | None, high: float | None, smallest: float = 0.0) -> SiteTest:
    middle = None if low is None or high is None else (low + high) / 2
    return SiteTest(
        method=method, estimate=middle, std_error=1.0, df=4.0, statistic=1.0, p_value=0.3, conf_low=low,
        conf_high=high, smallest_p=smallest, n_sites=6,
    )  # fmt: skip


@pytest.mark.parametrize(("low", "high", "side"), [(1, 3, "above"), (-3, -1, "below"), (-1, 2, "neither")])
def test_all_on_one_side(low: float, high: float, side: str) -> None:
    default = made("two_stage", low, high)
    (said,) = agreement(default, [made("t_test", low, high), made("cr2", low, high)])
    assert said.key == f"inference.agree.{side}" and said.values["count"] == 3
    assert side_of(default) == side


def test_one_apart_is_named() -> None:
    (said,) = agreement(made("two_stage", -1, 2), [made("t_test", 0.5, 2), made("cr2", -1, 2)])
    assert said.key == "inference.disagree.neither"
    assert "t-test" in said.say("en") and "CR2" not in said.say("en")


def test_a_method_that_cannot_reach_the_level_is_left_out_and_named() -> None:
    found = agreement(made("two_stage", 1, 3), [made("permutation", None, None, 0.1), made("t_test", 1, 3)])
    assert [said.key for said in found] == ["inference.agree.above", "inference.cannot_reach"]
    assert found[0].values["count"] == 2
    assert "permutation" in found[1].say("fr")
    at_ninety = agreement(made("two_stage", 1, 3), [made("permutation", 0.5, 4, 0.1)], level=0.9)
    assert [said.key for said in at_ninety] == ["inference.agree.above"]


def test_nothing_is_said_without_an_interval_or_companions() -> None:
    assert agreement(made("two_stage", None, None), [made("t_test", 1, 3)]) == ()
    assert agreement(made("two_stage", 1, 3), []) == ()
