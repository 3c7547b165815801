"""Each rule speaks where it should, with its number, and nowhere else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.models.inference.beside import Beside, as_test
from evalkit.models.inference.cautions import Case, cautions
from evalkit.models.inference.site_changes import site_change
from evalkit.models.inference.site_numbers import SITE_COLUMNS, SiteNumbers
from evalkit.models.inference.site_test import SiteTest
from evalkit.models.site_contrast import SiteContrast, change_between
from evalkit.texts.phrases import phrase

ARMS = ("intervention", "comparison")


def case(
    ours: int,
    theirs: int,
    variances: float | list[float] = 0.5,
    others: tuple[SiteTest, ...] = (),
    **more: object,
) -> Case:
    rng = np.random.default_rng(1)
    rows = [
        (f"S{n}", ARMS[n >= ours], 20, 20, 15, 50.0, 50.0, rng.normal(), 0.0) for n in range(ours + theirs)
    ]
    table = pd.DataFrame(rows, columns=list(SITE_COLUMNS)).assign(sampling=variances)
    arms = ARMS if theirs else ()
    label = phrase("models.estimand.change_since_baseline", first="w1")
    contrast = SiteContrast("w2", label, change_between("w1", "w2"), "w1", "w2", arms, **more)  # type: ignore[arg-type]
    numbers = SiteNumbers(table, (), 100, True)
    change = site_change(numbers, contrast, "cohesion")
    return Case("cohesion", contrast, numbers, change, Beside(as_test(change), others, None))


def test_groups_of_residents_are_compared_within_one_group_of_sites() -> None:
    women = case(6, 0, by=("woman", "1", "0"))
    assert women.change.p_value is not None and "change_not_effect" not in codes(women)
    everyone = case(6, 0)
    assert everyone.change.p_value is None and "change_not_effect" in codes(everyone)


def codes(found: Case) -> set[str]:
    return {problem.code.removeprefix("caution.") for problem in cautions(found)}


def lone(method: str, **values: float) -> SiteTest:
    parts = dict.fromkeys(("estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high"))
    return SiteTest(method=method, n_sites=6, **{**parts, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (6, 0, {"change_not_effect"}),
        (1, 5, {"design_needed"}),
        (3, 3, {"few_sites"}),
        (2, 4, {"few_sites", "unbalanced_arms"}),
        (5, 5, set()),
        (4, 8, {"unbalanced_arms"}),
    ],
)
def test_designs(ours: int, theirs: int, expected: set[str]) -> None:
    assert codes(case(ours, theirs)) == expected


def test_smallest_p_and_half_width_are_those_of_the_tests() -> None:
    found = case(3, 3, others=(lone("permutation", smallest_p=0.1),))
    (few,) = [problem for problem in cautions(found) if problem.code == "caution.few_sites"]
    assert "0.100" in few.what("en")
    half = (found.change.conf_high - found.change.conf_low) / 2  # type: ignore[operator]
    assert f"{half:.1f}" in few.what("en")


def test_degrees_of_freedom_below_four_as_printed() -> None:
    assert "few_degrees_of_freedom" in codes(case(5, 5, others=(lone("cr2_mixed", df=3.2),)))
    assert "few_degrees_of_freedom" not in codes(case(5, 5, others=(lone("cr2_mixed", df=3.9998),)))


def test_sites_of_unequal_sureness() -> None:
    assert "sites_unequal" in codes(case(5, 5, [0.1] * 9 + [0.6]))
    assert "sites_unequal" not in codes(case(5, 5, [0.2] * 9 + [0.6]))


def test_more_covariates_than_sites_bear() -> None:
    rng = np.random.default_rng(3)
    values = {f"x{k}": {f"S{n}": float(rng.normal()) for n in range(6)} for k in range(3)}
    assert "many_covariates" in codes(case(3, 3, covariates=values))
    assert "many_covariates" not in codes(case(3, 3, covariates={"x0": values["x0"]}))


def test_a_design_is_described_by_the_larger_arm() -> None:
    (needed,) = [p for p in cautions(case(1, 5)) if p.code == "caution.design_needed"]
    assert needed.values["sites"] == 4 and "4" in needed.what("fr")
